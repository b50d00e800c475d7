import { describe, expect, it } from 'vitest'
import type { LearntSpec } from '../../../src-main/losses/loss.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import { labelIndexOf } from '../../../src-main/training/labelIndex.ts'
import { createLossVariables, variableRate } from '../../../src-main/training/lossVariables.ts'

const specs: readonly LearntSpec[] = [
  { name: 'proxies', shape: [2, 2], start: Float32Array.of(1, 2, 3, 4), learningRateFactor: 10 },
  {
    name: 'scale',
    shape: [],
    start: Float32Array.of(0.5),
    learningRateFactor: 1,
    min: 0.45,
    max: 1,
  },
]
const gradients = [Float32Array.of(1, -1, 0, 2), Float32Array.of(1)]

describe('variables of a loss', () => {
  it('begin where the loss says, and leave that as it is', () => {
    const variables = createLossVariables(specs)
    variables.step(gradients, 0.01)
    expect([...specs[0]!.start]).toEqual([1, 2, 3, 4])
    expect([...createLossVariables(specs).values[0]!.values]).toEqual([1, 2, 3, 4])
  })

  it('move against their gradients, each at its own rate, and stay in their range', () => {
    const variables = createLossVariables(specs)
    for (let i = 0; i < 10; i++) variables.step(gradients, 0.01)
    const [proxies, scale] = variables.values.map(({ values }) => values)
    expect(proxies![0]).toBeCloseTo(0, 3)
    expect(proxies![1]).toBeCloseTo(3, 3)
    expect(proxies![2]).toBe(3)
    expect(scale![0]).toBeCloseTo(0.45, 6)
  })

  it('go on from a checkpoint to the same bits', () => {
    const whole = createLossVariables(specs)
    const part = createLossVariables(specs)
    for (let i = 0; i < 3; i++) for (const each of [whole, part]) each.step(gradients, 0.02)
    const resumed = createLossVariables(specs, structuredClone(part.arrays()))
    for (let i = 0; i < 3; i++) for (const each of [whole, resumed]) each.step(gradients, 0.02)
    expect(resumed.arrays()).toEqual(whole.arrays())
  })

  it('refuse a checkpoint of another shape', () => {
    const saved = { 'proxies/values': new Float32Array(6) }
    expect(() => createLossVariables(specs, saved)).toThrow(
      '6 values of proxies/values, expected 4',
    )
  })

  it('come to the loss by name', () => {
    tf.tidy(() => {
      const tensors = [tf.zeros([2, 2]), tf.scalar(1)]
      expect(createLossVariables(specs).named(tensors)).toEqual({
        proxies: tensors[0],
        scale: tensors[1],
      })
    })
  })
})

describe('labelIndexOf', () => {
  it('counts the labels that are trained on without gaps, and forgets the others', () => {
    const labels = Int32Array.of(7, 3, -1, 5, 3, 9)
    expect(labelIndexOf(labels, Int32Array.of(0, 1, 2, 4))).toEqual({
      labels: Int32Array.of(1, 0, -1, -1, 0, -1),
      count: 2,
    })
  })
})

describe('their learning rate', () => {
  it('is the run’s own under Adam', () => {
    for (const optimizer of ['adam', 'adamw'] as const)
      expect(variableRate(0.02, { optimizer, learningRate: 0.05 })).toBe(0.02)
  })

  it.each(['sgd', 'nesterov', 'lars'] as const)(
    'is one for Adam under %s, on its schedule',
    (optimizer) => {
      for (const peak of [0.03, 1]) {
        expect(variableRate(peak, { optimizer, learningRate: peak })).toBeCloseTo(0.003, 9)
        expect(variableRate(peak / 4, { optimizer, learningRate: peak })).toBeCloseTo(0.00075, 9)
      }
    },
  )
})
