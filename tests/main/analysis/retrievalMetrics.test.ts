import { describe, expect, it } from 'vitest'
import { retrievalMetrics } from '../../../src-main/analysis/retrievalMetrics.ts'

describe('retrievalMetrics', () => {
  it('counts by hand', () => {
    const metrics = retrievalMetrics({
      queryLabels: Int32Array.of(0),
      galleryLabels: Int32Array.of(1, 0, 1, 0),
      ownPlaceOf: () => -1,
      closenessOf: () => [0.9, 0.8, 0.7, 0.6],
      ks: [1, 2, 4],
    })
    expect(metrics).toEqual({
      queries: 1,
      precisionAt1: 0,
      rPrecision: 0.5,
      mapAtR: 0.25,
      meanAveragePrecision: 0.5,
      meanReciprocalRank: 0.5,
      recallAt: [0, 1, 1],
    })
  })

  it('gives ties to the lower place, and never the query itself', () => {
    const metrics = retrievalMetrics({
      queryLabels: Int32Array.of(0, 1, 0),
      galleryLabels: Int32Array.of(0, 1, 0),
      ownPlaceOf: (query) => query,
      closenessOf: () => [1, 1, 1],
      ks: [1],
    })
    // The first finds a stranger at place 1, the last its fellow at place 0; the middle has no fellow.
    expect(metrics?.queries).toBe(2)
    expect(metrics?.precisionAt1).toBe(0.5)
  })

  it('is null where no query has a fellow or a label', () => {
    const request = { ownPlaceOf: () => -1, closenessOf: () => [1, 0], ks: [1] }
    const galleryLabels = Int32Array.of(-1, 1)
    for (const label of [0, -1])
      expect(
        retrievalMetrics({ ...request, galleryLabels, queryLabels: Int32Array.of(label) }),
      ).toBeNull()
  })
})
