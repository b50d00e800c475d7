import { describe, expect, it } from 'vitest'
import type { Verdict, VerdictKind } from '../../../src-main/contract/journal.ts'
import { inReviewOrder } from '../../../src-main/contract/reviewOrder.ts'
import { similarPairs } from '../../../src-main/contract/similarPairs.ts'
import type { Suspect } from '../../../src-main/contract/suspects.ts'

function suspect(first: number, more: Partial<Suspect> = {}): Suspect {
  return {
    first,
    second: first + 100,
    kind: 'suspect',
    score: 1 / first,
    cosine: 0.9,
    sharedNeighbours: 3,
    rank: 1,
    rankBack: 1,
    clusters: [0, 0],
    pushShare: 0.01,
    ...more,
  }
}
const places = (ordered: ReturnType<typeof inReviewOrder>) => ordered.map(({ pair }) => pair.first)
const open = (): VerdictKind => 'none'

describe('inReviewOrder', () => {
  const pairs = [
    suspect(1, { clusters: [0, 0] }),
    suspect(2, { clusters: [0, 0], cosine: 0.99 }),
    suspect(3, { clusters: [0, 1], pushShare: 0.05, cosine: 0.7 }),
    suspect(4, { clusters: [0, 1], pushShare: 0.02 }),
    suspect(5, { clusters: [2, 2], pushShare: 0.005 }),
  ]

  it('by gain, lets clusters take turns: most of the push that is open first', () => {
    const ordered = inReviewOrder(pairs, 'gain', open)
    // 7 % of the push between 0 and 1, half of it for a second answer there, 2 % within 0.
    expect(places(ordered)).toEqual([3, 4, 1, 2, 5])
    expect(ordered.map(({ gain }) => Number(gain!.toFixed(4)))).toEqual([
      0.07, 0.035, 0.02, 0.01, 0.005,
    ])
  })

  it('by gain, asks less where answers are known and agree', () => {
    const verdictOf = ({ first }: Suspect): VerdictKind => (first === 3 ? 'same' : 'none')
    const ordered = inReviewOrder(pairs, 'gain', verdictOf)
    // 2 % are open between 0 and 1, and two thirds say same: 4 · 2/3 · 1/3 of it.
    const between = ordered.find(({ pair }) => pair.first === 3)
    expect(between?.gain).toBeCloseTo(0.02 * (8 / 9), 6)
    expect(places(ordered)[0]).toBe(1)
  })

  it('by suspicion and by cosine, says nothing of gain', () => {
    expect(places(inReviewOrder(pairs, 'suspicion', open))).toEqual([1, 2, 3, 4, 5])
    const byCosine = inReviewOrder(pairs, 'cosine', open)
    expect(places(byCosine)).toEqual([2, 1, 4, 5, 3])
    expect(byCosine.every(({ gain }) => gain === null)).toBe(true)
  })

  it('has every pair once, also where nothing pushes', () => {
    const still = pairs.map((pair) => ({ ...pair, pushShare: 0 }))
    expect(places(inReviewOrder(still, 'gain', open)).sort()).toEqual([1, 2, 3, 4, 5])
    expect(inReviewOrder([], 'gain', open)).toEqual([])
  })
})

describe('similarPairs', () => {
  const judged = suspect(1)
  const labels = new Map([
    [5, 3],
    [6, 3],
  ])
  const options = (suspects: readonly Suspect[], known: readonly Verdict[] = []) => ({
    suspects: [judged, ...suspects],
    known,
    verdictOf: ({ first }: Suspect): VerdictKind => (first === 3 ? 'different' : 'none'),
    labelOf: (image: number) => labels.get(image) ?? -1,
  })

  it('takes open pairs of the same clusters, labels and kind, of a similar cosine', () => {
    const similar = suspect(2, { cosine: 0.86 })
    const { pairs } = similarPairs(
      judged,
      'same',
      options([
        similar,
        suspect(3),
        suspect(4, { clusters: [0, 1] }),
        suspect(5),
        suspect(7, { cosine: 0.8 }),
        suspect(8, { kind: 'near-duplicate' }),
      ]),
    )
    expect(pairs).toEqual([similar])
  })

  it('reaches no further down the order than a tenth of it, or twenty', () => {
    const many = Array.from({ length: 300 }, (_, i) => suspect(i + 10))
    const { pairs } = similarPairs(judged, 'same', options(many))
    expect(pairs).toHaveLength(30)
    expect(pairs[0]).toBe(many[0])
    const few = similarPairs(judged, 'same', options(many.slice(0, 50)))
    expect(few.pairs).toHaveLength(20)
  })

  it('leaves out what would contradict verdicts, and counts it', () => {
    const known: Verdict[] = [
      { a: 1, b: 101, verdict: 'same' },
      { a: 10, b: 110, verdict: 'different' },
    ]
    const found = similarPairs(judged, 'same', options([suspect(10), suspect(11)], known))
    expect(found).toMatchObject({ pairs: [{ first: 11 }], contradicting: 1 })
    const apart = similarPairs(judged, 'different', options([suspect(10), suspect(11)], known))
    expect(apart.pairs).toHaveLength(2)
  })
})
