import { describe, expect, it } from 'vitest'
import type { Catalogue } from '../../../src-main/contract/catalogue.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { minerCatalogue } from '../../../src-main/losses/miners/catalogue.ts'
import { combinationRules } from '../../../src-main/training/rules.ts'
import { settingsCatalogue } from '../../../src-main/training/settings.ts'
import {
  combinationOf,
  isAskedFor,
  isAskedForByLoss,
  reasonAgainstDraft,
  reasonFor,
} from '../../../src-renderer/train/combination.ts'
import { freshDraft, requestOf } from '../../../src-renderer/train/formValues.ts'
import type { RunDraft } from '../../../src-renderer/train/formValues.ts'

const catalogue: Catalogue = {
  losses: lossCatalogue,
  miners: minerCatalogue,
  settings: settingsCatalogue,
  rules: combinationRules,
}
const metric: RunDraft = { ...freshDraft, regime: 'metric' }
const specOf = (name: string) => catalogue.settings.find((spec) => spec.name === name)!

describe('the combination of a draft', () => {
  it('is made of what was touched, and of the defaults of the regime', () => {
    expect(combinationOf(catalogue, freshDraft)).toEqual({
      regime: 'contrastive',
      loss: 'nt-xent',
      sampler: 'uniform',
      miner: 'none',
      memory: 'none',
      temperatureSchedule: 'constant',
    })
    const settings = { memorySize: 64, memoryKind: 'by-label' }
    expect(combinationOf(catalogue, { ...metric, miner: 'angular', settings })).toMatchObject({
      sampler: 'labels',
      miner: 'angular',
      memory: 'by-label',
    })
  })

  it('says of each choice whether it goes with the others', () => {
    const reason = (draft: RunDraft, value: string) =>
      reasonFor(catalogue, draft, { part: 'sampler', value })
    expect(reason(freshDraft, 'hierarchical')).toMatch(/labels/)
    expect(reason(metric, 'hierarchical')).toBeNull()
    expect(reasonAgainstDraft(catalogue, metric)).toBeNull()
    const touched = { ...freshDraft, settings: { sampler: 'balanced' } }
    expect(reasonAgainstDraft(catalogue, touched)).toMatch(/labels/)
  })

  it('refuses a further term for the reason that it would have alone', () => {
    const plus = [{ name: 'proxy-anchor', weight: 1 }]
    expect(reasonAgainstDraft(catalogue, { ...metric, plus })).toBeNull()
    expect(reasonAgainstDraft(catalogue, { ...freshDraft, plus })).toMatch(/label/)
  })

  it('blames a choice only for rules that it is part of', () => {
    const draft = { ...freshDraft, settings: { sampler: 'balanced' } }
    expect(reasonFor(catalogue, draft, { part: 'miner', value: 'batch-hard' })).toBeNull()
  })
})

describe('a setting that another asks for', () => {
  it('is shown only then', () => {
    const period = specOf('temperaturePeriod')
    const size = specOf('memoryKind')
    expect(isAskedFor(catalogue, metric, period)).toBe(false)
    expect(isAskedFor(catalogue, metric, size)).toBe(false)
    const settings = { temperatureSchedule: 'cosine', memorySize: 8 }
    expect(isAskedFor(catalogue, { ...metric, settings }, period)).toBe(true)
    expect(isAskedFor(catalogue, { ...metric, settings }, size)).toBe(true)
    const triplet = { ...metric, loss: 'triplet', settings }
    expect(isAskedFor(catalogue, triplet, specOf('temperatureSchedule'))).toBe(false)
  })
})

describe('a parameter of a loss that another asks for', () => {
  it('is shown only then', () => {
    const shownIf = { name: 'rule', isOneOf: ['adaptive'] }
    const rule = { kind: 'choice', name: 'rule', title: '', meaning: '', default: 'fixed' } as const
    const loss = { ...lossCatalogue[0]!, parameters: [{ ...rule, choices: [] }] }
    const spec = { ...rule, name: 'reaction', choices: [], shownIf }
    expect(isAskedForByLoss(loss, metric, spec)).toBe(false)
    const lossParams = { [loss.name]: { rule: 'adaptive' } }
    expect(isAskedForByLoss(loss, { ...metric, lossParams }, spec)).toBe(true)
  })
})

describe('the request of a draft', () => {
  it('has the miner with what was touched of it', () => {
    const draft = {
      ...metric,
      miner: 'triplet-margin',
      minerParams: { 'triplet-margin': { margin: 0.4 }, angular: { angle: 9 } },
    }
    expect(requestOf(catalogue, draft)?.miner).toEqual({
      name: 'triplet-margin',
      params: { margin: 0.4 },
    })
    expect(requestOf(catalogue, metric)).not.toHaveProperty('miner')
  })
})
