import type { Catalogue, ParameterValues } from '../../src-main/contract/catalogue.ts'
import type { Weighting } from '../../src-main/contract/laboratory.ts'
import type { LossChoice } from '../../src-main/contract/runs.ts'
import type { HandRange } from '../ui/slider.ts'

export type WeightingKind = Weighting['kind']

/** Every number that a weighting may have, kept while another one is looked at. */
export interface WeightingValues {
  readonly temperature: number
  readonly margin: number
  readonly alpha: number
  readonly beta: number
  readonly base: number
  readonly circleMargin: number
  readonly scale: number
}

export const usualValues: WeightingValues = {
  temperature: 0.1,
  margin: 0.2,
  alpha: 2,
  beta: 50,
  base: 0.5,
  circleMargin: 0.25,
  scale: 80,
}

export const weightingChoices: readonly {
  readonly value: WeightingKind
  readonly title: string
  readonly note: string
}[] = [
  { value: 'softmax', title: 'Softmax τ', note: 'NT-Xent, SupCon and their kin' },
  { value: 'margin', title: 'Margin', note: 'triplets: all that come too near, evenly' },
  { value: 'multi-similarity', title: 'Multi-similarity α, β', note: 'by similarity alone' },
  { value: 'circle', title: 'Circle m, γ', note: 'at its own pace each' },
]

/** A slider of the panel. */
export interface Dial extends HandRange {
  readonly name: keyof WeightingValues
  readonly title: string
  readonly meaning: string
}

const linear = { isLog: false, isInteger: false, step: 0.01 } as const
const logarithmic = { isLog: true, isInteger: false, step: 1.01 } as const

export const temperatureDial: Dial = {
  ...logarithmic,
  name: 'temperature',
  title: 'τ',
  meaning: 'The smaller, the more of the push lands on the few nearest negatives.',
  low: 0.01,
  high: 1,
}

export const dialsOf: Readonly<Record<WeightingKind, readonly Dial[]>> = {
  softmax: [temperatureDial],
  margin: [
    {
      ...linear,
      name: 'margin',
      title: 'Margin m',
      meaning: 'How much farther than the positive a negative must be to be left alone.',
      low: 0.01,
      high: 2,
    },
  ],
  'multi-similarity': [
    {
      ...logarithmic,
      name: 'beta',
      title: 'β',
      meaning: 'The larger, the more of the push lands on the nearest negatives.',
      low: 1,
      high: 200,
    },
    {
      ...logarithmic,
      name: 'alpha',
      title: 'α',
      meaning: 'How hard positives are pulled; the push does not depend on it.',
      low: 0.1,
      high: 50,
    },
    {
      ...linear,
      name: 'base',
      title: 'λ',
      meaning: 'Similarity from which on a negative is pushed in earnest.',
      low: -1,
      high: 1,
    },
  ],
  circle: [
    {
      ...linear,
      name: 'circleMargin',
      title: 'm',
      meaning: 'Negatives are pushed until their cosine is below m.',
      low: 0.01,
      high: 1,
    },
    {
      ...logarithmic,
      name: 'scale',
      title: 'γ',
      meaning: 'The larger, the more of the push lands on the worst negatives.',
      low: 1,
      high: 500,
    },
  ],
}

export function weightingOf(kind: WeightingKind, values: WeightingValues): Weighting {
  const { temperature, margin, alpha, beta, base, circleMargin, scale } = values
  switch (kind) {
    case 'softmax':
      return { kind, temperature }
    case 'margin':
      return { kind, margin }
    case 'multi-similarity':
      return { kind, alpha, beta, base }
    case 'circle':
      return { kind, margin: circleMargin, scale }
    default:
      return kind satisfies never
  }
}

/** A loss that pushes in this way and what it is given: the run's own, where it can. */
export function lossFor(catalogue: Catalogue, weighting: Weighting, own: string): LossChoice {
  const params = paramsOf(weighting)
  const ownEntry = catalogue.losses.find(({ name }) => name === own)
  const knows = (name: string) => ownEntry?.parameters.some((spec) => spec.name === name) ?? false
  // A margin alone does not say in what: several losses have one, of other kinds.
  const isOwn = weighting.kind === 'softmax' ? Object.keys(params).every(knows) : false
  return { name: isOwn ? own : typicalLoss[weighting.kind], params }
}

const typicalLoss: Readonly<Record<WeightingKind, string>> = {
  softmax: 'nt-xent',
  margin: 'triplet',
  'multi-similarity': 'multi-similarity',
  circle: 'circle',
}

function paramsOf(weighting: Weighting): ParameterValues {
  switch (weighting.kind) {
    case 'softmax':
      return { temperature: weighting.temperature }
    case 'margin':
      return { margin: weighting.margin }
    case 'multi-similarity':
      return {
        positiveScale: weighting.alpha,
        negativeScale: weighting.beta,
        base: weighting.base,
      }
    case 'circle':
      return { margin: weighting.margin, scale: weighting.scale }
    default:
      return weighting satisfies never
  }
}
