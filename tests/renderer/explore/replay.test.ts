import { describe, expect, it } from 'vitest'
import { deltaWords } from '../../../src-renderer/explore/compare/deltaWords.ts'
import { costOf, startsOf, usualStart } from '../../../src-renderer/explore/compare/replayWords.ts'
import { runTitle } from '../../../src-renderer/train/runWords.ts'
import { emptyRun, foldRun, summaryOf } from '../../../src-main/contract/runState.ts'
import type { RunSeries } from '../../../src-main/contract/runSeries.ts'
import { eventsOf } from '../stores/fakeWorkbench.ts'

describe('a replay', () => {
  const choices = { epochs: 40, starts: [0, 10, 20, 30, 39], secondsPerEpoch: 3, verdicts: 2 }

  it('is offered from every state that is kept, the shortest first', () => {
    expect(startsOf(choices).map(({ title }) => title)).toEqual([
      'The last 1 epoch, from epoch 39',
      'The last 10 epochs, from epoch 30',
      'The last 20 epochs, from epoch 20',
      'The last 30 epochs, from epoch 10',
      'All 40 epochs, from the untrained network',
    ])
  })
  it('begins ten epochs before the end, or as near to that as a state is kept', () => {
    expect(usualStart(choices)).toBe(30)
    expect(usualStart({ ...choices, starts: [0, 39] })).toBe(39)
    expect(usualStart({ ...choices, epochs: 6, starts: [0, 5] })).toBe(0)
  })
  it('says what both of its runs cost before anything begins', () => {
    expect(costOf(choices, 30)).toContain(
      'Two runs of 10 epochs, one after the other, about 1:00 min',
    )
    expect(costOf({ ...choices, secondsPerEpoch: null }, 39)).toBe(
      'Two runs of 1 epoch, one after the other.',
    )
  })
})

describe('a difference', () => {
  const delta = { left: 0.6, right: 0.65, difference: 0.05, low: 0.01, high: 0.09, images: 30 }

  it('is good or bad only where its whole interval is on one side', () => {
    expect(deltaWords({ name: 'mapAtR', ...delta })).toEqual({
      name: 'MAP@R',
      values: '.600 → .650',
      difference: '+.050',
      interval: '+.010 … +.090',
      tone: 'better',
    })
    expect(deltaWords({ name: 'falsePush', ...delta }).tone).toBe('worse')
    expect(deltaWords({ name: 'rPrecision', ...delta, low: -0.01 }).tone).toBe('unsure')
    const tiny = { ...delta, difference: 2e-4, low: 1e-4, high: 3e-4 }
    expect(deltaWords({ name: 'recallAt1', ...tiny }).tone).toBe('unsure')
  })
})

it('names a run by what is special about it among its fellows', () => {
  const titleOf = (series: RunSeries) => {
    const events = eventsOf('run-1', 5).map((event) =>
      event.kind === 'started' ? { ...event, config: { ...event.config, series } } : event,
    )
    return runTitle(summaryOf(events.reduce(foldRun, emptyRun('run-1'))))
  }
  expect(titleOf({ id: 'a', of: 'b', kind: 'sweep', temperature: 0.05 })).toBe(
    'τ 0.05 · metric · supcon · 5 ep.',
  )
  const replay = { id: 'a', of: 'b', kind: 'replay', what: 'verdicts', fromEpoch: 3 } as const
  expect(titleOf({ ...replay, arm: 'without' })).toBe('without verdicts · metric · supcon · 5 ep.')
})
