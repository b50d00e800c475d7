import { describe, expect, it } from 'vitest'
import type { Catalogue, NumberSpec } from '../../../src-main/contract/catalogue.ts'
import {
  defaultOf,
  faultOf,
  faultsOf,
  freshDraft,
  isChosenAtStart,
  lossOf,
  requestOf,
} from '../../../src-renderer/train/formValues.ts'
import type { RunDraft } from '../../../src-renderer/train/formValues.ts'

const temperature: NumberSpec = {
  kind: 'number',
  name: 'temperature',
  title: 'Temperature',
  meaning: '',
  default: 0.2,
  defaults: { metric: 0.1 },
  min: 0,
  max: 10,
  isMinExclusive: true,
  isInteger: false,
  step: 1.1,
  scale: 'log',
  unit: '',
}
const perLabel: NumberSpec = {
  ...temperature,
  name: 'imagesPerLabel',
  title: 'Images per label',
  isInteger: true,
  isMinExclusive: false,
  min: 2,
  regimes: ['metric'],
}
const catalogue: Catalogue = {
  losses: [
    loss('nt-xent', ['contrastive', 'metric']),
    { ...loss('supcon', ['metric']), parameters: [] },
  ],
  miners: [],
  settings: [perLabel],
  rules: [{ when: { regime: ['contrastive'], loss: ['supcon'] }, reason: 'It equals NT-Xent.' }],
}

function loss(name: string, regimes: Catalogue['losses'][number]['regimes']) {
  const words = { title: name, summary: '', formula: '', paper: '', arxiv: null }
  return { name, ...words, regimes, parameters: [temperature] }
}

const metric: RunDraft = { ...freshDraft, regime: 'metric' }

describe('a draft of a run', () => {
  it('asks for nothing but what was touched', () => {
    expect(requestOf(catalogue, freshDraft)).toEqual({
      regime: 'contrastive',
      engine: 'auto',
      loss: { name: 'nt-xent', params: {} },
      settings: {},
    })
  })

  it('leaves out settings that the regime does not know', () => {
    const touched = { settings: { imagesPerLabel: 8, unknown: 1 } }
    expect(requestOf(catalogue, { ...freshDraft, ...touched })?.settings).toEqual({})
    expect(requestOf(catalogue, { ...metric, ...touched })?.settings).toEqual({ imagesPerLabel: 8 })
  })

  it('falls back to a loss of the regime', () => {
    expect(lossOf(catalogue, { ...metric, loss: 'supcon' })?.name).toBe('supcon')
    expect(lossOf(catalogue, { ...freshDraft, loss: 'supcon' })?.name).toBe('nt-xent')
    expect(lossOf({ losses: [], miners: [], settings: [], rules: [] }, freshDraft)).toBeNull()
  })

  it('sends the parameters of the chosen loss only', () => {
    const lossParams = { 'nt-xent': { temperature: 0.5 }, supcon: { temperature: 3 } }
    expect(requestOf(catalogue, { ...metric, lossParams })?.loss.params).toEqual({
      temperature: 0.5,
    })
    expect(requestOf(catalogue, { ...metric, loss: 'supcon', lossParams })?.loss.params).toEqual({})
  })

  it('adds terms with their weights and parameters, but never the loss to itself', () => {
    const plus = [
      { name: 'nt-xent', weight: 0.5 },
      { name: 'supcon', weight: 1 },
      { name: 'gone', weight: 1 },
    ]
    const lossParams = { 'nt-xent': { temperature: 0.5 } }
    const draft = { ...metric, loss: 'supcon', plus, lossParams }
    expect(requestOf(catalogue, draft)?.loss).toEqual({
      name: 'supcon',
      params: {},
      plus: [{ name: 'nt-xent', params: { temperature: 0.5 }, weight: 0.5 }],
    })
    const heavy = { ...draft, plus: [{ name: 'nt-xent', weight: 0 }] }
    expect(faultsOf(catalogue, heavy)).toEqual(['nt-xent: Weight: Must be above 0.'])
  })

  it('names what is wrong by its title', () => {
    const lossParams = { 'nt-xent': { temperature: 0 } }
    expect(faultsOf(catalogue, { ...freshDraft, lossParams })).toEqual([
      'Temperature: Must be above 0.',
    ])
    expect(faultsOf(catalogue, freshDraft)).toEqual([])
  })
})

describe('a parameter', () => {
  it('takes the default of its regime', () => {
    expect(defaultOf(temperature, 'metric')).toBe(0.1)
    expect(defaultOf(temperature, 'contrastive')).toBe(0.2)
  })

  it.each([
    [temperature, Number.NaN, 'Give a number.'],
    [temperature, 'warm', 'Give a number.'],
    [temperature, 0, 'Must be above 0.'],
    [temperature, 11, 'Must be at most 10.'],
    [perLabel, 2.5, 'Give a whole number.'],
    [perLabel, 1, 'Must be at least 2.'],
    [perLabel, 2, null],
  ] as const)('$0.name of %s', (spec, value, fault) => {
    expect(faultOf(spec, value)).toBe(fault)
  })
})

describe('a backbone from a file', () => {
  const draft = (settings: RunDraft['settings']): RunDraft => ({ ...freshDraft, settings })
  const words = { title: 'Model file', meaning: '', placeholder: '' }
  const text = { ...words, kind: 'text', name: 'modelFile', default: '', isPath: true } as const
  const settings = ['backbone', 'modelFile'].map((name) => ({ ...text, name }))
  const withFiles: Catalogue = { ...catalogue, settings }

  it('has to be named, and is asked for no image size of its own', () => {
    expect(faultsOf(withFiles, draft({ backbone: 'imported' }))).toEqual([
      'Model file: Name the model.json that the backbone is to come from.',
    ])
    expect(faultsOf(withFiles, draft({ backbone: 'imported', modelFile: '/a' }))).toEqual([])
    expect(faultsOf(withFiles, draft({ backbone: 'cnn' }))).toEqual([])
    const imageSize = { ...temperature, name: 'imageSize' }
    expect(isChosenAtStart(imageSize, draft({ backbone: 'imported' }))).toBe(true)
    expect(isChosenAtStart(imageSize, draft({}))).toBe(false)
  })

  it('is a text', () => {
    expect(faultOf(text, '/models/mobilenet')).toBeNull()
    expect(faultOf(text, 3)).toBe('Give a text.')
  })
})
