import { describe, expect, it } from 'vitest'
import { pairRanking } from '../../../src-main/analysis/pairRanking.ts'

describe('pairRanking', () => {
  it('ranks by hand', () => {
    // Hits at ranks 1 and 3: (1/1 + 2/3) / 2; of four comparisons three are won.
    const ranking = pairRanking([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0])
    expect(ranking?.averagePrecision).toBeCloseTo(5 / 6, 12)
    expect(ranking?.rocAuc).toBeCloseTo(0.75, 12)
  })

  it('gives a score that tells nothing the base rate and one half, in any order of pairs', () => {
    for (const isRelevant of [
      [1, 0, 0, 0],
      [0, 0, 0, 1],
    ]) {
      const ranking = pairRanking([2, 2, 2, 2], isRelevant)
      expect(ranking).toEqual({ averagePrecision: 0.25, rocAuc: 0.5 })
    }
  })

  it('is null where there is nothing to tell apart', () => {
    expect(pairRanking([1, 2], [1, 1])).toBeNull()
    expect(pairRanking([1, 2], [0, 0])).toBeNull()
    expect(pairRanking([], [])).toBeNull()
  })
})
