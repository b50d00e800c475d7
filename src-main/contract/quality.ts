import type { ContentHash } from './images.ts'

/** What can be wrong with images, in the order in which it is shown. */
export const issueKinds = [
  'exact',
  'near',
  'dark',
  'light',
  'plain',
  'blurry',
  'shape',
  'lonely',
] as const
export type IssueKind = (typeof issueKinds)[number]

/** All images with one kind of issue. */
export interface Issue {
  readonly kind: IssueKind
  /** Duplicates stand in one group each, best image first; others are a group of their kind. */
  readonly groups: readonly Int32Array[]
}

export interface QualityReport {
  readonly issues: readonly Issue[]
  /** Images whose looks could not be measured: their thumbnail is missing. */
  readonly unmeasured: number
  /** Images of the largest label for one of the smallest; null with fewer than two labels. */
  readonly imbalance: number | null
  /** Duplicates that stand on both sides of a person's own split, or under two labels. */
  readonly leaks: { readonly acrossSplits: number; readonly acrossLabels: number }
}

export interface QualityProgress {
  readonly done: number
  readonly total: number
}

/** How images look, by column; measured on their thumbnails. */
export interface Looks {
  readonly hashes: readonly ContentHash[]
  /** 64 bits an image as two halves, `[n, 2]`: see `perceptualHash`. */
  readonly perceptual: Uint32Array
  /** Mean luma in [0, 1]. `[n]` */
  readonly brightness: Float32Array
  /** Entropy of the luma's histogram, bits in [0, 8]. `[n]` */
  readonly entropy: Float32Array
  /** Standard deviation of the luma's Laplacian, in [0, 1] units of luma. `[n]` */
  readonly sharpness: Float32Array
}
