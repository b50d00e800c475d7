import { join, resolve } from 'node:path'
import type { Hello } from '../contract/api.ts'
import type { TrainingImages } from '../contract/compute.ts'
import { engineKinds } from '../contract/engines.ts'
import type { EngineKind, EngineReport } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { ExportRequest, ExportResult } from '../contract/exports.ts'
import type { ImageTable, SkippedFile } from '../contract/images.ts'
import type { FolderListing, ProjectInfo } from '../contract/project.ts'
import type { ServedWorkbench, WorkbenchListener } from '../contract/rpc.ts'
import type { RunCommand, RunEvent, RunId, RunRequest } from '../contract/runs.ts'
import type { RunSummary } from '../contract/runState.ts'
import type { Neighbours, SphereFrame } from '../contract/sphere.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { hasImageName } from '../data/decode.ts'
import { readRunConfig, readRunEvents } from '../training/runFolder.ts'
import { settingsCatalogue } from '../training/settings.ts'
import { Announcer } from './Announcer.ts'
import { expectFolder, holdsImage, listFolder } from './browse.ts'
import type { StartCompute } from './compute.ts'
import { Project } from './Project.ts'
import { LazyCompute } from './LazyCompute.ts'
import { mediaFileOf } from './media.ts'
import type { MediaFile } from './media.ts'
import { planRequest } from './planRequest.ts'
import { checkApart, defaultProjectFolder, readRecent, rememberRecent } from './projectFolders.ts'
import { createRun, listRuns, nextRunId, readRunImages, summariseRun } from './runFolders.ts'
import { Scan } from './Scan.ts'
import { Training } from './Training.ts'

export interface WorkbenchOptions {
  readonly host: Hello['host']
  readonly version: string
  /** The person's home folder; projects that were given no folder go to `Antipode` in it. */
  readonly home: string
  readonly sampleFolder: string
  readonly startCompute: StartCompute
  /** Asks with a system dialog. */
  readonly chooseFolder?: (() => Promise<string | null>) | undefined
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
  private readonly training: Training
  private project: Project | null = null
  private scan: Scan | null = null
  private engineReports: Promise<readonly EngineReport[]> | null = null
  /** Work that changes what is open or going on is done one after the other. */
  private queue: Promise<unknown> = Promise.resolve()

  constructor(options: WorkbenchOptions) {
    this.options = options
    const { startCompute: start, now } = options
    this.library = new LazyCompute(start, {
      scanned: async (batch) => Promise.resolve(this.scan?.take(batch)),
      run: () => undefined,
      sphere: () => undefined,
    })
    this.training = new Training({
      start,
      now,
      announceRun: (event) => this.announcer.announce('run', event),
      announceSphere: (frame) => this.announcer.announce('sphere', frame),
    })
  }

  listen(listener: WorkbenchListener): () => void {
    return this.announcer.listen(listener)
  }

  async hello(): Promise<Hello> {
    return {
      version: this.options.version,
      host: this.options.host,
      project: this.project?.info() ?? null,
      catalogue: { losses: lossCatalogue, settings: settingsCatalogue },
      recent: await readRecent(this.options.home),
      activeRun: this.training.activeRun,
    }
  }

  openFolder(request: { folder: string; project?: string | undefined }): Promise<ProjectInfo> {
    return this.inTurn(async () => {
      const folder = await expectFolder(request.folder)
      const isProject = Project.isProject(folder)
      const projectFolder = isProject
        ? folder
        : (request.project ?? defaultProjectFolder(this.options.home, folder))
      if (!isProject) {
        checkApart(projectFolder, folder)
        await expectImages(folder)
      }
      await this.training.expectIdle()
      const project = await this.opened(projectFolder, isProject ? null : folder)
      const info = project.info()
      const { folder: ownFolder, source } = project
      await rememberRecent(this.options.home, {
        folder: source,
        project: ownFolder,
        name: info.name,
      })
      this.announcer.announce('project', info)
      this.startScan(project)
      return info
    })
  }

  openSample(): Promise<ProjectInfo> {
    return this.openFolder({ folder: this.options.sampleFolder })
  }

  closeProject(): Promise<void> {
    return this.inTurn(async () => {
      await this.training.stop(stopPatienceMs)
      await this.close()
      this.announcer.announce('project', null)
    })
  }

  async cancelScan(): Promise<void> {
    await this.scan?.cancel()
  }

  async chooseFolder(): Promise<string | null> {
    return (await this.options.chooseFolder?.()) ?? null
  }

  browseFolder({ folder }: { folder: string | null }): Promise<FolderListing> {
    return listFolder(folder ?? this.options.home, hasImageName)
  }

  async images(): Promise<ImageTable> {
    return Promise.resolve(this.expectProject().images())
  }

  async skipped(): Promise<readonly SkippedFile[]> {
    return Promise.resolve(this.expectProject().skipped())
  }

