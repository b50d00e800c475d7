import { describe, expect, it } from 'vitest'
import { learningRateAt } from '../../../src-main/training/schedules.ts'

const options = { peak: 0.01, warmupSteps: 10, steps: 110 }

describe('learningRateAt', () => {
  it('climbs in equal steps to the peak, which the last step of the warm-up has', () => {
    expect(learningRateAt(0, options)).toBeCloseTo(0.001, 10)
    expect(learningRateAt(4, options)).toBeCloseTo(0.005, 10)
    expect(learningRateAt(9, options)).toBeCloseTo(0.01, 10)
  })

  it('then sinks along a cosine, at half height in the middle, but never to 0', () => {
    expect(learningRateAt(10, options)).toBeCloseTo(0.01, 10)
    expect(learningRateAt(60, options)).toBeCloseTo(0.005, 10)
    expect(learningRateAt(109, options)).toBeGreaterThan(0)
    expect(learningRateAt(109, options)).toBeLessThan(0.00001)
  })

  it('begins at the peak without a warm-up, also in a run of one step', () => {
    expect(learningRateAt(0, { peak: 0.5, warmupSteps: 0, steps: 1 })).toBe(0.5)
  })
})
