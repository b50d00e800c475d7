import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { availableCores, trainingThreads } from '../../../../src-main/numeric/engines/cores.ts'

describe('threads for training', () => {
  it('are all cores where nobody waits at the machine', () => {
    for (const cores of [1, 2, 4, 16]) expect(trainingThreads(cores, 0)).toBe(cores)
  })

  it('leave one core of four or more to a person, and none of fewer', () => {
    expect([1, 2, 3, 4, 16].map((cores) => trainingThreads(cores, 7))).toEqual([1, 2, 3, 3, 15])
  })

  it('are no more than the process may run at once', () => {
    expect(availableCores()).toBeGreaterThanOrEqual(1)
    expect(availableCores()).toBeLessThanOrEqual(availableParallelism())
  })
})
