import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../src-main/contract/journal.ts'
import { VerdictGroups } from '../../../src-main/contract/verdictGroups.ts'
import { random } from '../../../src-main/numeric/random.ts'

const say = (a: number, verdict: Verdict['verdict'], b: number): Verdict => ({
  a: Math.min(a, b),
  b: Math.max(a, b),
  verdict,
})

describe('VerdictGroups', () => {
  it('joins along chains, and keeps groups apart that any two of their images are', () => {
    const groups = VerdictGroups.of([
      say(1, 'same', 2),
      say(5, 'duplicate', 6),
      say(2, 'same', 3),
      say(3, 'different', 6),
      say(7, 'ignore', 1),
      say(7, 'later', 5),
    ])
    expect([groups.isSame(1, 3), groups.isSame(1, 5), groups.isSame(1, 7)]).toEqual([
      true,
      false,
      false,
    ])
    expect([groups.isDifferent(1, 5), groups.isDifferent(6, 2), groups.isDifferent(1, 7)]).toEqual([
      true,
      true,
      false,
    ])
    expect(groups.membersOf(2)).toEqual([1, 2, 3])
    expect(groups.membersOf(9)).toEqual([9])
    expect([...groups.othersOf(2)].sort()).toEqual([5, 6])
    expect(groups.othersOf(7)).toEqual([])
  })

  it('refuses what contradicts the others, and is as before then', () => {
    const groups = VerdictGroups.of([say(1, 'same', 2), say(2, 'same', 3), say(3, 'different', 4)])
    expect(groups.add(say(1, 'different', 3))).toBe(false)
    expect(groups.add(say(1, 'same', 4))).toBe(false)
    expect([groups.isSame(1, 3), groups.isSame(1, 4)]).toEqual([true, false])
    expect(groups.add(say(4, 'same', 5))).toBe(true)
    expect(groups.isDifferent(5, 1)).toBe(true)
  })

  it('says the same as going through all chains, whatever the order', () => {
    const stream = random(2, 'verdicts')
    for (let round = 0; round < 40; round++) {
      const count = 12
      const verdicts = Array.from({ length: 14 }, () => {
        const a = stream.integer(count)
        const b = (a + 1 + stream.integer(count - 1)) % count
        return say(a, stream.next() < 0.7 ? 'same' : 'different', b)
      })
      const groups = new VerdictGroups()
      const taken = verdicts.filter((verdict) => groups.add(verdict))
      const group = Array.from({ length: count }, (_, i) => i)
      for (let pass = 0; pass < count; pass++)
        for (const { a, b, verdict } of taken)
          if (verdict === 'same') {
            const least = Math.min(group[a]!, group[b]!)
            group[a] = least
            group[b] = least
          }
      const isApart = (i: number, j: number) =>
        taken.some(
          ({ a, b, verdict }) =>
            verdict === 'different' &&
            ((group[a] === group[i] && group[b] === group[j]) ||
              (group[a] === group[j] && group[b] === group[i])),
        )
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) {
          expect(groups.isSame(i, j)).toBe(group[i] === group[j])
          expect(groups.isDifferent(i, j)).toBe(isApart(i, j))
          expect(groups.isSame(i, j) && groups.isDifferent(i, j)).toBe(false)
        }
    }
  })
})
