import type { Catalogue } from './catalogue.ts'
import type { ClusterRequest, Clustering, LabelPrototypes, OneClusterRequest } from './clusters.ts'
import type { DeltasRequest, RunDeltas } from './deltas.ts'
import type { EngineEvent, EngineKind, EngineSurvey } from './engines.ts'
import type { ExportRequest, ExportResult } from './exports.ts'
import type { ForceRequest, ImageForces } from './forces.ts'
import type { ImageId, ImageTable, SkippedFile } from './images.ts'
import type { GroupHistory, GroupHistoryRequest } from './groupHistory.ts'
import type { ImageDetails, RevealedImage } from './imageDetails.ts'
import type { FolderChanges, FolderListing, ProjectInfo, ScanEvent } from './project.ts'
import type {
  JournalEntry,
  JournalState,
  LibraryChange,
  LibraryCommand,
  Verdict,
} from './journal.ts'
import type {
  LabelExportProgress,
  LabelExportRequest,
  LabelExportResult,
  LabelTableReport,
} from './labelFiles.ts'
import type {
  CurveRequest,
  LaboratoryReport,
  LaboratoryRequest,
  TemperatureCurve,
} from './laboratory.ts'
import type { LabelErrorsReport, LabelErrorsRequest } from './labelErrors.ts'
import type { MeasuredImages, MeasureRequest } from './measures.ts'
import type { LossPicture, LossPictureRequest } from './lossPicture.ts'
import type { QualityProgress, QualityReport } from './quality.ts'
import type { PairHistory, PairHistoryRequest } from './pairHistory.ts'
import type { RunCommand, RunEvent, RunId, RunRequest } from './runs.ts'
import type { RunSummary } from './runState.ts'
import type { ReplayChoices, SeriesRequest, SeriesState } from './series.ts'
import type {
  Neighbours,
  PictureProgress,
  PictureRequest,
  SphereFrame,
  SphereTurn,
  TurnRequest,
} from './sphere.ts'
import type {
  AuditAnswers,
  AuditQuestions,
  AuditRequest,
  AuditResult,
  QualityRequest,
  SuspectList,
  SuspectQuality,
  SuspectsRequest,
} from './suspects.ts'
import type { VerdictEffect, VerdictEffectRequest } from './verdictEffect.ts'
import type { VerdictTableReport, VerdictTableRequest } from './verdictFiles.ts'

/**
 * All that a window, a browser tab or the command line may ask of the workbench.
 *
 * Arguments and results are plain data: JSON plus typed arrays, no functions and no class instances.
 * A call that takes long returns at once, reports through {@link WorkbenchEvents} and is ended by a
 * call of its own. Every method takes one argument or none, and validates it by its schema.
 */
export interface WorkbenchApi {
  hello: () => Promise<Hello>

  /** Opens the project that belongs to this folder of images, or makes one, and scans it. */
  openFolder: (request: { folder: string; project?: string | undefined }) => Promise<ProjectInfo>
  /** The images that come with Antipode. */
  openSample: () => Promise<ProjectInfo>
  /**
   * Takes folders and files into the open project and reads them. Images that are in it already get
   * the label too.
   */
  addToProject: (request: {
    paths: readonly string[]
    /** Of all of them; null for that of their folders. */
    label: string | null
  }) => Promise<ProjectInfo>
  /** Takes a folder out of the project; its files stay where they are. */
  removeSource: (request: { folder: string }) => Promise<ProjectInfo>
  closeProject: () => Promise<void>
  cancelScan: () => Promise<void>
  /** Reads all folders of the project again: what is new, changed, moved or gone. */
  rescan: () => Promise<ProjectInfo>
  /**
   * What was noticed in the folders since they were read; changes come as the event of this name. Null
   * while they are read, and after a scan that was cancelled.
   */
  folderChanges: () => Promise<FolderChanges | null>
  /** Asks with a system dialog; null if the person cancels or the host has none. */
  chooseFolder: () => Promise<string | null>
  browseFolder: (request: { folder: string | null }) => Promise<FolderListing>

  images: () => Promise<ImageTable>
  imageDetails: (request: { image: ImageId }) => Promise<ImageDetails>
  /** Shows the image's file in the system's file manager, where the host has one. */
  revealImage: (request: { image: ImageId }) => Promise<RevealedImage>
  skipped: () => Promise<readonly SkippedFile[]>

