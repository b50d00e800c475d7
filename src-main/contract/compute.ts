import type { ClusterRequest, Clustering, LabelPrototypes, OneClusterRequest } from './clusters.ts'
import type { DeltasRequest, RunDeltas } from './deltas.ts'
import type { EngineKind, EngineReport } from './engines.ts'
import type { ForceRequest, ImageForces } from './forces.ts'
import type { ContentHash, PictureFacts, ScanProgress, SkippedFile } from './images.ts'
import type { Regime } from './catalogue.ts'
import type {
  CurveRequest,
  LaboratoryReport,
  LaboratoryRequest,
  TemperatureCurve,
} from './laboratory.ts'
import type { LabelErrorsReport, LabelErrorsRequest } from './labelErrors.ts'
import type { Verdict } from './journal.ts'
import type { LossPicture, LossPictureRequest } from './lossPicture.ts'
import type { MeasuredImages, MeasureRequest } from './measures.ts'
import type { Looks, QualityProgress } from './quality.ts'
import type { GroupHistory, GroupHistoryRequest } from './groupHistory.ts'
import type { PairHistory, PairHistoryRequest } from './pairHistory.ts'
import type { RunCommand, RunConfig, RunEvent, RunId } from './runs.ts'
import type {
  Neighbours,
  PictureProgress,
  PictureRequest,
  SphereFrame,
  SphereTurn,
} from './sphere.ts'
import type {
  AuditQuestions,
  AuditRequest,
  QualityRequest,
  SuspectList,
  SuspectQuality,
  SuspectsRequest,
} from './suspects.ts'
import type { VerdictEffect, VerdictEffectRequest } from './verdictEffect.ts'
import type { ExportResult } from './exports.ts'

/** What the workbench asks of a compute process. One process trains, another reads images. */
export interface ComputeApi {
  probeEngine: (request: { kind: EngineKind }) => Promise<EngineReport>
  /** Takes some seconds. */
  measureEngine: (request: { kind: EngineKind }) => Promise<{ readonly imagesPerSecond: number }>
  /** Resolves when the folder has been read or the scan was cancelled. */
  scan: (request: ScanRequest) => Promise<{ readonly cancelled: boolean }>
  cancelScan: () => Promise<void>
  /** @param path absolute */
  pictureFacts: (request: { path: string }) => Promise<PictureFacts>
  /** Measures how images look on their thumbnails; null when it was cancelled. */
  looks: (request: LooksRequest) => Promise<Looks | null>
  cancelLooks: () => Promise<void>
  /**
   * Resolves when the run has ended, for whatever reason; the reason is its last event. Rejected with
   * `device-lost`, without that event, where the run can recover from the loss in another process.
   */
  train: (request: TrainRequest) => Promise<void>
  command: (request: { run: RunId; command: RunCommand }) => Promise<void>
  exportRun: (request: ComputeExportRequest) => Promise<ExportResult>
  /** @param request with every parameter of the loss */
  lossPicture: (request: LossPictureRequest & { readonly regime: Regime }) => Promise<LossPicture>
  sphere: (request: InFolder<PictureRequest>) => Promise<SphereFrame | null>
  turn: (request: {
    of: InFolder<PictureRequest>
    to: InFolder<PictureRequest>
  }) => Promise<SphereTurn | null>
  distortion: (request: InFolder<PictureRequest>) => Promise<Float32Array | null>
  clusters: (request: InFolder<ClusterRequest>) => Promise<Clustering | null>
  splitCluster: (request: InFolder<OneClusterRequest>) => Promise<Clustering | null>
  joinCluster: (request: InFolder<OneClusterRequest>) => Promise<Clustering | null>
  labelPrototypes: (
    request: InFolder<{ run: RunId; epoch: number }>,
  ) => Promise<LabelPrototypes | null>
  imageMeasure: (request: OfRun<MeasureRequest>) => Promise<MeasuredImages | null>
  forces: (request: OfRun<ForceRequest>) => Promise<ImageForces | null>
  cancelPictures: () => Promise<void>
  neighbours: (request: {
    runFolder: string
    epoch: number
    image: number
    count: number
  }) => Promise<Neighbours>
  runDeltas: (request: {
    left: InFolder<DeltasRequest['left']>
    right: InFolder<DeltasRequest['right']>
  }) => Promise<RunDeltas>
  suspects: (request: OfRun<SuspectsRequest>) => Promise<SuspectList>
  suspectQuality: (request: OfRun<QualityRequest>) => Promise<SuspectQuality>
  pairHistory: (request: OfRun<PairHistoryRequest>) => Promise<PairHistory>
  groupHistory: (request: InFolder<GroupHistoryRequest>) => Promise<GroupHistory>
  verdictEffect: (
    request: OfRun<VerdictEffectRequest> & { readonly verdicts: readonly Verdict[] },
  ) => Promise<VerdictEffect>
  audit: (request: OfRun<AuditRequest>) => Promise<AuditQuestions>
  laboratory: (request: OfRun<LaboratoryRequest>) => Promise<LaboratoryReport>
  temperatureCurve: (request: OfRun<CurveRequest>) => Promise<TemperatureCurve>
  labelErrors: (request: OfRun<LabelErrorsRequest>) => Promise<LabelErrorsReport>
}

