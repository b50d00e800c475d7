import { describe, expect, it } from 'vitest'
import { random } from '../../../../src-main/numeric/random.ts'
import {
  createOptimizer,
  groupsOf,
} from '../../../../src-main/training/optimizers/createOptimizer.ts'
import type { OptimizerSettings } from '../../../../src-main/training/optimizers/createOptimizer.ts'
import type { ValueGroup } from '../../../../src-main/training/optimizers/optimizer.ts'

/** A kernel, its bias, another kernel, and a kernel that is all 0. */
const groups: readonly ValueGroup[] = [
  { start: 0, end: 6, isKernel: true },
  { start: 6, end: 8, isKernel: false },
  { start: 8, end: 12, isKernel: true },
  { start: 12, end: 14, isKernel: true },
]
const size = 14
const start = Float32Array.from({ length: size }, (_, i) => (i < 12 ? Math.cos(3 * i) : 0))
const settings: OptimizerSettings = { optimizer: 'adamw', momentum: 0.9, weightDecay: 0.1, clip: 0 }
const steps = 25

/** Slopes of any length, so that clipping bites in some steps and not in others. */
function gradientAt(t: number): Float32Array {
  const stream = random(1, 'gradient', t)
  return Float32Array.from({ length: size }, () => stream.normal() * (t % 3) * 0.4)
}

const rateAt = (t: number): number => 0.02 * (1 + Math.cos(t / 9))

/** The papers' formulas in float64, one value at a time. */
const references: Record<OptimizerSettings['optimizer'], typeof adamReference> = {
  adamw: adamReference,
  adam: adamReference,
  sgd: sgdReference,
  nesterov: sgdReference,
  lars: larsReference,
}

interface Reference {
  readonly optimizer: OptimizerSettings['optimizer']
  readonly momentum: number
  readonly weightDecay: number
}

function adamReference(w: number[], { optimizer, momentum, weightDecay }: Reference) {
  const m = w.map(() => 0)
  const v = w.map(() => 0)
  return (g: readonly number[], rate: number, t: number): void => {
    for (const { start, end, isKernel } of groups)
      for (let i = start; i < end; i++) {
        const decay = isKernel ? weightDecay : 0
        const slope = g[i]! + (optimizer === 'adam' ? decay * w[i]! : 0)
        m[i] = momentum * m[i]! + (1 - momentum) * slope
        v[i] = 0.999 * v[i]! + 0.001 * slope ** 2
        if (optimizer === 'adamw') w[i] = w[i]! - rate * decay * w[i]!
        const [mean, square] = [m[i]! / (1 - momentum ** t), v[i]! / (1 - 0.999 ** t)]
        w[i] = w[i]! - (rate * mean) / (Math.sqrt(square) + 1e-8)
      }
  }
}

function sgdReference(w: number[], { optimizer, momentum, weightDecay }: Reference) {
  const u = w.map(() => 0)
  return (g: readonly number[], rate: number): void => {
    for (const { start, end, isKernel } of groups)
      for (let i = start; i < end; i++) {
        const slope = g[i]! + (isKernel ? weightDecay * w[i]! : 0)
        u[i] = momentum * u[i]! + slope
        w[i] = w[i]! - rate * (optimizer === 'nesterov' ? slope + momentum * u[i]! : u[i]!)
      }
  }
}

function larsReference(w: number[], { momentum, weightDecay }: Reference) {
  const u = w.map(() => 0)
  return (g: readonly number[], rate: number): void => {
    for (const { start, end, isKernel } of groups) {
      const norm = (x: readonly number[]) => Math.hypot(...x.slice(start, end))
      const [length, steepness] = [norm(w), norm(g)]
      const decay = isKernel ? weightDecay : 0
      const isAdapted = isKernel && length > 0 && steepness > 0
      const ratio = isAdapted ? (0.001 * length) / (steepness + decay * length) : 1
      for (let i = start; i < end; i++) {
        u[i] = momentum * u[i]! + rate * ratio * (g[i]! + decay * w[i]!)
        w[i] = w[i]! - u[i]!
      }
    }
  }
}