  /** Null when all is so already. Every listener hears of the change as `library`. */
  changeLibrary: (command: LibraryCommand) => Promise<LibraryChange | null>
  /** Null when there is nothing to undo. */
  undo: () => Promise<LibraryChange | null>
  redo: () => Promise<LibraryChange | null>
  journalState: () => Promise<JournalState>
  /** The newest first. */
  journal: (request: { count: number }) => Promise<readonly JournalEntry[]>
  verdicts: () => Promise<readonly Verdict[]>
  /** All verdicts as CSV; read again, it gives the very same verdicts. */
  verdictTable: () => Promise<string>
  /** What a CSV table of verdicts would do, contradictions by line; nothing is applied. */
  checkVerdictTable: (request: VerdictTableRequest) => Promise<VerdictTableReport>
  /** Applies what can be used of it, as one step of undo. Null when all is so already. */
  applyVerdictTable: (request: VerdictTableRequest) => Promise<LibraryChange | null>

  /**
   * Looks for duplicates, odd images and odd labels; measures what is new first, with progress as
   * `quality`. Null when it was cancelled.
   */
  checkQuality: () => Promise<QualityReport | null>
  cancelQuality: () => Promise<void>

  /** What a CSV table of labels would do; nothing is applied. */
  checkLabelTable: (request: { text: string }) => Promise<LabelTableReport>
  /** Applies what can be used of it, as one step of undo. Null when all is so already. */
  applyLabelTable: (request: { text: string; name: string }) => Promise<LibraryChange | null>
  /** Writes labels as a table or as folders; progress comes as `labelExport`. */
  exportLabels: (request: LabelExportRequest) => Promise<LabelExportResult>
  /** What was written so far stays. */
  cancelLabelExport: () => Promise<void>

  startRun: (request: RunRequest) => Promise<RunId>
  /** Trains runs one after the other, to be compared; resolves with their name when the first begins. */
  startSeries: (request: SeriesRequest) => Promise<string>
  /** Ends the run of it that goes on; those that have not begun never do. */
  stopSeries: () => Promise<void>
  /** Where a run can be replayed from; it must have done all its epochs. */
  replayChoices: (request: { run: RunId }) => Promise<ReplayChoices>
  /** How two epochs differ, with intervals over the images that both have. */
  runDeltas: (request: DeltasRequest) => Promise<RunDeltas>
  commandRun: (request: { run: RunId; command: RunCommand }) => Promise<void>
  /**
   * Goes on from the last checkpoint of a run that was stopped, interrupted or failed; on another engine
   * if one is named.
   */
  continueRun: (request: { run: RunId; engine?: EngineKind | undefined }) => Promise<void>
  runs: () => Promise<readonly RunSummary[]>
  runEvents: (request: { run: RunId }) => Promise<readonly RunEvent[]>
  /**
   * Where the images of an epoch stand; `linear` if no view is named. The first time, `neighbours` takes
   * seconds and reports as `picture`. Null if the epoch has no stored embedding.
   */
  sphere: (request: PictureRequest) => Promise<SphereFrame | null>
  /**
   * How a picture has to be turned so that images that another one shows too lie as near to there as
   * possible. Null where no image is in both, or one of the epochs has no stored embedding.
   */
  turn: (request: TurnRequest) => Promise<SphereTurn | null>
  /**
   * Share of each image's true nearest neighbours that stand elsewhere in the picture, `[n]`, in the
   * order of the frame's ids, in [0, 1]. Reports as `picture`. Null as `sphere`.
   */
  distortion: (request: PictureRequest) => Promise<Float32Array | null>
  /** Groups images by their rows in all dimensions. Reports as `picture`. Null as `sphere`. */
  clusters: (request: ClusterRequest) => Promise<Clustering | null>
  /**
   * Cuts a cluster into the parts that it falls into, in all epochs and by all methods where it is found
   * again; answers with the clusters that there are then. Reports as `picture`. Null as `sphere`.
   */
  splitCluster: (request: OneClusterRequest) => Promise<Clustering | null>
  /** Takes back how a cluster was cut, and how its parts were. */
  joinCluster: (request: OneClusterRequest) => Promise<Clustering | null>
  /** How alike labels are, as the run saw them. Null as `sphere`. */
  labelPrototypes: (request: { run: RunId; epoch: number }) => Promise<LabelPrototypes | null>
  /**
   * A number for each image: its loss, outlier score and more. Reports as `picture`, takes seconds the
   * first time; asked again for the same epoch it answers at once, also for sorting a list of images by
   * it. Null as `sphere`.
   */
  imageMeasure: (request: MeasureRequest) => Promise<MeasuredImages | null>
  /** Who pulls and who pushes an image, under the loss of the run. Null as `sphere`. */
  forces: (request: ForceRequest) => Promise<ImageForces | null>
  /** Ends all that reports as `picture`; its calls are rejected with `cancelled`. */
  cancelPictures: () => Promise<void>
  neighbours: (request: {
    run: RunId
    epoch: number
    image: ImageId
    count: number
  }) => Promise<Neighbours>

