import { join, resolve } from 'node:path'
import type { Hello } from '../contract/api.ts'
import type {
  ClusterRequest,
  Clustering,
  LabelPrototypes,
  OneClusterRequest,
} from '../contract/clusters.ts'
import type { RunPlace, TrainRequest } from '../contract/compute.ts'
import type { DeltasRequest, RunDeltas } from '../contract/deltas.ts'
import type { EngineKind, EngineSurvey } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { ForceRequest, ImageForces } from '../contract/forces.ts'
import type { ExportRequest, ExportResult } from '../contract/exports.ts'
import type { ImageTable, SkippedFile } from '../contract/images.ts'
import type { ImageDetails, RevealedImage } from '../contract/imageDetails.ts'
import type {
  JournalEntry,
  JournalState,
  LibraryChange,
  LibraryCommand,
  Verdict,
} from '../contract/journal.ts'
import type {
  LabelExportRequest,
  LabelExportResult,
  LabelTableReport,
} from '../contract/labelFiles.ts'
import type { FolderChanges, FolderListing, ProjectInfo } from '../contract/project.ts'
import type { ServedWorkbench, WorkbenchListener } from '../contract/rpc.ts'
import type { QualityReport } from '../contract/quality.ts'
import type { PairHistory, PairHistoryRequest } from '../contract/pairHistory.ts'
import type { RunCommand, RunEvent, RunId, RunRequest } from '../contract/runs.ts'
import { emptyRun, foldRun } from '../contract/runState.ts'
import type { RunSummary } from '../contract/runState.ts'
import type { ReplayChoices, SeriesRequest } from '../contract/series.ts'
import type {
  CurveRequest,
  LaboratoryReport,
  LaboratoryRequest,
  TemperatureCurve,
} from '../contract/laboratory.ts'
import type { LabelErrorsReport, LabelErrorsRequest } from '../contract/labelErrors.ts'
import type { MeasuredImages, MeasureRequest } from '../contract/measures.ts'
import type { LossPicture, LossPictureRequest } from '../contract/lossPicture.ts'
import type {
  Neighbours,
  PictureRequest,
  SphereFrame,
  SphereTurn,
  TurnRequest,
} from '../contract/sphere.ts'
import type {
  AuditAnswers,
  AuditQuestions,
  AuditRequest,
  AuditResult,
  QualityRequest,
  SuspectList,
  SuspectQuality,
  SuspectsRequest,
} from '../contract/suspects.ts'
import type { VerdictEffect, VerdictEffectRequest } from '../contract/verdictEffect.ts'
import type { VerdictTableReport, VerdictTableRequest } from '../contract/verdictFiles.ts'
import { auditResult } from '../analysis/suspects/audit.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { minerCatalogue } from '../losses/miners/catalogue.ts'
import { hasImageName } from '../data/imageNames.ts'
import { importRequested } from '../training/importRequested.ts'
import { readLastConfig, readRunEvents } from '../training/runFolder.ts'
import { combinationRules } from '../training/rules.ts'
import { settingsCatalogue } from '../training/settings.ts'
import { Announcer } from './Announcer.ts'
import { listFolder } from './browse.ts'
import { deafListener } from './compute.ts'
import type { StartCompute } from './compute.ts'
import type { Project } from './Project.ts'
import { Engines } from './Engines.ts'
import { forkableEpochs, forkRun } from './forkRun.ts'
import { exportLabels } from './labelExport.ts'
import { judgedPairs } from './judgedPairs.ts'
import { LazyCompute } from './LazyCompute.ts'
import { checkedPicture } from './checkedPicture.ts'
import { mediaFileOf } from './media.ts'
import { mediaPackOf } from './mediaPack.ts'
import type { MediaFile } from './media.ts'
import { planRequest } from './planRequest.ts'
import { planSeries } from './planSeries.ts'
import type { PlannedRun } from './planSeries.ts'
import { homeFolders, readRecent } from './projectFolders.ts'
import { ProjectSlot } from './ProjectSlot.ts'
import { createRun, listRuns, nextRunId, readRunImages, summariseRun } from './runFolders.ts'
import { Series, seriesOf } from './Series.ts'
import type { RunEnd } from './Series.ts'
import { Training } from './Training.ts'
import { verdictTable } from './verdictTable.ts'

