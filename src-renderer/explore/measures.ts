import { greyOf, hexOf } from '../library/labelColours.ts'
import type { Theme } from '../library/labelColours.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { ImageMeasure } from '../../src-main/contract/measures.ts'
import { fractionOf, scientificOf } from '../ui/numbers.ts'
import type { Grouping } from './grouping.ts'
import { rampOf } from './ramp.ts'

/** A number of each image that colour and size of its point may say. */
export type Measure = ImageMeasure | 'distortion'

export interface MeasureWords {
  readonly title: string
  /** In a legend, after the title. */
  readonly unit: string
  readonly meaning: string
  readonly format: (value: number) => string
}

export const measureWords: Readonly<Record<Measure, MeasureWords>> = {
  loss: {
    title: 'Loss',
    unit: 'in the run’s loss',
    meaning: 'Loss of the image as the only anchor of its batch, under the loss of this run.',
    format: plain,
  },
  gradient: {
    title: 'Gradient length',
    unit: 'loss per radian',
    meaning: 'How hard training pulls at the image: length of the gradient by its embedding.',
    format: plain,
  },
  outlier: {
    title: 'Outlier score',
    unit: '1 − cosine',
    meaning: 'One less the mean cosine with its ten nearest neighbours.',
    format: (value) => fractionOf(value),
  },
  suspicion: {
    title: 'Suspicion',
    unit: 'score, order only',
    meaning: 'Highest score among the pairs that training pushes apart: it may belong there.',
    format: plain,
  },
  distortion: {
    title: 'Distortion',
    unit: 'share elsewhere',
    meaning: 'Share of its true nearest neighbours that stand elsewhere in this picture.',
    format: (value) => `${Math.round(100 * value)} %`,
  },
  speed: {
    title: 'Speed',
    unit: 'degrees an epoch',
    meaning: 'How far it moved in all dimensions since the epoch before.',
    format: (value) => `${value.toFixed(value < 10 ? 1 : 0)}°`,
  },
  change: {
    title: 'Last change',
    unit: 'epoch',
    meaning: 'The last epoch after which another label was the nearest, by mean directions.',
    format: (value) => String(Math.round(value)),
  },
}

/** Measured in the loss of a run: under another loss the same number says something else. */
export const ofOwnLoss: ReadonlySet<Measure> = new Set(['loss', 'gradient', 'suspicion'])

export function isMeasure(by: string): by is Measure {
  return by in measureWords
}

/** Where the numbers of a measure lie. */
export interface MeasureScale {
  readonly min: number
  readonly median: number
  readonly max: number
  /** Both ends of the ramp: a few extreme images shall not take it all. */
  readonly low: number
  readonly high: number
  readonly missing: number
}

/** Null where no image has a value. */
export function scaleOf(values: Iterable<number>): MeasureScale | null {
  const all = [...values]
  const sorted = Float64Array.from(all.filter(Number.isFinite)).sort()
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  if (sorted.length === 0) return null
  const [min, max] = [at(0), at(1)]
  const [low, high] = at(0.98) > at(0.02) ? [at(0.02), at(0.98)] : [min, max]
  return { min, median: at(0.5), max, low, high, missing: all.length - sorted.length }
}

/** Place on the ramp, in [0, 1]; 0 where all are the same. */
export function placeOf(value: number, { low, high }: MeasureScale): number {
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0
}

/** A row of the legend for each fifth of the ramp, and one for images without a value. */
export function measuredGrouping(
  values: ReadonlyMap<ImageId, number>,
  scale: MeasureScale,
  options: { readonly format: (value: number) => string; readonly theme: Theme },
): Grouping {
  const { format, theme } = options
  const edge = (fifth: number): string => format(scale.low + (fifth / 5) * (scale.high - scale.low))
  const names = ['up to', '', '', '', 'above'].map((word, fifth) => {
    if (fifth === 0) return `${word} ${edge(1)}`
    return fifth === 4 ? `${word} ${edge(4)}` : `${edge(fifth)} – ${edge(fifth + 1)}`
  })
  const none = { key: -1, name: 'without a value', colour: greyOf[theme] }
  return {
    groups: [
      ...names.map((name, key) => ({ key, name, colour: hexOf(rampOf((key + 0.5) / 5)) })),
      none,
    ],
    keyOf: (id) => {
      const value = values.get(id) ?? NaN
      return Number.isFinite(value) ? Math.min(4, Math.floor(5 * placeOf(value, scale))) : -1
    },
    shadeOf: (id) => {
      const value = values.get(id) ?? NaN
      return Number.isFinite(value) ? rampOf(placeOf(value, scale)) : null
    },
  }
}

/** Steps of size that a point can have; 0 is the usual one. */
export const sizeSteps = 15

/** Size of each point, 1 … {@link sizeSteps}: the largest values stand out; without a value the least. */
export function sizesOf(
  values: ReadonlyMap<ImageId, number>,
  scale: MeasureScale,
  ids: Int32Array,
): Uint8Array {
  return Uint8Array.from(ids, (id) => {
    const value = values.get(id) ?? NaN
    return Number.isFinite(value) ? 1 + Math.round((sizeSteps - 1) * placeOf(value, scale)) : 1
  })
}

/** Three digits, whatever the size. */
function plain(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return scientificOf(value)
  return String(Number(value.toPrecision(3))).replace('-', '−')
}