  /** Pairs that training pushes apart though they may belong together. */
  suspects: (request: SuspectsRequest) => Promise<SuspectList>
  /** How a pair of negatives fared over the epochs of a run. */
  pairHistory: (request: PairHistoryRequest) => Promise<PairHistory>
  /** How two labels, or any two sets of images, fared over the epochs of a run. */
  groupHistory: (request: GroupHistoryRequest) => Promise<GroupHistory>
  /** What calling a pair the same, and those like it, takes away from the push. */
  verdictEffect: (request: VerdictEffectRequest) => Promise<VerdictEffect>
  /** How well suspects are found, where images have labels. */
  suspectQuality: (request: QualityRequest) => Promise<SuspectQuality>
  /** Pairs for a person to judge, where they have none. */
  drawAudit: (request: AuditRequest) => Promise<AuditQuestions>
  auditResult: (answers: AuditAnswers) => Promise<AuditResult>
  /** Whose push lands where; quick enough for a slider. Name the epoch: then cosines are kept. */
  laboratory: (request: LaboratoryRequest) => Promise<LaboratoryReport>
  temperatureCurve: (request: CurveRequest) => Promise<TemperatureCurve>
  labelErrors: (request: LabelErrorsRequest) => Promise<LabelErrorsReport>

  /** Where a loss wants points on a circle: the loss and the gradient that training uses. */
  lossPicture: (request: LossPictureRequest) => Promise<LossPicture>

  engines: () => Promise<EngineSurvey>
  /** Measures what has not been measured, or everything again. Takes some seconds an engine. */
  measureEngines: (request: { again: boolean }) => Promise<EngineSurvey>
  exportRun: (request: ExportRequest) => Promise<ExportResult>
}

/** What the workbench says unasked, in order, to every listener. */
export interface WorkbenchEvents {
  scan: ScanEvent
  folderChanges: FolderChanges
  project: ProjectInfo | null
  library: LibraryChange
  labelExport: LabelExportProgress
  quality: QualityProgress
  run: RunEvent
  series: SeriesState
  engines: EngineEvent
  picture: PictureProgress
  /** Latest wins: a listener that is slow sees the newest frame, not all of them. */
  sphere: SphereFrame
}

export interface Hello {
  readonly version: string
  readonly host: 'electron' | 'web'
  readonly project: ProjectInfo | null
  readonly catalogue: Catalogue
  /** Projects that were open before, the last one first. */
  readonly recent: readonly { readonly folder: string; readonly name: string }[]
  /** The run that is going on, if any. */
  readonly activeRun: RunId | null
  /** The series that goes on, or the last one. */
  readonly series: SeriesState | null
}

/** The allow-list that a host answers to. A method missing here, or one too many, does not compile. */
export const workbenchMethods = Object.keys({
  hello: true,
  openFolder: true,
  openSample: true,
  addToProject: true,
  removeSource: true,
  closeProject: true,
  cancelScan: true,
  rescan: true,
  folderChanges: true,
  chooseFolder: true,
  browseFolder: true,
  images: true,
  imageDetails: true,
  revealImage: true,
  skipped: true,
  changeLibrary: true,
  undo: true,
  redo: true,
  journalState: true,
  journal: true,
  verdicts: true,
  verdictTable: true,
  checkVerdictTable: true,
  applyVerdictTable: true,
  checkQuality: true,
  cancelQuality: true,
  checkLabelTable: true,
  applyLabelTable: true,
  exportLabels: true,
  cancelLabelExport: true,
  startRun: true,
  startSeries: true,
  stopSeries: true,
  replayChoices: true,
  runDeltas: true,
  commandRun: true,
  continueRun: true,
  runs: true,
  runEvents: true,
  sphere: true,
  turn: true,
  distortion: true,
  clusters: true,
  splitCluster: true,
  joinCluster: true,
  labelPrototypes: true,
  imageMeasure: true,
  forces: true,
  cancelPictures: true,
  neighbours: true,
  suspects: true,
  pairHistory: true,
  groupHistory: true,
  verdictEffect: true,
  suspectQuality: true,
  drawAudit: true,
  auditResult: true,
  laboratory: true,
  temperatureCurve: true,
  labelErrors: true,
  engines: true,
  lossPicture: true,
  measureEngines: true,
  exportRun: true,
} satisfies Record<keyof WorkbenchApi, true>) as readonly (keyof WorkbenchApi)[]
