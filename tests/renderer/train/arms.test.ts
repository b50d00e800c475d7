import { describe, expect, it } from 'vitest'
import type { Catalogue, ParameterSpec } from '../../../src-main/contract/catalogue.ts'
import type { RunConfig, RunSettings } from '../../../src-main/contract/runs.ts'
import type { RunSummary } from '../../../src-main/contract/runState.ts'
import { armRequest, armsOf, hasArm, needsControl } from '../../../src-renderer/train/arms.ts'

function config(settings: Partial<RunSettings>, loss = 'nt-xent'): RunConfig {
  return {
    version: 3,
    regime: 'contrastive',
    engine: 'native',
    loss: { name: loss, params: { temperature: 0.2 } },
    miner: null,
    settings: {
      epochs: 30,
      seed: 1,
      suspects: 'off',
      suspectShare: 0.05,
      ...settings,
    } as RunSettings,
  }
}

function summary(run: string, own: RunConfig, mapAtR: number | null, epochsDone = 30): RunSummary {
  const after = mapAtR === null ? null : { recallAt1: 0.5, mapAtR, queries: 9 }
  return { run, phase: 'done', config: own, epochsDone, startedAt: run, before: null, after }
}

const eliminate = config({ suspects: 'eliminate', suspectShare: 0.09 })
const runs = [
  summary('4', eliminate, 0.42),
  summary('1', config({ suspects: 'off' }), 0.3),
  summary('2', config({ suspects: 'show' }), 0.31),
  summary('3', config({ suspects: 'random', suspectShare: 0.09 }), 0.28),
  summary('5', config({ suspects: 'eliminate', seed: 2 }), 0.5),
  summary('6', config({ suspects: 'random', epochs: 40 }), 0.9),
  summary('7', config({ suspects: 'random' }, 'siglip'), 0.9),
]

describe('arms of a comparison', () => {
  it('are runs that differ in nothing but suspects and seed; the newest of equal ones counts', () => {
    const arms = armsOf(runs, eliminate)
    expect(arms.map(({ run, kind, seed }) => [run, kind, seed])).toEqual([
      ['2', 'nothing', 1],
      ['3', 'random', 1],
      ['4', 'eliminate', 1],
      ['5', 'eliminate', 2],
    ])
    expect(hasArm(arms, eliminate, 'random')).toBe(true)
    const less = config({ suspects: 'eliminate', suspectShare: 0.03 })
    expect(hasArm(arms, less, 'random')).toBe(false)
    expect(hasArm(arms, less, 'nothing')).toBe(true)
    expect(arms.map(({ gain }) => gain?.toFixed(2) ?? null)).toEqual([null, '-0.03', '0.11', null])
  })

  it('are compared at the same epoch only, and where both have scores', () => {
    const going = [
      ...runs,
      summary('8', config({ suspects: 'random', suspectShare: 0.09 }), 0.2, 12),
    ]
    const early = armsOf(going, eliminate).find(({ kind }) => kind === 'random')
    expect(early).toMatchObject({ run: '8', gain: null })
    const unscored = armsOf([runs[1]!, summary('9', eliminate, null)], eliminate)
    expect(unscored.map(({ gain }) => gain)).toEqual([null, null])
  })

  it('are asked for with one click: the same run, as many pairs at random', () => {
    const spec = (name: string): ParameterSpec =>
      ({ kind: 'number', name, title: name }) as ParameterSpec
    const catalogue: Catalogue = {
      losses: [
        {
          name: 'nt-xent',
          regimes: ['contrastive'],
          parameters: [spec('temperature')],
        } as unknown as Catalogue['losses'][number],
      ],
      miners: [],
      settings: ['epochs', 'seed', 'suspects', 'suspectShare'].map(spec),
      rules: [],
    }
    expect(armRequest(catalogue, eliminate, 'random')).toEqual({
      regime: 'contrastive',
      engine: 'native',
      loss: { name: 'nt-xent', params: { temperature: 0.2 } },
      settings: { epochs: 30, seed: 1, suspects: 'random', suspectShare: 0.09 },
    })
    expect(armRequest(catalogue, eliminate, 'nothing')?.settings['suspects']).toBe('off')
  })

  it('matter where pairs are removed by suspicion', () => {
    expect(needsControl(eliminate)).toBe(true)
    expect(needsControl(config({ suspects: 'show' }))).toBe(false)
  })
})