export interface WorkbenchOptions {
  readonly host: Hello['host']
  readonly version: string
  /** The person's home folder; projects that were given no folder go to `Antipode` in it. */
  readonly home: string
  readonly sampleFolder: string
  readonly startCompute: StartCompute
  /** Asks with a system dialog. */
  readonly chooseFolder?: (() => Promise<string | null>) | undefined
  /** Shows a file in the system's file manager. */
  readonly showInFolder?: ((path: string) => void) | undefined
  readonly now: () => Date
}

/** A step of a large network can take seconds. */
const stopPatienceMs = 15_000

/**
 * All that a window may ask for, over one open project, one process that reads and measures and one
 * that trains. Composition only: it decides who does what, and in which order.
 */
export class Workbench implements ServedWorkbench {
  private readonly options: WorkbenchOptions
  private readonly announcer = new Announcer()
  private readonly library: LazyCompute
  private readonly slot: ProjectSlot
  private readonly training: Training
  private readonly series: Series
  private readonly enginesHere: Engines
  /** The export of labels that goes on, or was the last. */
  private labelExport: AbortController | null = null
  /** Work that changes what is open or going on is done one after the other. */
  private queue: Promise<unknown> = Promise.resolve()

  constructor(options: WorkbenchOptions) {
    this.options = options
    const { startCompute: start, now } = options
    this.library = new LazyCompute(start, 'answers', {
      ...deafListener,
      scanned: async (batch) => Promise.resolve(this.slot.take(batch)),
      quality: (progress) => this.announcer.announce('quality', progress),
      picture: (progress) => this.announcer.announce('picture', progress),
    })
    this.slot = new ProjectSlot({
      now,
      home: options.home,
      announcer: this.announcer,
      compute: () => this.library.api,
    })
    this.enginesHere = new Engines({
      start,
      now,
      recordPath: homeFolders.engines(options.home),
      announce: (event) => this.announcer.announce('engines', event),
    })
    this.training = new Training({
      start,
      now,
      announceRun: (event) => this.announcer.announce('run', event),
      announceSphere: (frame) => this.announcer.announce('sphere', frame),
    })
    this.series = new Series({
      start: (planned, id) => this.inTurn(() => this.startPlanned(planned, id)),
      ended: (run) => this.endOf(run),
      announce: (state) => this.announcer.announce('series', state),
    })
  }

  listen(listener: WorkbenchListener): () => void {
    return this.announcer.listen(listener)
  }

  async hello(): Promise<Hello> {
    return {
      version: this.options.version,
      host: this.options.host,
      project: this.slot.current?.info() ?? null,
      catalogue: {
        losses: lossCatalogue,
        miners: minerCatalogue,
        settings: settingsCatalogue,
        rules: combinationRules,
      },
      recent: await readRecent(this.options.home),
      activeRun: this.training.activeRun,
      series: this.series.state,
    }
  }

  openFolder(request: { folder: string; project?: string | undefined }): Promise<ProjectInfo> {
    return this.inTurn(async () => {
      await this.expectIdle()
      return this.slot.open(request)
    })
  }

  openSample(): Promise<ProjectInfo> {
    return this.openFolder({ folder: this.options.sampleFolder })
  }

  addToProject({
    paths,
    label,
  }: {
    paths: readonly string[]
    label: string | null
  }): Promise<ProjectInfo> {
    return this.inTurn(() => this.slot.add(paths, label))
  }

  removeSource({ folder }: { folder: string }): Promise<ProjectInfo> {
    return this.inTurn(() => this.slot.remove(folder))
  }

  closeProject(): Promise<void> {
    return this.inTurn(async () => {
      this.series.cancel()
      await this.training.stop(stopPatienceMs)
      await this.slot.close()
      this.announcer.announce('project', null)
    })
  }

  async cancelScan(): Promise<void> {
    await this.slot.cancelScan()
  }

  rescan(): Promise<ProjectInfo> {
    return this.inTurn(() => this.slot.rescan())
  }

