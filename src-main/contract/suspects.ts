import type { ImageId } from './images.ts'
import type { RunId } from './runs.ts'
import type { GroupSize } from './suspectPolicy.ts'

/** Ways to score how likely two images belong together; the default first, baselines last. */
export const suspectMethods = [
  'random-walk',
  'jaccard',
  'co-association',
  'csls',
  'per-anchor',
  'cosine',
  'fnc',
  'one-view',
  'pixels',
  'random',
] as const
export type SuspectMethod = (typeof suspectMethods)[number]

/**
 * - `suspect`: training takes the two for negatives, and they may belong together
 * - `near-duplicate`: hardly a pixel differs
 * - `duplicate`: the same bytes
 */
export type SuspectKind = 'suspect' | 'near-duplicate' | 'duplicate'

/** A pair that is a negative in training although it may belong together, and why it is suspected. */
export interface Suspect {
  readonly first: ImageId
  readonly second: ImageId
  readonly kind: SuspectKind
  /** Only its order means anything, and only within one method and epoch. */
  readonly score: number
  /** Of the embedding, in [−1, 1]. */
  readonly cosine: number
  /** Images that are among the nearest of both, of `neighbours`. */
  readonly sharedNeighbours: number
  /** Place of the second among the nearest of the first, from 1; null where it is not among them. */
  readonly rank: number | null
  /** The other way round. */
  readonly rankBack: number | null
  /** Clusters of the two, the lower number first; a cluster is known by its number within one list only. */
  readonly clusters: readonly [number, number]
  /** Part of all push of the run that lands on the two, both ways, at the run's temperature; in [0, 1]. */
  readonly pushShare: number
}

export interface SuspectsRequest {
  readonly run: RunId
  /** Null for the last epoch that has an embedding. */
  readonly epoch: number | null
  readonly method: SuspectMethod
  readonly groupSize: GroupSize
  /** Pairs that are listed, 1 … 10,000. */
  readonly top: number
  /** Only pairs of two of these images, at least one; of a single image, its pairs with all others. */
  readonly among?: Int32Array | undefined
}

export interface SuspectList {
  readonly run: RunId
  readonly epoch: number
  readonly method: SuspectMethod
  readonly groupSize: GroupSize
  readonly images: number
  /** Pairs that training takes for negatives, among all images of the run. */
  readonly pairs: number
  /** Length of the lists that `sharedNeighbours` and ranks are counted in. */
  readonly neighbours: number
  /** The most suspected first, duplicates of both kinds left out. */
  readonly suspects: readonly Suspect[]
  /** Those that were found on the way, the same bytes first. */
  readonly duplicates: readonly Suspect[]
  /** What was taken for granted, in sentences. */
  readonly assumptions: readonly string[]
}

/** A number, and where it would lie had other images been drawn: 95 %. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** How well one method finds the pairs of one label, against labels that it never saw. */
export interface MethodQuality {
  readonly method: SuspectMethod
  readonly averagePrecision: Estimate
  /** Precision at 10 % recall, by the base rate. */
  readonly lift: number
  readonly precisionAtRecall: {
    readonly ten: number
    readonly quarter: number
    readonly half: number
  }
  /** Of the pairs that the share in use would cancel. */
  readonly atShare: { readonly share: number; readonly precision: number; readonly recall: number }
  /** Share of the pairs of each label that would be cancelled. */
  readonly labels: readonly {
    readonly label: string
    readonly images: number
    readonly recall: number
  }[]
}

export interface SuspectQuality {
  readonly run: RunId
  readonly epoch: number
  /** Labelled images that were looked at. */
  readonly images: number
  readonly pairs: number
  /** Share of the pairs that have one label. */
  readonly baseRate: number
  readonly methods: readonly MethodQuality[]
  readonly assumptions: readonly string[]
}

export interface QualityRequest {
  readonly run: RunId
  /** Null for the last epoch that has an embedding. */
  readonly epoch: number | null
  readonly methods: readonly SuspectMethod[]
  readonly groupSize: GroupSize
  /** Of the pairs, that would be cancelled; null for the run's own. */
  readonly share: number | null
}

export interface AuditRequest {
  readonly run: RunId
  /** Null for the last epoch that has an embedding. */
  readonly epoch: number | null
  readonly groupSize: GroupSize
  /** Of the pairs, that is or would be cancelled, in (0, .5]. */
  readonly share: number
  /** In all, 50 to 100 as a rule. */
  readonly questions: number
  readonly seed: number
}

/** Pairs of one range of suspicion, of which some are asked about. */
export interface AuditStratum {
  /** Shares of all pairs, from the most suspected on, in [0, 1]. */
  readonly from: number
  readonly to: number
  /** Pairs in the range. */
  readonly pairs: number
  /** Drawn at random from it; `[questions]` */
  readonly first: Int32Array
  readonly second: Int32Array
}

/** Pairs of images for a person to call same or different. */
export interface AuditQuestions {
  readonly run: RunId
  readonly epoch: number
  readonly share: number
  readonly strata: readonly AuditStratum[]
  readonly assumptions: readonly string[]
}

/** How many pairs of each range were answered, and how many of those with yes. */
export interface AuditAnswers {
  readonly share: number
  readonly strata: readonly {
    readonly from: number
    readonly to: number
    readonly pairs: number
    readonly asked: number
    readonly yes: number
  }[]
}

/** What the answers say. */
export interface AuditResult {
  readonly strata: readonly {
    readonly from: number
    readonly to: number
    readonly asked: number
    readonly yes: number
    /** Share of the range that belongs together; Wilson, 95 %. */
    readonly precision: Estimate
  }[]
  /** Of the pairs that the share cancels; weighted by the ranges. */
  readonly precision: Estimate
  /** Of all pairs: an estimate of the base rate. */
  readonly baseRate: Estimate
}