const kinds = Object.keys(references) as OptimizerSettings['optimizer'][]

describe.each(kinds)('the optimizer %s', (optimizer) => {
  it.each([0, 0.7])('equals the formula in float64, gradients clipped to %d', (clip) => {
    const values = start.slice()
    const own = createOptimizer({ ...settings, optimizer, clip }, groups)
    const expected = [...start]
    const step = references[optimizer](expected, { ...settings, optimizer })
    let clipped = 0
    for (let t = 1; t <= steps; t++) {
      const gradient = gradientAt(t)
      own.step(values, gradient, rateAt(t))
      expect(gradient).toEqual(gradientAt(t))
      const length = Math.hypot(...gradient)
      const isClipped = clip > 0 && length > clip
      if (isClipped) clipped++
      step(
        [...gradient].map((g) => g * (isClipped ? clip / length : 1)),
        rateAt(t),
        t,
      )
    }
    expect(clipped > 0 && clipped < steps).toBe(clip > 0)
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 5)
    expect(Math.hypot(...values.map((value, i) => value - start[i]!))).toBeGreaterThan(0.01)
    expect(own.slots.steps).toBe(steps)
  })

  it('goes on from slots to the same bits as if it had not stopped', () => {
    const [whole, parts] = [start.slice(), start.slice()]
    const options = { ...settings, optimizer, clip: 0.7 }
    const own = createOptimizer(options, groups)
    for (let t = 1; t <= 8; t++) own.step(whole, gradientAt(t), rateAt(t))
    const first = createOptimizer(options, groups)
    for (let t = 1; t <= 4; t++) first.step(parts, gradientAt(t), rateAt(t))
    const second = createOptimizer(options, groups, structuredClone(first.slots))
    for (let t = 5; t <= 8; t++) second.step(parts, gradientAt(t), rateAt(t))
    expect(parts).toEqual(whole)
    expect(second.slots).toEqual(own.slots)
  })

  it('leaves biases alone when there is only decay, and finds the bottom of a bowl', () => {
    const idle = start.slice()
    createOptimizer({ ...settings, optimizer }, groups).step(idle, new Float32Array(size), 0.01)
    expect([...idle.subarray(6, 8)]).toEqual([...start.subarray(6, 8)])
    const values = start.slice()
    const own = createOptimizer({ ...settings, optimizer, weightDecay: 0 }, groups)
    const rate = optimizer === 'lars' ? 1 : 0.01
    for (let t = 0; t < 3000; t++)
      own.step(
        values,
        values.map((x) => 2 * x),
        // LARS moves a kernel by a part of its length, however near the bottom is.
        optimizer === 'lars' ? rate * 0.25 : rate,
      )
    expect(Math.hypot(...values)).toBeLessThan(0.01)
  })

  it('refuses the slots of another network or optimizer', () => {
    const { slots } = createOptimizer({ ...settings, optimizer }, groups)
    const fewer = groups.slice(0, 2)
    expect(() => createOptimizer({ ...settings, optimizer }, fewer, slots)).toThrow('14')
    const other = optimizer === 'adam' || optimizer === 'adamw' ? 'sgd' : 'adam'
    expect(() => createOptimizer({ ...settings, optimizer: other }, groups, slots)).toThrow(
      'slots of',
    )
  })
})

describe('groupsOf', () => {
  it('makes a group of each trainable weight, and tells kernels by their dimensions', () => {
    const spec = (name: string, shape: number[], offset: number, trainable = true) => ({
      name,
      shape,
      offset,
      trainable,
    })
    expect(
      groupsOf([
        spec('a/kernel', [3, 3, 1, 2], 0),
        spec('a/bias', [2], 18),
        spec('b/mean', [2], 0, false),
      ]),
    ).toEqual([
      { start: 0, end: 18, isKernel: true },
      { start: 18, end: 20, isKernel: false },
    ])
  })
})
