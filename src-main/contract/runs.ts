import type { ParameterValues, Regime } from './catalogue.ts'
import type { EngineKind } from './engines.ts'
import type { ImportedNetwork } from './network.ts'
import type { RunSeries } from './runSeries.ts'
import type { GroupSize, SuspectPolicy } from './suspectPolicy.ts'

/** `2026-11-24-1`: date and a counter; also the name of its folder. */
export type RunId = string

export interface LossChoice {
  readonly name: string
  readonly params: ParameterValues
}

/** A further term of the loss. */
export interface AddedLoss extends LossChoice {
  /** What it is multiplied by, > 0. */
  readonly weight: number
}

export interface MinerChoice {
  readonly name: string
  readonly params: ParameterValues
}

/** What a person asks for; whatever is missing takes the regime's default. */
export interface RunRequest {
  readonly regime: Regime
  readonly engine: 'auto' | EngineKind
  readonly loss: LossChoice & { readonly plus?: readonly AddedLoss[] | undefined }
  /** Missing or null: none. */
  readonly miner?: MinerChoice | null | undefined
  readonly settings: ParameterValues
}

/** All that decides a run's outcome. Written once, never changed; a change is another run. */
export interface RunConfig {
  /** 2 added miners, memory, samplers and schedules of the temperature; 3 added imported backbones. */
  readonly version: 3
  readonly regime: Regime
  readonly engine: EngineKind
  readonly loss: LossChoice & { readonly plus?: readonly AddedLoss[] }
  /** Chooses among the pairs of each batch; null: the loss sees all. */
  readonly miner: MinerChoice | null
  readonly settings: RunSettings
  /** Missing for a run that was started by itself. */
  readonly series?: RunSeries
  /** Where the backbone is `imported`: what was read, once. Its weights lie in the run's folder. */
  readonly imported?: ImportedNetwork
}

/**
 * - `labels`: some labels with some images each (P × K)
 * - `hierarchical`: the same, of labels that lie in the same folder
 * - `balanced`: the same, every label equally often
 * - `hard-labels`: the same, of labels that lie near each other in the last embedding
 * - `uniform`: every image once an epoch
 * - `distinct`: the same, never two files with the same bytes in one batch
 */
export const samplers = [
  'labels',
  'hierarchical',
  'balanced',
  'hard-labels',
  'uniform',
  'distinct',
] as const
export type Sampler = (typeof samplers)[number]

/** The values of the settings' catalogue, by name. */
export interface RunSettings {
  readonly epochs: number
  /** Side of the training image, px. */
  readonly imageSize: number
  readonly backbone: 'cnn' | 'resnet18' | 'mobilenetv2' | 'imported'
  /** Of an imported backbone: the path of its `model.json`; empty for none. */
  readonly modelFile: string
  /** Of an imported backbone: whether steps change its weights. */
  readonly importedWeights: 'trained' | 'frozen'
  /** Of an imported backbone: the layer whose output are the features; empty for the last pool. */
  readonly tap: string
  /** Of an imported backbone: the values that it expects of its images. */
  readonly inputRange: 'auto' | 'signed' | 'unit' | 'bytes'
  /** Filters of the first block, and number of blocks or stages. */
  readonly width: number
  readonly depth: number
  /** Share of the features that a training step leaves out. */
  readonly dropout: number
  /** Units of the projector's hidden layer; 0 for none. */
  readonly projectorHidden: number
  /** Dimensions of the embedding. */
  readonly dim: number
  /** Images in a batch (contrastive: each gives two views). */
  readonly batchSize: number
  /** What the images of a batch have in common. */
  readonly sampler: Sampler
  /** Where batches go by label: images of one label (K); the number of labels is batchSize / K (P). */
  readonly imagesPerLabel: number
  /** Rows of earlier steps that anchors are compared with too; 0 for none. */
  readonly memorySize: number
  /** Epochs before the memory begins to fill. */
  readonly memoryWarmup: number
  /** One ring for all rows, or one for each label. */
  readonly memoryKind: 'newest' | 'by-label'
  /** What an old copy of an image is to the image itself. */
  readonly memoryOwn: 'ignored' | 'positive'
  /** Anchors see their batch as it is, or only what the memory holds of it. */
  readonly memoryBatch: 'live' | 'stored'
  /** Part of its weights that the encoder of the memory keeps at each step; 0: there is none. */
  readonly memoryMomentum: number
  readonly temperatureSchedule: 'constant' | 'linear' | 'cosine'
  /** Where `linear` ends, and the other turning point of `cosine`. */
  readonly temperatureEnd: number
  /** Epochs of one turn of `cosine`. */
  readonly temperaturePeriod: number
  /** What is done with pairs that are suspected to belong together. */
  readonly suspects: SuspectPolicy
  /** Share of the negative pairs that is cancelled once it has grown. */
  readonly suspectShare: number
  /** A guess of how many of all pairs belong together, which the share never exceeds. */
  readonly suspectBaseRate: number
  /** First epoch after which suspects are looked for, and epochs from one search to the next. */
  readonly suspectStart: number
  readonly suspectEvery: number
  readonly suspectGroup: GroupSize
  readonly learningRate: number
  readonly warmupEpochs: number
  readonly weightDecay: number
  readonly optimizer: 'adamw' | 'adam' | 'sgd' | 'nesterov' | 'lars'
  /** Part of the last direction that a step keeps; Adam's β₁. */
  readonly momentum: number
  /** Longest gradient over all weights together; 0 for no limit. */
  readonly clip: number
  /** Which mean of the weights the run embeds and exports with. */
  readonly averaging: 'none' | 'ema' | 'swa'
  /** Part of the mean that one step keeps, for `ema`. */
  readonly averagingDecay: number
  /** 0: none, 1: as the recipe; scales every augmentation at once. */
  readonly augmentation: number
  /** Probability of a horizontal flip. */
  readonly flip: number
  readonly split: 'open' | 'closed'
  /** Share of labels (open) or of each label's images (closed) that training never sees. */
  readonly holdout: number
  readonly seed: number
}