  async folderChanges(): Promise<FolderChanges | null> {
    return Promise.resolve(this.slot.folderChanges())
  }

  async chooseFolder(): Promise<string | null> {
    return (await this.options.chooseFolder?.()) ?? null
  }

  browseFolder({ folder }: { folder: string | null }): Promise<FolderListing> {
    return listFolder(folder ?? this.options.home, hasImageName)
  }

  async images(): Promise<ImageTable> {
    return Promise.resolve(this.slot.expect().images())
  }

  async imageDetails({ image }: { image: number }): Promise<ImageDetails> {
    const { path, ...known } = this.slot.expect().imageFile(image)
    return { ...known, ...(await this.library.api.pictureFacts({ path })) }
  }

  async revealImage({ image }: { image: number }): Promise<RevealedImage> {
    const { path } = this.slot.expect().imageFile(image)
    const show = this.options.showInFolder
    show?.(path)
    return Promise.resolve({ path, isShown: show !== undefined })
  }

  async skipped(): Promise<readonly SkippedFile[]> {
    return Promise.resolve(this.slot.expect().skipped())
  }

  async changeLibrary(command: LibraryCommand): Promise<LibraryChange | null> {
    return Promise.resolve(this.announceChange(this.slot.expect().run(command)))
  }

  async undo(): Promise<LibraryChange | null> {
    return Promise.resolve(this.announceChange(this.slot.expect().undo()))
  }

  async redo(): Promise<LibraryChange | null> {
    return Promise.resolve(this.announceChange(this.slot.expect().redo()))
  }

  async journalState(): Promise<JournalState> {
    return Promise.resolve(this.slot.expect().journalState())
  }

  async journal({ count }: { count: number }): Promise<readonly JournalEntry[]> {
    return Promise.resolve(this.slot.expect().journalEntries(count))
  }

  async checkQuality(): Promise<QualityReport | null> {
    const project = this.slot.expect()
    const { thumbnailsFolder } = project
    const hashes = project.unmeasured()
    if (hashes.length > 0) {
      const looks = await this.library.api.looks({ thumbnailsFolder, hashes })
      if (!looks || this.slot.current !== project) return null
      project.addLooks(looks)
    }
    return project.qualityReport()
  }

  async cancelQuality(): Promise<void> {
    await this.library.api.cancelLooks()
  }

  async checkLabelTable({ text }: { text: string }): Promise<LabelTableReport> {
    return Promise.resolve(this.slot.expect().readLabelTable(text).report)
  }

  async applyLabelTable(request: { text: string; name: string }): Promise<LibraryChange | null> {
    return Promise.resolve(this.announceChange(this.slot.expect().applyLabelTable(request)))
  }

  async exportLabels(request: LabelExportRequest): Promise<LabelExportResult> {
    const project = this.slot.expect()
    const folder = resolve(request.folder ?? join(project.folder, 'exports', 'labels'))
    project.checkOutside(folder)
    this.labelExport?.abort()
    const abort = (this.labelExport = new AbortController())
    return exportLabels(project.labelledImages(), request, {
      folder,
      signal: abort.signal,
      onProgress: (progress) => this.announcer.announce('labelExport', progress),
    })
  }

  async cancelLabelExport(): Promise<void> {
    this.labelExport?.abort()
    return Promise.resolve()
  }

  async verdicts(): Promise<readonly Verdict[]> {
    return Promise.resolve(this.slot.expect().verdicts())
  }

  async verdictTable(): Promise<string> {
    const project = this.slot.expect()
    return Promise.resolve(verdictTable(project.verdicts(), project.images()))
  }

  async checkVerdictTable(request: VerdictTableRequest): Promise<VerdictTableReport> {
    return Promise.resolve(this.slot.expect().readVerdictTable(request).report)
  }

  async applyVerdictTable(request: VerdictTableRequest): Promise<LibraryChange | null> {
    const project = this.slot.expect()
    const { command } = project.readVerdictTable(request)
    return Promise.resolve(command && this.announceChange(project.run(command)))
  }

