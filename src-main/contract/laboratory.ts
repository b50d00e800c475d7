import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'

/**
 * How the push that an anchor gives is dealt out among its negatives.
 *
 * - `softmax`: NT-Xent, SupCon and their kin: shares go as e^{s / τ}
 * - `margin`: triplets: every negative that is nearer than the positive and the margin gets the same
 * - `multi-similarity`: shares go as e^{β s}; α is how hard the positive pulls
 * - `circle`: shares go as [s + m]₊ e^{γ [s + m]₊ (s − m)}
 */
export type Weighting =
  | { readonly kind: 'softmax'; readonly temperature: number }
  | { readonly kind: 'margin'; readonly margin: number }
  | {
      readonly kind: 'multi-similarity'
      readonly alpha: number
      readonly beta: number
      readonly base: number
    }
  | { readonly kind: 'circle'; readonly margin: number; readonly scale: number }

/** Whose push is looked at. */
export type Anchors =
  | { readonly kind: 'image'; readonly image: ImageId }
  /** Index into the run's label names. */
  | { readonly kind: 'label'; readonly label: number }
  | { readonly kind: 'all' }

export interface LaboratoryRequest {
  readonly run: RunId
  /** Null for the last epoch that has an embedding. */
  readonly epoch: number | null
  readonly anchors: Anchors
  readonly weighting: Weighting
  /** Share of the negative pairs that count as suspected, in [0, .5]. */
  readonly share: number
  /** Negatives that are listed for one image, 0 … 10,000. */
  readonly top: number
}

/** The same anchors over all temperatures. */
export type CurveRequest = Pick<LaboratoryRequest, 'run' | 'epoch' | 'anchors' | 'share'>

/** One negative of an anchor. */
export interface PushedNegative {
  readonly image: ImageId
  readonly cosine: number
  /** Of the whole push, in [0, 1]. */
  readonly share: number
  readonly isSuspect: boolean
  /** Null where one of the two has no label. */
  readonly hasSameLabel: boolean | null
}

/** How the push falls, at one weighting; means over the anchors. */
export interface Push {
  /** e^{entropy of the shares}: as if so many negatives shared it evenly. */
  readonly effectiveNegatives: number
  /** Part that lands on suspected pairs, in [0, 1]. */
  readonly onSuspects: number
  /** Part that lands on images of the anchor's label; null where no anchor has a label. */
  readonly onSameLabel: number | null
  /** |dL / ds| summed over the negatives, given the positive's cosine. */
  readonly strength: number
}

export interface LaboratoryReport {
  readonly run: RunId
  readonly epoch: number
  /** As the run knows them; anchors name a label by its place here. */
  readonly labelNames: readonly string[]
  readonly anchors: number
  /** Negatives of an anchor, in the mean. */
  readonly negatives: number
  /** Cosine that stands for the anchor's positive. */
  readonly positiveCosine: number
  readonly push: Push
  /** The most pushed first; empty unless the anchor is one image. */
  readonly ranked: readonly PushedNegative[]
  readonly assumptions: readonly string[]
}

/** The same anchors over all temperatures, and what the embedding is like today. */
export interface TemperatureCurve {
  readonly points: readonly ({ readonly temperature: number } & Push & {
      /** Change by one small step of this push alone; negative: more even. */
      readonly uniformityChange: number
      /** Negative: images of one label move apart. Null without labels. */
      readonly toleranceChange: number | null
    })[]
  /** Mean squared distance of pairs of one label; null without labels. */
  readonly alignment: number | null
  /** log mean e^{−2 d²}; lower is more even. */
  readonly uniformity: number | null
  /** Mean over all pairs of the cosine where labels are equal; null without labels. */
  readonly tolerance: number | null
}
