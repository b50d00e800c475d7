import { describe, expect, it } from 'vitest'
import { regimes } from '../../../src-main/contract/catalogue.ts'
import { combinationParts, reasonAgainst } from '../../../src-main/contract/combinations.ts'
import { samplers } from '../../../src-main/contract/runs.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { lossOf } from '../../../src-main/losses/lossOf.ts'
import { minerCatalogue } from '../../../src-main/losses/miners/catalogue.ts'
import { resolveParameters } from '../../../src-main/training/parameters.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { combinationRules } from '../../../src-main/training/rules.ts'

const known = {
  regime: regimes,
  loss: lossCatalogue.map(({ name }) => name),
  sampler: samplers,
  miner: ['none', ...minerCatalogue.map(({ name }) => name)],
  memory: ['none', 'newest', 'by-label'],
  temperatureSchedule: ['constant', 'linear', 'cosine'],
} as const satisfies Record<(typeof combinationParts)[number], readonly string[]>

const plain = { miner: 'none', memory: 'none', temperatureSchedule: 'constant' }
const samplerOf = { contrastive: 'uniform', metric: 'labels', mixed: 'labels' }

describe('combinationRules', () => {
  it('name only what there is, and say why in whole sentences', () => {
    for (const { when, reason } of combinationRules) {
      expect(reason).toMatch(/^[A-Z].*\.$/)
      expect(Object.keys(when).length).toBeGreaterThan(1)
      for (const part of combinationParts)
        for (const value of when[part] ?? []) expect(known[part]).toContain(value)
    }
  })

  it('leave every loss a regime, and every regime a dozen losses', () => {
    const isAllowed = (loss: string, regime: (typeof regimes)[number]) =>
      reasonAgainst(combinationRules, { ...plain, regime, loss, sampler: samplerOf[regime] }) ===
      null
    for (const loss of known.loss)
      expect(regimes.filter((regime) => isAllowed(loss, regime)).length).toBeGreaterThan(0)
    for (const regime of regimes)
      expect(known.loss.filter((loss) => isAllowed(loss, regime)).length).toBeGreaterThan(12)
  })

  it('refuse a memory to every loss that cannot take one', () => {
    for (const { name, regimes, parameters } of lossCatalogue) {
      const [regime = 'metric'] = regimes
      const params = resolveParameters(parameters, {}, { regime, owner: name })
      if (lossOf({ name, params }).takesMemory) continue
      const combination = { ...plain, regime, loss: name, sampler: samplerOf[regime] }
      expect(reasonAgainst(combinationRules, { ...combination, memory: 'newest' })).not.toBeNull()
    }
  })

  it('are what the workbench refuses runs with', () => {
    const request = {
      regime: 'contrastive',
      engine: 'auto',
      loss: { name: 'supcon', params: {} },
      settings: {},
    } as const
    expect(() => resolveRunConfig(request, 'native')).toThrow('SupCon then equals NT-Xent')
    const added = { name: 'nt-xent', params: {}, plus: [{ ...request.loss, weight: 1 }] }
    expect(() => resolveRunConfig({ ...request, loss: added }, 'native')).toThrow('equals NT-Xent')
  })
})

describe('a sum of losses', () => {
  const request = { regime: 'metric', engine: 'auto', settings: {} } as const
  const first = { name: 'supcon', params: {} }

  it('is filled in term by term, and refused with a weight that makes no sense', () => {
    const plus = [{ name: 'triplet', params: { margin: 0.3 }, weight: 0.5 }]
    const { loss } = resolveRunConfig({ ...request, loss: { ...first, plus } }, 'native')
    expect(loss.plus![0]).toMatchObject({ name: 'triplet', weight: 0.5 })
    expect(loss.plus![0]!.params['margin']).toBe(0.3)
    for (const weight of [0, -1, NaN, 1001])
      expect(() =>
        resolveRunConfig(
          { ...request, loss: { ...first, plus: [{ ...plus[0]!, weight }] } },
          'native',
        ),
      ).toThrow(/the weight of the loss triplet is/)
  })
})

describe('a miner', () => {
  const request = {
    regime: 'metric',
    engine: 'auto',
    loss: { name: 'supcon', params: {} },
    settings: {},
  } as const

  it.each([
    [{ name: 'mole', params: {} }, /no miner mole; there are batch-hard/],
    [{ name: 'angular', params: { angle: 0 } }, /angle is 0.*greater than 0/],
    [{ name: 'angular', params: { margin: 1 } }, /the miner angular has no parameter margin/],
    [{ name: 'easy-hard', params: { positives: 'semihard' } }, /positives is semihard/],
    [{ name: 'easy-hard', params: { positives: 'all' } }, /negatives is semihard/],
  ])('is refused with what was found: %j', (miner, message) => {
    expect(() => resolveRunConfig({ ...request, miner }, 'native')).toThrow(message)
  })

  it('is none where none is asked for', () => {
    expect(resolveRunConfig(request, 'native').miner).toBeNull()
    const none = { name: 'none', params: {} }
    expect(resolveRunConfig({ ...request, miner: none }, 'native').miner).toBeNull()
  })
})