type InFolder<Request> = Request & { readonly runFolder: string }

/** A request, and where the run that it speaks of lies. */
type OfRun<Request> = Request & RunPlace

export interface RunPlace {
  readonly run: RunId
  readonly runFolder: string
  /** `pixels/`, shared by all runs of the project. */
  readonly pixelsFolder: string
}

export interface ComputeEvents {
  quality: QualityProgress
  scanned: ScanBatch
  run: RunEvent
  picture: PictureProgress
  sphere: SphereFrame
}

export interface LooksRequest {
  readonly thumbnailsFolder: string
  readonly hashes: readonly ContentHash[]
}

export interface ScanRequest {
  /** Absolute. */
  readonly source: string
  /** The only files to read, relative to it; null for all that are images. */
  readonly files: readonly string[] | null
  /** Label of files that lie in the source itself, in no subfolder. */
  readonly rootLabel: string | null
  readonly thumbnailsFolder: string
  /** What the project already knows: unchanged files are not read again. */
  readonly known: KnownStamps
}

/** Stamps of files by column, since there may be 100,000 and each would be an object to take apart. */
export interface KnownStamps {
  readonly paths: readonly string[]
  readonly hashes: readonly ContentHash[]
  /** `[n]`, as all that follow. */
  readonly sizesBytes: Float64Array
  readonly modifiedMs: Float64Array
  readonly widths: Int32Array
  readonly heights: Int32Array
}

export interface FileStamp {
  readonly hash: ContentHash
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** After EXIF rotation, px. */
  readonly width: number
  readonly height: number
}

export interface ScannedFile extends FileStamp {
  readonly path: string
  /** Name of the parent folder; the request's `rootLabel` for files that lie in the source itself. */
  readonly label: string | null
}

export interface ScanBatch {
  readonly files: readonly ScannedFile[]
  readonly skipped: readonly SkippedFile[]
  readonly progress: ScanProgress
}

export interface TrainRequest {
  readonly run: RunId
  readonly config: RunConfig
  /** `runs/<run>`; exists and holds `config.json`. */
  readonly runFolder: string
  /** `pixels/`, shared by all runs of the project. */
  readonly pixelsFolder: string
  readonly images: TrainingImages
  /** True: go on from the last checkpoint in `runFolder`. */
  readonly isContinuation: boolean
  /** True: goes on since the device was lost; when that happens again, the run ends. */
  readonly isRecovery: boolean
  /** What a run whose engine fails can go on with; null when nothing else runs here. */
  readonly nextEngine: EngineKind | null
}

/** The label revision that a run sees, by column. */
export interface TrainingImages {
  readonly ids: Int32Array
  /** Absolute. */
  readonly paths: readonly string[]
  readonly hashes: readonly ContentHash[]
  /** Index into `labelNames`, −1 for none. */
  readonly labels: Int32Array
  readonly labelNames: readonly string[]
  /**
   * The same for images that stay on one side of a split: near duplicates, where the project knows
   * them; missing: those with the same bytes. `[n]`
   */
  readonly twins?: readonly string[]
  /** Index into `handSplits`; missing where no image was placed by hand. `[n]` */
  readonly splits?: Uint8Array
  /** Name of each label's super-label, null for none; missing in runs of older versions. */
  readonly labelParents?: readonly (string | null)[]
  /** What people said of pairs, by place in these columns; missing in runs of older versions. */
  readonly verdicts?: readonly JudgedPair[]
}

export interface JudgedPair {
  readonly first: number
  readonly second: number
  readonly verdict: 'same' | 'different' | 'ignore'
}

export interface ComputeExportRequest {
  readonly run: RunId
  readonly runFolder: string
  readonly folder: string
  readonly model: 'backbone' | 'embedding' | null
  readonly embeddings: boolean
  readonly pixelsFolder: string
  readonly images: TrainingImages
}
