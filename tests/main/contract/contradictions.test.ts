import { describe, expect, it } from 'vitest'
import { contradictionsOf } from '../../../src-main/contract/contradictions.ts'
import type { Verdict } from '../../../src-main/contract/journal.ts'
import { previewVerdict } from '../../../src-main/contract/verdictPreview.ts'

const say = (a: number, verdict: Verdict['verdict'], b: number): Verdict => ({
  a: Math.min(a, b),
  b: Math.max(a, b),
  verdict,
})
const unlabelled = () => -1

describe('contradictionsOf', () => {
  it('finds a “different” that a chain of “same” goes around, by the shortest chain', () => {
    const verdicts = [
      say(1, 'same', 2),
      say(2, 'same', 3),
      say(3, 'duplicate', 4),
      say(1, 'same', 4),
      say(4, 'different', 2),
      say(4, 'different', 9),
    ]
    expect(contradictionsOf(verdicts, unlabelled)).toEqual([
      {
        kind: 'chain',
        verdict: say(2, 'different', 4),
        chain: [say(2, 'same', 1), say(1, 'same', 4)],
      },
    ])
    // Either verdict taken back resolves it, once no other chain is left.
    const without = (gone: Verdict) =>
      contradictionsOf(
        verdicts.filter(({ a, b }) => a !== gone.a || b !== gone.b),
        unlabelled,
      )
    expect(without(say(2, 'different', 4))).toEqual([])
    expect(without(say(1, 'same', 2))).toMatchObject([
      { chain: [say(2, 'same', 3), say(3, 'duplicate', 4)] },
    ])
  })

  it('finds verdicts that say otherwise than the labels, and leaves the rest alone', () => {
    const labels = new Map([
      [1, 0],
      [2, 0],
      [3, 1],
    ])
    const verdicts = [
      say(1, 'different', 2),
      say(1, 'same', 3),
      say(2, 'different', 3),
      say(1, 'same', 7),
      say(2, 'ignore', 3),
    ]
    const found = contradictionsOf(verdicts, (image) => labels.get(image) ?? -1)
    expect(found).toEqual([
      { kind: 'labels', verdict: verdicts[0] },
      { kind: 'labels', verdict: verdicts[1] },
    ])
  })
})

describe('previewVerdict', () => {
  const known = [say(1, 'same', 2), say(2, 'same', 3), say(4, 'same', 5), say(6, 'different', 4)]

  it('counts what “same” joins, and the pairs that follow', () => {
    expect(previewVerdict(known, say(3, 'same', 5))).toEqual({
      images: [1, 2, 3, 4, 5],
      following: 5,
      against: [],
    })
    expect(previewVerdict(known, say(1, 'same', 3))).toMatchObject({
      images: [1, 2, 3],
      following: 0,
    })
  })

  it('counts what “different” keeps apart, unless that is known', () => {
    expect(previewVerdict(known, say(1, 'different', 4))).toMatchObject({ following: 5 })
    expect(previewVerdict(known, say(5, 'different', 6))).toMatchObject({ following: 0 })
  })

  it('names the verdicts that say otherwise', () => {
    expect(previewVerdict(known, say(5, 'same', 6)).against).toEqual([say(6, 'different', 4)])
    expect(previewVerdict(known, say(1, 'different', 3)).against).toEqual([
      say(1, 'same', 2),
      say(2, 'same', 3),
    ])
  })

  it('looks at a pair that was judged as if it were not, and expects nothing of “ignore”', () => {
    expect(previewVerdict(known, say(4, 'different', 5)).against).toEqual([])
    expect(previewVerdict(known, say(4, 'same', 6)).against).toEqual([])
    expect(previewVerdict(known, say(1, 'ignore', 4))).toMatchObject({ following: 0, against: [] })
  })
})
