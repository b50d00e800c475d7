import { describe, expect, it } from 'vitest'
import type { Clustering } from '../../../src-main/contract/clusters.ts'
import { differencesOf } from '../../../src-renderer/explore/compare/differences.ts'
import { matchedClusters } from '../../../src-renderer/explore/compare/matchedClusters.ts'
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
      isScore: true,
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

describe('what two runs were given', () => {
  const settings = [
    { kind: 'number', name: 'epochs', title: 'Epochs' },
    {
      kind: 'choice',
      name: 'split',
      title: 'Held-out part',
      choices: [{ value: 'open', title: 'Whole labels' }],
    },
  ]
  const losses = [
    {
      name: 'supcon',
      title: 'SupCon',
      parameters: [{ kind: 'number', name: 'temperature', title: 'Temperature τ' }],
    },
    { name: 'triplet', title: 'Triplet', parameters: [] },
  ]
  const catalogue = { losses, miners: [], settings, rules: [] } as never

  function stateOf(loss: { name: string; params: object }, more: object, verdicts = 0): RunState {
    const started = eventsOf('run-1', 1).map((event) =>
      event.kind === 'started'
        ? ({
            ...event,
            verdicts,
            config: {
              ...event.config,
              loss,
              settings: { epochs: 5, split: 'open', ...more },
            },
          } as RunEvent)
        : event,
    )
    return started.reduce(foldRun, emptyRun('run-1'))
  }
  const supcon = (temperature: number) => ({ name: 'supcon', params: { temperature } })

  it('is said by the titles of the form, the loss first', () => {
    const [left, right] = [stateOf(supcon(0.07), {}), stateOf(supcon(0.4), { epochs: 9 }, 3)]
    expect(differencesOf(left, right, catalogue)).toEqual([
      { name: 'Verdicts', left: '0', right: '3' },
      { name: 'Temperature τ', left: '0.07', right: '0.4' },
      { name: 'Epochs', left: '5', right: '9' },
    ])
    expect(differencesOf(left, left, catalogue)).toEqual([])
  })

  it('does not compare parameters of different losses, and has titles for choices', () => {
    const left = stateOf(supcon(0.07), {})
    const right = stateOf({ name: 'triplet', params: { margin: 1 } }, { split: 'closed' })
    expect(differencesOf(left, right, catalogue)).toEqual([
      { name: 'Loss', left: 'SupCon', right: 'Triplet' },
      { name: 'Held-out part', left: 'Whole labels', right: 'closed' },
    ])
  })
})

describe('clusters of two runs', () => {
  const clusteringOf = (numbers: readonly number[], nearest: number | null = null): Clustering =>
    ({
      run: 'a',
      epoch: 1,
      ids: Int32Array.from(numbers, (_, i) => i),
      numbers: Int32Array.from(numbers),
      clusters: [...new Set(numbers.filter((number) => number >= 0))].map((number) => ({
        number,
        nearest,
        splitFrom: null,
        size: numbers.filter((other) => other === number).length,
      })),
    }) as unknown as Clustering

  it('have one number where they have many of the same images, the most alike first', () => {
    const left = clusteringOf([1, 1, 1, 1, 2, 2, 2, 3])
    // All of 1 and one of 2; the rest of 2; the image of 3, and one without a cluster.
    const right = clusteringOf([7, 7, 7, 7, 7, 5, 5, -1], 5)
    const found = matchedClusters(left, right)
    expect([...found.numbers]).toEqual([1, 1, 1, 1, 1, 2, 2, -1])
    expect(found.clusters).toMatchObject([
      { number: 1, nearest: 2 },
      { number: 2, nearest: 2 },
    ])
  })

  it('have numbers of their own where they share little, or another is more alike', () => {
    const left = clusteringOf([1, 1, 1, 1, 1, 1])
    const right = clusteringOf([1, 1, 1, 1, 4, 4])
    const { numbers } = matchedClusters(left, right)
    expect([...numbers.subarray(0, 4)]).toEqual([1, 1, 1, 1])
    expect(numbers[4]).not.toBe(4)
    expect(numbers[4]).toBe(numbers[5])
    const apart = matchedClusters(clusteringOf([1, 1, 1, 1]), clusteringOf([1, 2, 3, 4]))
    expect(new Set(apart.numbers).has(1)).toBe(false)
  })
})