  startRun(request: RunRequest): Promise<RunId> {
    return this.inTurn(async () => {
      const project = this.slot.expect()
      await this.expectIdle()
      const images = project.trainingImages()
      const engine = await this.enginesHere.choose(request.engine)
      // All refusals come before anything is written.
      const imported = await importRequested(request)
      const freeBytes = process.availableMemory()
      const config = planRequest(request, engine, {
        images,
        imported: imported?.network,
        freeBytes,
      })
      const run = await nextRunId(project.runsFolder, this.options.now())
      await createRun(project.runFolder(run), { config, images, imported })
      await this.train(project, { run, config, images, isContinuation: false })
      return run
    })
  }

  continueRun({ run, engine }: { run: RunId; engine?: EngineKind | undefined }): Promise<void> {
    return this.inTurn(async () => {
      const project = this.slot.expect()
      const runFolder = await this.expectRun(run)
      await this.expectIdle()
      const { phase } = await summariseRun(runFolder, run)
      if (phase === 'done')
        throw new WorkbenchError(
          'bad-request',
          `Run ${run} has done all its epochs. Start another one to train longer.`,
        )
      const last = await readLastConfig(runFolder)
      const config = { ...last, engine: await this.enginesHere.choose(engine ?? last.engine) }
      const stored = await readRunImages(runFolder)
      // Images and labels stay as the run first saw them, but who reviews and goes on wants to see it.
      const images = { ...stored, verdicts: judgedPairs(project.verdicts(), stored.ids) }
      await this.train(project, { run, config, images, isContinuation: true })
    })
  }

  async startSeries(request: SeriesRequest): Promise<string> {
    const project = this.slot.expect()
    const sourceFolder = await this.expectRun(request.run)
    await this.expectIdle()
    const images = await readRunImages(sourceFolder)
    const planned = planSeries(request, {
      config: await readLastConfig(sourceFolder),
      images,
      verdicts: judgedPairs(project.verdicts(), images.ids),
      freeBytes: process.availableMemory(),
    })
    if (request.kind === 'replay') await this.expectReplayable(request, sourceFolder)
    return this.series.begin(planned)
  }

  stopSeries(): Promise<void> {
    return this.inTurn(async () => {
      this.series.cancel()
      await this.training.stop(stopPatienceMs)
    })
  }

  async replayChoices({ run }: { run: RunId }): Promise<ReplayChoices> {
    const runFolder = await this.expectRun(run)
    const { ids } = await readRunImages(runFolder)
    const events = await readRunEvents(runFolder)
    const { config, epochs } = events.reduce(foldRun, emptyRun(run))
    const total = config?.settings.epochs ?? 0
    const last = epochs.at(-1)
    return {
      epochs: total,
      starts: (await forkableEpochs(runFolder)).filter((epoch) => epoch < total),
      secondsPerEpoch: last && last.epoch > 0 ? last.trainingSeconds / last.epoch : null,
      verdicts: judgedPairs(this.slot.expect().verdicts(), ids).length,
    }
  }

  async runDeltas({ left, right }: DeltasRequest): Promise<RunDeltas> {
    return this.library.api.runDeltas({
      left: { ...left, runFolder: await this.expectRun(left.run) },
      right: { ...right, runFolder: await this.expectRun(right.run) },
    })
  }

  commandRun({ run, command }: { run: RunId; command: RunCommand }): Promise<void> {
    return this.training.command(run, command)
  }

  async runs(): Promise<readonly RunSummary[]> {
    const project = this.slot.expect()
    const ids = await listRuns(project.runsFolder)
    return Promise.all(ids.map((run) => summariseRun(project.runFolder(run), run)))
  }

  async runEvents({ run }: { run: RunId }): Promise<readonly RunEvent[]> {
    return readRunEvents(await this.expectRun(run))
  }

  async sphere(request: PictureRequest): Promise<SphereFrame | null> {
    return this.library.api.sphere({ ...request, runFolder: await this.expectRun(request.run) })
  }

  async turn({ of, to }: TurnRequest): Promise<SphereTurn | null> {
    return this.library.api.turn({
      of: { ...of, runFolder: await this.expectRun(of.run) },
      to: { ...to, runFolder: await this.expectRun(to.run) },
    })
  }

