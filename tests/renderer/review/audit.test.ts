import { expect, it } from 'vitest'
import type { AuditQuestions } from '../../../src-main/contract/suspects.ts'
import { answersOf, questionsOf } from '../../../src-renderer/review/audit.ts'

const stratum = (from: number, to: number, count: number, start: number) => ({
  from,
  to,
  pairs: 100 * count,
  first: Int32Array.from({ length: count }, (_, i) => start + i),
  second: Int32Array.from({ length: count }, (_, i) => start + i + 500),
})
const drawn: AuditQuestions = {
  run: 'r',
  epoch: 2,
  share: 0.1,
  strata: [stratum(0, 0.1, 4, 0), stratum(0.1, 0.2, 2, 100), stratum(0.2, 1, 0, 200)],
  assumptions: [],
}

it('asks every question once, and does not begin with all of the most suspected', () => {
  const questions = questionsOf(drawn)
  expect(questions.map(({ first }) => first).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 100, 101])
  expect(questions.every(({ first, second }) => second === first + 500)).toBe(true)
  expect(questions.map(({ stratum }) => stratum)).toEqual([0, 1, 0, 0, 1, 0])
})

it('counts answers by range, also when somebody stops early', () => {
  const questions = questionsOf(drawn)
  expect(answersOf(drawn, questions, [true, false, true])).toEqual({
    share: 0.1,
    strata: [
      { from: 0, to: 0.1, pairs: 400, asked: 2, yes: 2 },
      { from: 0.1, to: 0.2, pairs: 200, asked: 1, yes: 0 },
      { from: 0.2, to: 1, pairs: 0, asked: 0, yes: 0 },
    ],
  })
})
