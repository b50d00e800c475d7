import { describe, expect, it } from 'vitest'
import { adamDefaults, createAdam } from '../../../src-main/training/optimizers.ts'

const options = { ...adamDefaults, weightDecay: 0, decayed: [] }

describe('createAdam', () => {
  it('moves each value by the learning rate in its first step, whatever the gradient’s size', () => {
    const values = Float32Array.of(1, 1, 1)
    createAdam(3, options).step(values, Float32Array.of(1e-3, -5, 0), 0.1)
    expect([...values].map((v) => Math.round(v * 1e4) / 1e4)).toEqual([0.9, 1.1, 1])
  })

  it('equals the paper’s formula over several steps', () => {
    const values = Float32Array.of(0.5)
    const adam = createAdam(1, options)
    let [x, m, v] = [0.5, 0, 0]
    for (let t = 1; t <= 20; t++) {
      const slope = Math.sin(t) + 0.2
      adam.step(values, Float32Array.of(slope), 0.01)
      m = 0.9 * m + 0.1 * slope
      v = 0.999 * v + 0.001 * slope * slope
      x -= (0.01 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    }
    expect(values[0]).toBeCloseTo(x, 5)
    expect(adam.slots.steps).toBe(20)
  })

  it('finds the bottom of a bowl', () => {
    const values = Float32Array.of(3, -2)
    const adam = createAdam(2, options)
    for (let t = 0; t < 2000; t++)
      adam.step(
        values,
        values.map((x) => 2 * x),
        0.01,
      )
    expect(Math.hypot(...values)).toBeLessThan(0.01)
  })

  it('decays only where it is told, and apart from the gradient', () => {
    const values = Float32Array.of(1, 1, 1)
    const decayed = [{ start: 1, end: 2 }]
    createAdam(3, { ...options, weightDecay: 0.5, decayed }).step(values, new Float32Array(3), 0.1)
    expect([...values]).toEqual([1, Math.fround(0.95), 1])
  })

  it('goes on from slots as if it had not stopped', () => {
    const gradientAt = (t: number) => Float32Array.of(Math.cos(t), Math.sin(3 * t))
    const whole = Float32Array.of(1, 2)
    const adam = createAdam(2, options)
    for (let t = 0; t < 6; t++) adam.step(whole, gradientAt(t), 0.01)

    const parts = Float32Array.of(1, 2)
    const first = createAdam(2, options)
    for (let t = 0; t < 3; t++) first.step(parts, gradientAt(t), 0.01)
    const second = createAdam(2, options, structuredClone(first.slots))
    for (let t = 3; t < 6; t++) second.step(parts, gradientAt(t), 0.01)
    expect(parts).toEqual(whole)
  })

  it('refuses slots of another network', () => {
    const { slots } = createAdam(2, options)
    expect(() => createAdam(3, options, slots)).toThrow('2 values')
  })
})