  async distortion(request: PictureRequest): Promise<Float32Array | null> {
    return this.library.api.distortion({ ...request, runFolder: await this.expectRun(request.run) })
  }

  async clusters(request: ClusterRequest): Promise<Clustering | null> {
    return this.library.api.clusters({ ...request, runFolder: await this.expectRun(request.run) })
  }

  async splitCluster(request: OneClusterRequest): Promise<Clustering | null> {
    const runFolder = await this.expectRun(request.run)
    return this.library.api.splitCluster({ ...request, runFolder })
  }

  async joinCluster(request: OneClusterRequest): Promise<Clustering | null> {
    const runFolder = await this.expectRun(request.run)
    return this.library.api.joinCluster({ ...request, runFolder })
  }

  async labelPrototypes(request: { run: RunId; epoch: number }): Promise<LabelPrototypes | null> {
    const runFolder = await this.expectRun(request.run)
    return this.library.api.labelPrototypes({ ...request, runFolder })
  }

  async imageMeasure(request: MeasureRequest): Promise<MeasuredImages | null> {
    return this.library.api.imageMeasure({ ...request, ...(await this.placeOf(request)) })
  }

  async forces(request: ForceRequest): Promise<ImageForces | null> {
    return this.library.api.forces({ ...request, ...(await this.placeOf(request)) })
  }

  cancelPictures(): Promise<void> {
    return this.library.api.cancelPictures()
  }

  async neighbours(request: {
    run: RunId
    epoch: number
    image: number
    count: number
  }): Promise<Neighbours> {
    const { run, ...rest } = request
    return this.library.api.neighbours({ runFolder: await this.expectRun(run), ...rest })
  }

  async suspects(request: SuspectsRequest): Promise<SuspectList> {
    return this.library.api.suspects({ ...request, ...(await this.placeOf(request)) })
  }

  async suspectQuality(request: QualityRequest): Promise<SuspectQuality> {
    return this.library.api.suspectQuality({ ...request, ...(await this.placeOf(request)) })
  }

  async pairHistory(request: PairHistoryRequest): Promise<PairHistory> {
    return this.library.api.pairHistory({ ...request, ...(await this.placeOf(request)) })
  }

  async verdictEffect(request: VerdictEffectRequest): Promise<VerdictEffect> {
    const verdicts = this.slot.expect().verdicts()
    const place = await this.placeOf(request)
    return this.library.api.verdictEffect({ ...request, ...place, verdicts })
  }

  async drawAudit(request: AuditRequest): Promise<AuditQuestions> {
    return this.library.api.audit({ ...request, ...(await this.placeOf(request)) })
  }

  auditResult(answers: AuditAnswers): Promise<AuditResult> {
    return Promise.resolve(auditResult(answers))
  }

  async laboratory(request: LaboratoryRequest): Promise<LaboratoryReport> {
    return this.library.api.laboratory({ ...request, ...(await this.placeOf(request)) })
  }

  async temperatureCurve(request: CurveRequest): Promise<TemperatureCurve> {
    return this.library.api.temperatureCurve({ ...request, ...(await this.placeOf(request)) })
  }

  async labelErrors(request: LabelErrorsRequest): Promise<LabelErrorsReport> {
    return this.library.api.labelErrors({ ...request, ...(await this.placeOf(request)) })
  }

  lossPicture(request: LossPictureRequest): Promise<LossPicture> {
    return this.library.api.lossPicture(checkedPicture(request))
  }

  engines(): Promise<EngineSurvey> {
    return this.enginesHere.survey()
  }

  measureEngines({ again }: { again: boolean }): Promise<EngineSurvey> {
    return this.inTurn(async () => {
      // Beside a run, neither would be as fast as it is.
      await this.expectIdle()
      return this.enginesHere.measure({ again })
    })
  }

  async exportRun(request: ExportRequest): Promise<ExportResult> {
    const project = this.slot.expect()
    const { run, model, embeddings } = request
    const runFolder = await this.expectRun(run)
    const folder = request.folder ?? project.exportFolder(run)
    project.checkOutside(folder)
    const { pixelsFolder } = project
    const images = await readRunImages(runFolder)
    return this.library.api.exportRun({
      run,
      runFolder,
      folder,
      model,
      embeddings,
      pixelsFolder,
      images,
    })
  }

