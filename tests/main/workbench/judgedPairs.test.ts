import { expect, it } from 'vitest'
import type { Verdict } from '../../../src-main/contract/journal.ts'
import { VerdictGroups } from '../../../src-main/contract/verdictGroups.ts'
import { judgedPairs } from '../../../src-main/workbench/judgedPairs.ts'

it('says verdicts by place, without those that mean nothing or are on images that are gone', () => {
  const verdicts = [
    { a: 7, b: 9, verdict: 'same' },
    { a: 9, b: 12, verdict: 'different' },
    { a: 7, b: 12, verdict: 'later' },
    { a: 3, b: 7, verdict: 'ignore' },
    { a: 5, b: 12, verdict: 'duplicate' },
  ] as const
  expect(judgedPairs(verdicts, Int32Array.of(12, 9, 7, 5))).toEqual([
    { first: 2, second: 1, verdict: 'same' },
    { first: 1, second: 0, verdict: 'different' },
    { first: 3, second: 0, verdict: 'same' },
  ])
})

it('keeps what follows over images that are gone or excluded', () => {
  const say = (a: number, verdict: Verdict['verdict'], b: number): Verdict => ({ a, b, verdict })
  const verdicts = [
    say(1, 'same', 50),
    say(2, 'same', 50),
    say(3, 'duplicate', 51),
    say(50, 'same', 51),
    say(51, 'different', 60),
    say(4, 'same', 60),
    say(1, 'ignore', 3),
    say(60, 'different', 70),
  ]
  const ids = Int32Array.of(0, 1, 2, 3, 4)
  const judged = judgedPairs(verdicts, ids)
  const groups = VerdictGroups.of(
    judged.map(({ first, second, verdict }) => ({ a: first, b: second, verdict })),
  )
  expect([groups.isSame(1, 2), groups.isSame(2, 3), groups.isSame(1, 4)]).toEqual([
    true,
    true,
    false,
  ])
  expect([groups.isDifferent(3, 4), groups.isDifferent(2, 4)]).toEqual([true, true])
  // What was said of the pair itself is said last, and counts.
  expect(judged.findLast(({ first, second }) => first === 1 && second === 3)?.verdict).toBe(
    'ignore',
  )
})
