import { describe, expect, it } from 'vitest'
import { createWeightAverage } from '../../../../src-main/training/optimizers/weightAverage.ts'

const at = (t: number) => ({
  trainable: Float32Array.of(Math.sin(t), t),
  statistics: Float32Array.of(1 / (1 + t)),
})
const steps = 40

describe('createWeightAverage', () => {
  it('is none where none is asked for', () => {
    expect(createWeightAverage({ averaging: 'none', averagingDecay: 0.99 }, at(0))).toBeNull()
  })

  it('follows the weights with a decay that grows to the one asked for', () => {
    const average = createWeightAverage({ averaging: 'ema', averagingDecay: 0.8 }, at(0))!
    const expected = [...at(0).trainable, ...at(0).statistics]
    for (let t = 1; t <= steps; t++) {
      average.update(at(t), { done: t, steps })
      const decay = Math.min(0.8, (1 + t) / (10 + t))
      for (const [i, value] of [...at(t).trainable, ...at(t).statistics].entries())
        expected[i] = decay * expected[i]! + (1 - decay) * value
    }
    const { trainable, statistics } = average.state.weights
    for (const [i, value] of [...trainable, ...statistics].entries())
      expect(value).toBeCloseTo(expected[i]!, 4)
  })

  it('takes the plain mean of the last quarter of a run, and the weights themselves before it', () => {
    const average = createWeightAverage({ averaging: 'swa', averagingDecay: 0.99 }, at(0))!
    for (let t = 1; t <= 30; t++) average.update(at(t), { done: t, steps })
    expect(average.state).toEqual({ weights: at(30), count: 0 })
    for (let t = 31; t <= steps; t++) average.update(at(t), { done: t, steps })
    expect(average.state.count).toBe(10)
    expect(average.state.weights.trainable[1]).toBeCloseTo(35.5, 4)
  })

  it('stands in for the weights while they are looked at, also when that fails', async () => {
    const average = createWeightAverage({ averaging: 'ema', averagingDecay: 0.5 }, at(0))!
    average.update(at(1), { done: 1, steps })
    const weights = at(1)
    const seen = await average.during(weights, () => Promise.resolve(weights.trainable.slice()))
    expect(seen).toEqual(average.state.weights.trainable)
    expect(seen).not.toEqual(at(1).trainable)
    expect(weights).toEqual(at(1))
    const failing = average.during(weights, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(weights).toEqual(at(1))
  })

  it('goes on from its state to the same bits', () => {
    const settings = { averaging: 'ema', averagingDecay: 0.9 } as const
    const whole = createWeightAverage(settings, at(0))!
    for (let t = 1; t <= 6; t++) whole.update(at(t), { done: t, steps })
    const first = createWeightAverage(settings, at(0))!
    for (let t = 1; t <= 3; t++) first.update(at(t), { done: t, steps })
    const second = createWeightAverage(settings, at(3), structuredClone(first.state))!
    for (let t = 4; t <= 6; t++) second.update(at(t), { done: t, steps })
    expect(second.state).toEqual(whole.state)
  })
})