  /** The file behind `thumb/<hash>`, `image/<id>` or `export/<run>/<file>`, or null. */
  media(path: string): MediaFile | null {
    const project = this.slot.current
    return project && mediaFileOf(path, project)
  }

  /** The thumbnails behind `thumbs/<hash><hash>…` as one answer, or null. */
  mediaPack(path: string): Promise<Uint8Array> | null {
    const project = this.slot.current
    return project && mediaPackOf(path, (hash) => project.thumbnailOf(hash))
  }

  /** Process ids of the compute processes that run; for tests and for a status line. */
  get pids(): { readonly library: number | null; readonly training: number | null } {
    return { library: this.library.pid, training: this.training.pid }
  }

  /** Stops what is going on, closes the project and ends the processes. Callable twice. */
  dispose(): Promise<void> {
    return this.inTurn(async () => {
      this.series.cancel()
      await this.training.stop(stopPatienceMs)
      await this.slot.close()
      this.training.dispose()
      this.library.dispose()
      this.enginesHere.dispose()
    })
  }

  /** After the change is on the disk, never before. */
  private announceChange(change: LibraryChange | null): LibraryChange | null {
    if (change) this.announcer.announce('library', change)
    return change
  }

  private async train(
    project: Project,
    request: Pick<TrainRequest, 'run' | 'config' | 'images' | 'isContinuation'>,
  ): Promise<void> {
    const { pixelsFolder } = project
    const runFolder = project.runFolder(request.run)
    const nextEngine = await this.enginesHere.nextAfter(request.config.engine)
    this.training.start({
      ...request,
      runFolder,
      pixelsFolder,
      isRecovery: false,
      nextEngine,
    })
  }

  private async startPlanned(planned: PlannedRun, id: string | null): Promise<RunId> {
    const project = this.slot.expect()
    this.series.expectGoing()
    await this.training.expectIdle()
    const run = await nextRunId(project.runsFolder, this.options.now())
    const { fromEpoch, images } = planned
    const config = { ...planned.config, series: seriesOf(planned, id ?? run) }
    const source = project.runFolder(planned.series.of)
    await forkRun(source, { run, runFolder: project.runFolder(run), config, images, fromEpoch })
    await this.train(project, { run, config, images, isContinuation: fromEpoch > 0 })
    return run
  }

  private async endOf(run: RunId): Promise<RunEnd> {
    await this.training.whenIdle()
    const events = await readRunEvents(this.slot.expect().runFolder(run))
    const { phase, message } = events.reduce(foldRun, emptyRun(run))
    return { isDone: phase === 'done', message }
  }

  /** A run that has not done all its epochs has no last ones. */
  private async expectReplayable(
    { run, fromEpoch }: { readonly run: RunId; readonly fromEpoch: number },
    runFolder: string,
  ): Promise<void> {
    const { phase } = await summariseRun(runFolder, run)
    if (phase !== 'done')
      throw new WorkbenchError(
        'bad-request',
        `Run ${run} has not done all its epochs, so that there are no last ones to replay. Let it go on ` +
          'to its end first.',
      )
    if (!(await forkableEpochs(runFolder)).includes(fromEpoch))
      throw new WorkbenchError(
        'bad-request',
        `The state of run ${run} after epoch ${fromEpoch} is not kept. Replay it from the beginning.`,
      )
  }

  private async expectIdle(): Promise<void> {
    this.series.expectIdle()
    await this.training.expectIdle()
  }

  private async placeOf({ run }: { readonly run: RunId }): Promise<RunPlace> {
    const runFolder = await this.expectRun(run)
    return { run, runFolder, pixelsFolder: this.slot.expect().pixelsFolder }
  }

  private async expectRun(run: RunId): Promise<string> {
    const project = this.slot.expect()
    if (!(await listRuns(project.runsFolder)).includes(run))
      throw new WorkbenchError('not-found', `There is no run ${run} in this project.`)
    return join(project.runsFolder, run)
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(work)
    this.queue = result.catch(() => undefined)
    return result
  }
}
