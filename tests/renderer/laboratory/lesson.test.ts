import { describe, expect, it } from 'vitest'
import type { LaboratoryReport, PushedNegative } from '../../../src-main/contract/laboratory.ts'
import {
  eliminationOf,
  missingForLesson,
  pairPushOf,
  partnerIn,
} from '../../../src-renderer/laboratory/lesson.ts'
import { emptyRun, foldRun } from '../../../src-main/contract/runState.ts'
import { eventsOf } from '../stores/fakeWorkbench.ts'

const negative = (
  image: number,
  share: number,
  isSuspect: boolean,
  hasSameLabel: boolean | null,
): PushedNegative => ({ image, cosine: share, share, isSuspect, hasSameLabel })

const report: LaboratoryReport = {
  run: 'r',
  epoch: 3,
  labelNames: ['cat', 'dog'],
  anchors: 1,
  negatives: 20,
  positiveCosine: 1,
  push: { effectiveNegatives: 4, onSuspects: 0.6, onSameLabel: 0.5, strength: 2 },
  ranked: [
    negative(7, 0.4, true, false),
    negative(3, 0.2, true, true),
    negative(5, 0.1, false, true),
    negative(9, 0.05, false, null),
  ],
  assumptions: [],
}

describe('the pair of the lesson', () => {
  it('is the negative of the own label that is pushed most', () => {
    expect(partnerIn(report)?.image).toBe(3)
    expect(partnerIn({ ...report, ranked: report.ranked.slice(0, 1) })).toBeNull()
  })

  it('has a place, and so many times an even share', () => {
    const push = pairPushOf(report, 3)
    expect(push).toMatchObject({ place: 2, share: 0.2, isSuspect: true })
    expect(push?.timesEven).toBeCloseTo(4, 12)
    expect(pairPushOf(report, 8)).toBeNull()
  })
})

describe('eliminating', () => {
  it('tells what goes rightly from what goes wrongly', () => {
    const gone = eliminationOf(report)
    expect(gone.onFellows).toBeCloseTo(0.2, 12)
    expect(gone.onOthers).toBeCloseTo(0.4, 12)
    expect(gone.ofFellows).toBeCloseTo(0.4, 12)
    expect(gone.factor).toBeCloseTo(2.5, 12)
  })

  it('stays finite where everything is suspected, or nothing is of one label', () => {
    const all = { ...report.push, onSuspects: 1, onSameLabel: 0 }
    const gone = eliminationOf({ ...report, push: all })
    expect(gone.factor).toBeLessThan(Infinity)
    expect(gone.ofFellows).toBe(0)
  })
})

describe('what the lesson misses', () => {
  const state = eventsOf('r1', 2).reduce(foldRun, emptyRun('r1'))

  it('is a run with an embedding', () => {
    expect(missingForLesson(null, 9)).toContain('A run with an embedding is missing')
    expect(missingForLesson(emptyRun('r'), 9)).toContain('A run with an embedding is missing')
  })

  it('is a contrastive run, or labels', () => {
    const config = state.config
    if (config === null) throw new Error('the made run has no settings')
    const metric = { ...state, config: { ...config, regime: 'metric' as const } }
    const contrastive = { ...state, config: { ...config, regime: 'contrastive' as const } }
    expect(missingForLesson(metric, 9)).toContain('never pushed apart')
    expect(missingForLesson(contrastive, 1)).toContain('Labels are missing')
    expect(missingForLesson(contrastive, 2)).toBeNull()
  })
})
