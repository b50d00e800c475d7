import { describe, expect, it } from 'vitest'
import { sharedOf, turned } from '../../../src-renderer/explore/compare/beside.ts'
import { figuresOf } from '../../../src-renderer/explore/compare/figures.ts'
import { epochBeside } from '../../../src-renderer/explore/compare/pace.ts'
import type { RunEvent } from '../../../src-main/contract/runs.ts'
import { emptyRun, foldRun } from '../../../src-main/contract/runState.ts'
import type { RunState } from '../../../src-main/contract/runState.ts'
import { eventsOf, frameOf } from '../stores/fakeWorkbench.ts'

describe('the epoch beside', () => {
  const left = { embedded: [0, 1, 2, 3, 4], epochs: 4 }
  const right = { embedded: [0, 2, 4, 6, 8], epochs: 8 }
  const at = (shown: number, pace: 'epoch' | 'share' | 'fixed') =>
    epochBeside(shown, { pace, left, right, fixed: 5 })

  it('is the same one, or the last before it', () => {
    expect([at(2, 'epoch'), at(3, 'epoch')]).toEqual([2, 2])
  })
  it('is the first where the right run begins later', () => {
    const late = { embedded: [3, 4], epochs: 4 }
    expect(epochBeside(1, { pace: 'epoch', left, right: late, fixed: 0 })).toBe(3)
  })
  it('is where as large a share of training was done', () => {
    expect([at(0, 'share'), at(3, 'share'), at(4, 'share')]).toEqual([0, 6, 8])
  })
  it('stays where it is fixed, at the nearest that has a picture', () => {
    expect([at(0, 'fixed'), at(4, 'fixed')]).toEqual([4, 4])
  })
  it('is none where there is no picture', () => {
    const none = { embedded: [], epochs: 4 }
    expect(epochBeside(1, { pace: 'share', left, right: none, fixed: 0 })).toBeNull()
  })
})

describe('what two pictures share', () => {
  it('counts images of one side only, and measures how far the others are apart', () => {
    const left = frameOf('a', 1)
    const right = {
      ...frameOf('b', 1),
      ids: Int32Array.of(5, 2, 8, 9),
      positions: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0),
    }
    expect(sharedOf(left, right)).toMatchObject({ both: 2, onlyLeft: 1, onlyRight: 2 })
    expect(sharedOf(left, right).apartDegrees).toBeCloseTo(90)
    expect(sharedOf(left, { ...right, ids: Int32Array.of(11, 12, 13, 14) }).apartDegrees).toBeNull()
  })

  it('turns places as the matrix says, and leaves the frame alone', () => {
    const frame = frameOf('a', 1)
    const before = frame.positions.slice()
    const quarter = turned(frame, [0, -1, 0, 1, 0, 0, 0, 0, 1])
    expect([...quarter.positions].map((x) => x + 0)).toEqual([0, 1, 0, -1, 0, 0, 0, 0, 1])
    expect(frame.positions).toEqual(before)
  })
})

describe('the comparing table', () => {
  const stateOf = (run: string, change: (event: RunEvent) => RunEvent = (event) => event) =>
    eventsOf(run, 3).map(change).reduce(foldRun, emptyRun(run))
  const sideOf = (state: RunState, epoch: number) => ({ state, frame: frameOf(state.run, epoch) })
  const named = (name: string, figures: ReturnType<typeof figuresOf>) =>
    figures.find((figure) => figure.name === name)

  it('says what the right has more of, and whether that is good', () => {
    const state = stateOf('run-1')
    const figures = figuresOf(sideOf(state, 1), sideOf(state, 3))
    expect(named('Recall@1', figures)).toEqual({
      name: 'Recall@1',
      left: '.300',
      right: '.500',
      difference: '+.200',
      tone: 'better',
    })
    expect(named('mean loss', figures)).toMatchObject({ difference: '−.667', tone: 'better' })
    expect(named('MAP@R', figures)).toMatchObject({ difference: '+.000', tone: 'even' })
  })

  it('does not compare losses of different temperatures', () => {
    const withTau = (temperature: number) => (event: RunEvent) =>
      event.kind === 'started'
        ? {
            ...event,
            verdicts: temperature === 0.2 ? 4 : 0,
            config: { ...event.config, loss: { name: 'supcon', params: { temperature } } },
          }
        : event
    const [left, right] = [stateOf('run-1', withTau(0.1)), stateOf('run-2', withTau(0.2))]
    const figures = figuresOf(sideOf(left, 2), sideOf(right, 2))
    expect(named('mean loss', figures)).toMatchObject({ left: '.500', difference: null })
    expect(named('τ', figures)).toMatchObject({ left: '0.1', right: '0.2' })
    expect(named('verdicts', figures)).toMatchObject({ left: '0', right: '4' })
  })

  it('shows a dash for what is not known', () => {
    const state = stateOf('run-1')
    const figures = figuresOf(sideOf(state, 0), sideOf(state, 9))
    expect(named('mean loss', figures)).toMatchObject({ left: '–', right: '–', difference: null })
    expect(named('verdicts', figures)).toMatchObject({ left: '–' })
  })
})
