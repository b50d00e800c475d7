import { describe, expect, it } from 'vitest'
import type { LossEntry } from '../../../src-main/contract/catalogue.ts'
import { lossSumTitle, verdictOf } from '../../../src-renderer/train/runWords.ts'
import { smoothed } from '../../../src-renderer/train/smoothed.ts'

const score = (recallAt1: number) => ({ recallAt1, mapAtR: recallAt1 / 2, queries: 200 })

describe('verdictOf', () => {
  it('says that training made it worse, even where pixels are worse still', () => {
    expect(verdictOf(score(0.5), score(0.4), score(0.1))?.tone).toBe('worse')
  })

  it('says “so far” while the run goes on', () => {
    expect(verdictOf(score(0.5), score(0.4), null, true)?.words).toContain('So far')
    expect(verdictOf(score(0.5), score(0.4), null)?.words).not.toContain('So far')
  })

  it('says that pixels are better, even where training helped', () => {
    const verdict = verdictOf(score(0.2), score(0.3), score(0.34))
    expect(verdict?.tone).toBe('worse')
    expect(verdict?.words).toContain('pixels')
  })

  it('does not call noise a gain', () => {
    expect(verdictOf(score(0.5), score(0.502), score(0.1))?.tone).toBe('even')
  })

  it('says what it is better than', () => {
    expect(verdictOf(score(0.2), score(0.5), score(0.34))?.words).toContain('pixels')
    expect(verdictOf(score(0.2), score(0.5), null)?.words).not.toContain('pixels')
  })

  it('says nothing without scores', () => {
    expect(verdictOf(null, score(1), null)).toBeNull()
    expect(verdictOf(score(1), null, null)).toBeNull()
  })
})

describe('smoothed', () => {
  it('starts at the first value and keeps a constant', () => {
    expect(smoothed([4, 4, 4], 10)).toEqual([4, 4, 4])
    expect(smoothed([7, 1], 10)[0]).toBeCloseTo(7)
  })

  it('has gone half of the way after its half-life', () => {
    const values = [
      ...Array.from({ length: 1000 }, () => 0),
      ...Array.from({ length: 20 }, () => 1),
    ]
    expect(smoothed(values, 20).at(-1)).toBeCloseTo(0.5, 2)
  })

  it('keeps gaps and goes on after them', () => {
    const [first, gap, last] = smoothed([2, Number.NaN, 2], 5)
    expect(first).toBeCloseTo(2)
    expect(gap).toBeNaN()
    expect(last).toBeCloseTo(2)
  })
})

it('names all terms of a loss, with weights that are not one', () => {
  const entry = (name: string, title: string) => ({ name, title }) as LossEntry
  const loss = {
    name: 'nt-xent',
    params: {},
    plus: [
      { name: 'koleo', params: {}, weight: 0.1 },
      { name: 'circle', params: {}, weight: 1 },
    ],
  }
  const losses = [entry('nt-xent', 'NT-Xent'), entry('koleo', 'KoLeo')]
  expect(lossSumTitle(losses, loss)).toBe('NT-Xent + 0.1 KoLeo + circle')
})
