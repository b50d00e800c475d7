import { describe, expect, it } from 'vitest'
import {
  explanationOf,
  figuresOf,
  summaryOf,
  trustOf,
  verdictOf,
} from '../../../src-renderer/sphere/faithfulnessWords.ts'

const linear = {
  view: 'linear' as const,
  frameEpoch: 1,
  ownMotionDegrees: null,
  faithfulness: {
    isExact: false,
    lengthShare: 0.424,
    trustworthiness: 0.88,
    continuity: 0.9,
    neighboursKept: 0.312,
    k: 10,
  },
}
const neighbours = {
  ...linear,
  view: 'neighbours' as const,
  ownMotionDegrees: 0.003,
  faithfulness: { ...linear.faithfulness, lengthShare: null },
}

describe('the line beside the picture', () => {
  it('says what is kept', () => {
    expect(summaryOf(linear)).toBe(
      'linear view · axes of epoch 1 · trust .880 · 42 % of variance · 31 % of neighbours kept',
    )
    expect(summaryOf(neighbours)).toBe('neighbours view · trust .880 · 31 % of neighbours kept')
  })

  it('never rounds a fault away', () => {
    const faithfulness = { ...linear.faithfulness, lengthShare: 0.9999, neighboursKept: 0.001 }
    expect(summaryOf({ ...linear, faithfulness })).toContain(
      'over 99 % of variance · under 1 % of neighbours kept',
    )
    const near = { ...linear.faithfulness, trustworthiness: 0.99996 }
    expect(summaryOf({ ...linear, faithfulness: near })).toContain('trust >.999')
  })

  it('says so when the picture is the embedding itself', () => {
    const exact = { ...linear, faithfulness: { ...linear.faithfulness, isExact: true } }
    expect(summaryOf(exact)).toMatch(/^exact/)
    expect(figuresOf(exact)).toEqual([])
  })
})

describe('how far the picture can be trusted', () => {
  const trustAt = (trustworthiness: number, neighboursKept: number): string =>
    trustOf({ faithfulness: { ...linear.faithfulness, trustworthiness, neighboursKept } })

  it('needs both strangers kept away and neighbours kept near', () => {
    expect(trustAt(0.99, 0.5)).toBe('good')
    expect(trustAt(0.99, 0.2)).toBe('fair')
    expect(trustAt(0.99, 0.05)).toBe('poor')
    expect(trustAt(0.7, 0.5)).toBe('poor')
    expect(verdictOf(linear)).toContain('Groups can be trusted')
  })

  it('tells the motion that a layout adds by itself, and that fixed axes add none', () => {
    const motionOf = (told: typeof linear | typeof neighbours): string | undefined =>
      figuresOf(told).find(({ name }) => name === 'own motion')?.value
    expect(motionOf(neighbours)).toBe('0.00°')
    expect(motionOf(linear)).toBe('none')
    expect(figuresOf(neighbours).map(({ name }) => name)).not.toContain('variance shown')
  })

  it('says of each view what its distances mean', () => {
    expect(explanationOf(linear)).toContain('longest at epoch 1')
    expect(explanationOf(neighbours)).toContain('means little')
  })
})
