import { expect, it } from 'vitest'
import { explanationOf, summaryOf } from '../../../src-renderer/sphere/faithfulnessWords.ts'

const linear = {
  isExact: false,
  lengthShare: 0.412,
  trustworthiness: 0.9,
  continuity: 0.9,
  neighboursKept: 0.307,
  k: 15,
}

it('says what the picture is and how much of the truth it holds', () => {
  expect(summaryOf(linear, 3)).toBe(
    'linear view · axes of epoch 3 · 41 % of length · 31 % of neighbours kept',
  )
  expect(explanationOf(linear, 3)).toContain('about 5 of 15')
})

it('never rounds a fault away', () => {
  const nearly = { ...linear, lengthShare: 0.9996, neighboursKept: 0.002 }
  expect(summaryOf(nearly, 1)).toContain('over 99 % of length · under 1 % of neighbours')
})

it('says so when the picture is the embedding itself', () => {
  expect(summaryOf({ ...linear, isExact: true }, 1)).toMatch(/^exact/)
})

it('says of the neighbours view what it keeps, and what it does not', () => {
  const neighbours = { ...linear, lengthShare: null }
  expect(summaryOf(neighbours, 3)).toBe('neighbours view · 31 % of neighbours kept')
  expect(explanationOf(neighbours, 3)).toContain('means little')
})