  startRun(request: RunRequest): Promise<RunId> {
    return this.inTurn(async () => {
      const project = this.expectProject()
      await this.training.expectIdle()
      const images = project.trainingImages()
      const engine = await this.engineFor(request.engine)
      // All refusals come before anything is written.
      const config = planRequest(request, engine, images)
      const run = await nextRunId(project.runsFolder, this.options.now())
      await createRun(project.runFolder(run), config, images)
      this.train(project, { run, config, images, isContinuation: false })
      return run
    })
  }

  continueRun({ run }: { run: RunId }): Promise<void> {
    return this.inTurn(async () => {
      const project = this.expectProject()
      const runFolder = await this.expectRun(run)
      await this.training.expectIdle()
      const { phase } = await summariseRun(runFolder, run)
      if (phase === 'done')
        throw new WorkbenchError(
          'bad-request',
          `Run ${run} has done all its epochs. Start another one to train longer.`,
        )
      const config = await readRunConfig(runFolder)
      await this.engineFor(config.engine)
      const images = await readRunImages(runFolder)
      this.train(project, { run, config, images, isContinuation: true })
    })
  }

  commandRun({ run, command }: { run: RunId; command: RunCommand }): Promise<void> {
    return this.training.command(run, command)
  }

  async runs(): Promise<readonly RunSummary[]> {
    const project = this.expectProject()
    const ids = await listRuns(project.runsFolder)
    return Promise.all(ids.map((run) => summariseRun(project.runFolder(run), run)))
  }

  async runEvents({ run }: { run: RunId }): Promise<readonly RunEvent[]> {
    return readRunEvents(await this.expectRun(run))
  }

  async sphere({ run, epoch }: { run: RunId; epoch: number }): Promise<SphereFrame | null> {
    return this.library.api.sphere({ runFolder: await this.expectRun(run), run, epoch })
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

  engines(): Promise<readonly EngineReport[]> {
    // What a machine can do does not change while the program runs; a failed look is repeated.
    this.engineReports ??= this.library.api.engines().catch((error: unknown) => {
      this.engineReports = null
      throw error
    })
    return this.engineReports
  }

  async exportRun(request: ExportRequest): Promise<ExportResult> {
    const project = this.expectProject()
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
    return this.project && mediaFileOf(path, this.project)
  }

  /** Process ids of the compute processes that run; for tests and for a status line. */
  get pids(): { readonly library: number | null; readonly training: number | null } {
    return { library: this.library.pid, training: this.training.pid }
  }

  /** Stops what is going on, closes the project and ends the processes. Callable twice. */
  dispose(): Promise<void> {
    return this.inTurn(async () => {
      await this.training.stop(stopPatienceMs)
      await this.close()
      this.training.dispose()
      this.library.dispose()
    })
  }

  /** The project in that folder; the one that is open now is closed only if the other can be opened. */
  private async opened(projectFolder: string, source: string | null): Promise<Project> {
    if (this.project?.isAt(projectFolder, source ?? this.project.source)) {
      await this.scan?.cancel()
      return this.project
    }
    if (this.project?.folder === resolve(projectFolder)) await this.close()
    const project = Project.open(projectFolder, source)
    await project.endInterruptedRuns(this.options.now().toISOString())
    await this.close()
    this.project = project
    return project
  }

  private startScan(project: Project): void {
    this.scan = new Scan({
      compute: this.library.api,
      target: project,
      announce: (event) => this.announcer.announce('scan', event),
      now: this.options.now,
    })
  }

  private train(
    project: Project,
    request: {
      readonly run: RunId
      readonly config: Awaited<ReturnType<typeof readRunConfig>>
      readonly images: TrainingImages
      readonly isContinuation: boolean
    },
  ): void {
    const { pixelsFolder } = project
    this.training.start({ ...request, runFolder: project.runFolder(request.run), pixelsFolder })
  }

  /** The engine that is asked for, or the best one that runs here. Throws `no-engine`. */
  private async engineFor(engine: RunRequest['engine']): Promise<EngineKind> {
    const reports = await this.engines()
    const isAvailable = (kind: EngineKind): boolean =>
      reports.some((report) => report.kind === kind && report.available)
    if (engine === 'auto') {
      const best = engineKinds.find(isAvailable)
      if (best) return best
      throw new WorkbenchError(
        'no-engine',
        `No engine runs here: ${reports.map(({ kind, reason }) => `${kind}: ${reason}`).join(' ')}`,
      )
    }
    if (engine === 'cpu' || isAvailable(engine)) return engine
    const reason = reports.find(({ kind }) => kind === engine)?.reason ?? ''
    throw new WorkbenchError(
      'no-engine',
      `The engine ${engine} does not run here. ${reason}`.trim(),
    )
  }

  private async close(): Promise<void> {
    await this.scan?.cancel()
    this.scan = null
    this.project?.dispose()
    this.project = null
  }

  private expectProject(): Project {
    if (this.project) return this.project
    throw new WorkbenchError('not-found', 'No project is open. Open a folder of images first.')
  }

  private async expectRun(run: RunId): Promise<string> {
    const project = this.expectProject()
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

async function expectImages(folder: string): Promise<void> {
  if (await holdsImage(folder, hasImageName)) return
  throw new WorkbenchError(
    'bad-request',
    `There is no image in ${folder}. Choose a folder that holds images, or folders of images.`,
  )
}
