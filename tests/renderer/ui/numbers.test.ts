import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  countOf,
  differenceOf,
  durationOf,
  fractionOf,
  scientificOf,
  valueOf,
} from '../../../src-renderer/ui/numbers.ts'

describe('numbers for people', () => {
  it('counts one and many', () => {
    expect(countOf(1, 'image')).toBe('1 image')
    expect(countOf(12480, 'image')).toBe('12,480 images')
    expect(countOf(2, 'query', 'queries')).toBe('2 queries')
  })

  it('writes scores without a zero and with a true minus', () => {
    expect(fractionOf(0.534)).toBe('.534')
    expect(fractionOf(1)).toBe('1.000')
    expect(fractionOf(-0.12, 2)).toBe('−.12')
    expect(fractionOf(-0.00001)).toBe('.000')
    expect(differenceOf(0.31)).toBe('+.310')
    expect(differenceOf(-0.31)).toBe('−.310')
  })

  it('writes durations with their largest unit', () => {
    expect(durationOf(-1)).toBe('0 s')
    expect(durationOf(42.4)).toBe('42 s')
    expect(durationOf(250)).toBe('4:10 min')
    expect(durationOf(7500)).toBe('2:05 h')
  })

  it('writes sizes', () => {
    expect(bytesOf(12)).toBe('12 B')
    expect(bytesOf(3200)).toBe('3.2 kB')
    expect(bytesOf(329_000_000)).toBe('329 MB')
    expect(bytesOf(2.5e9)).toBe('2.50 GB')
  })

  it('writes small numbers by their power', () => {
    expect(scientificOf(4.76e-6)).toBe('4.8 × 10⁻⁶')
    expect(scientificOf(12)).toBe('1.2 × 10¹')
    expect(scientificOf(0)).toBe('0')
    expect(valueOf(1e-4)).toBe('1e−4')
    expect(valueOf(0.07)).toBe('0.07')
    expect(valueOf(128)).toBe('128')
  })
})
