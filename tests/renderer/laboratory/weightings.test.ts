import { describe, expect, it } from 'vitest'
import type { Catalogue } from '../../../src-main/contract/catalogue.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import {
  dialsOf,
  lossFor,
  usualValues,
  weightingOf,
} from '../../../src-renderer/laboratory/weightings.ts'
import { percentOf, roughlyOf, tauOf } from '../../../src-renderer/laboratory/words.ts'

const catalogue: Catalogue = { losses: lossCatalogue, miners: [], settings: [], rules: [] }
const kinds = ['softmax', 'margin', 'multi-similarity', 'circle'] as const

describe('a fork', () => {
  it('keeps the loss of the run where that has a temperature', () => {
    const softmax = weightingOf('softmax', { ...usualValues, temperature: 0.03 })
    expect(lossFor(catalogue, softmax, 'supcon')).toEqual({
      name: 'supcon',
      params: { temperature: 0.03 },
    })
    expect(lossFor(catalogue, softmax, 'triplet').name).toBe('nt-xent')
    expect(lossFor(catalogue, softmax, 'of another version').name).toBe('nt-xent')
  })

  it.each(kinds)('sets parameters that its loss has, for %s', (kind) => {
    const { name, params } = lossFor(catalogue, weightingOf(kind, usualValues), 'nt-xent')
    const entry = catalogue.losses.find((loss) => loss.name === name)
    const known = new Map(entry?.parameters.map((spec) => [spec.name, spec]))
    for (const [param, value] of Object.entries(params)) {
      const spec = known.get(param)
      if (spec?.kind !== 'number') throw new Error(`${name} has no number ${param}`)
      expect(value).toBeGreaterThanOrEqual(spec.min)
      expect(value).toBeLessThanOrEqual(spec.max)
    }
  })
})

it.each(kinds)('has dials that reach the usual values of %s', (kind) => {
  for (const { name, low, high } of dialsOf[kind]) {
    expect(usualValues[name]).toBeGreaterThanOrEqual(low)
    expect(usualValues[name]).toBeLessThanOrEqual(high)
  }
})

it('writes shares with as many digits as say something', () => {
  expect([0, 0.00003, 0.0512, 0.5, 1].map(percentOf)).toEqual([
    '0 %',
    '< .01 %',
    '5.12 %',
    '50.0 %',
    '100 %',
  ])
  expect([1234.4, 52.83, 0.1234].map(roughlyOf)).toEqual(['1,234', '52.8', '0.123'])
  expect(tauOf(0.0391)).toBe('τ 0.0391')
})