/** Retrieval on the held-out part. Images whose label has no other image there are left out. */
export interface Score {
  readonly recallAt1: number
  readonly mapAtR: number
  /** Images that were asked for. */
  readonly queries: number
}

/** What a miner left for the loss. */
export interface KeptPairs {
  /** Share of the positive pairs, in [0, 1]. */
  readonly positives: number
  /** Share of the negative pairs, in [0, 1]. */
  readonly negatives: number
  /** Triplets a step; null where it chose pairs. */
  readonly triplets: number | null
}

/** One line of `events.jsonl`. The state of a run is the fold of its events. */
export type RunEvent = { readonly run: RunId } & RunEventBody

export type RunEventBody =
  | {
      readonly kind: 'started'
      readonly config: RunConfig
      readonly device: string
      readonly images: {
        readonly training: number
        readonly heldOut: number
        readonly trainingLabels: number
        readonly heldOutLabels: number
      }
      /** Pairs that people have judged, which training goes by; missing in runs of older versions. */
      readonly verdicts?: number
      /** What the scores are measured on, in words. */
      readonly protocol: string
      readonly stepsPerEpoch: number
      /** ISO 8601. */
      readonly at: string
      /** Epochs that were done when this process took over; 0 for a new run. */
      readonly fromEpoch: number
    }
  /** Preparations such as decoding pixels; `done` of `total`. */
  | {
      readonly kind: 'preparing'
      readonly what: string
      readonly done: number
      readonly total: number
    }
  | { readonly kind: 'baseline'; readonly name: 'pixels'; readonly score: Score }
  /** Several steps at once, a few times a second. */
  | {
      readonly kind: 'steps'
      readonly epoch: number
      readonly firstStep: number
      readonly losses: readonly number[]
      readonly learningRate: number
      readonly imagesPerSecond: number
      readonly secondsLeft: number
      readonly residentBytes: number
      /** Of the last step, for a loss that has one. */
      readonly temperature?: number | null
      /** What the miner kept in these steps, on average. */
      readonly kept?: KeptPairs | null
      /** Rows in the memory. */
      readonly memory?: number | null
    }
  /** Epoch 0 is the untrained network. `score` is null where no image has a label. */
  | {
      readonly kind: 'epoch'
      readonly epoch: number
      readonly meanLoss: number | null
      readonly score: Score | null
      /** Time spent in steps since the run began, s. */
      readonly trainingSeconds: number
      /** When it was done, ISO 8601; runs of before 2026-11-24 do not say. */
      readonly at?: string
    }
  /** `embeddings/<epoch>.npy` and its place on the sphere exist. */
  | { readonly kind: 'embedded'; readonly epoch: number }
  /** From the next step on, this share of the negative pairs is treated by the policy. */
  | {
      readonly kind: 'suspects'
      readonly epoch: number
      readonly policy: SuspectPolicy
      readonly share: number
    }
  | { readonly kind: 'checkpoint'; readonly epoch: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | {
      readonly kind: 'ended'
      readonly reason: EndReason
      readonly message: string | null
      /** Where its engine was at fault: another that it can go on with. */
      readonly nextEngine?: EngineKind
      readonly at: string
    }

/** `interrupted`: the process died; the run can go on from its last checkpoint. */
export type EndReason = 'done' | 'stopped' | 'failed' | 'interrupted'

export type RunCommand = 'pause' | 'resume' | 'stop'
