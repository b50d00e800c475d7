import type { LabelPrototypes } from '../../../src-main/contract/clusters.ts'
import type { Rgb } from '../../library/labelColours.ts'

const apart: Rgb = [0.34, 0.62, 0.95]
const middle: Rgb = [0.24, 0.26, 0.29]
const alike: Rgb = [0.96, 0.6, 0.2]

/** What colours of the matrix mean: grey is the ideal, and both ends are as far from it. */
export interface ShadeScale {
  readonly ideal: number
  readonly span: number
}

export function shadeScaleOf({
  labels,
  cosines,
  ideal,
}: Pick<LabelPrototypes, 'labels' | 'cosines' | 'ideal'>): ShadeScale {
  const centre = ideal ?? 0
  const span = cosines.reduce(
    (most, cosine, at) =>
      Math.floor(at / labels.length) === at % labels.length || !Number.isFinite(cosine)
        ? most
        : Math.max(most, Math.abs(cosine - centre)),
    0.05,
  )
  return { ideal: centre, span }
}

/** Blue where labels are further apart than all can be at once, orange where they are more alike. */
export function shadeOf(cosine: number, { ideal, span }: ShadeScale): Rgb {
  const place = Math.min(1, Math.max(-1, (cosine - ideal) / span))
  const end = place < 0 ? apart : alike
  const share = Number.isFinite(place) ? Math.abs(place) : 0
  return [
    middle[0] + share * (end[0] - middle[0]),
    middle[1] + share * (end[1] - middle[1]),
    middle[2] + share * (end[2] - middle[2]),
  ]
}
