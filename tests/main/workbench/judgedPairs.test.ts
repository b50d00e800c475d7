import { expect, it } from 'vitest'
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
