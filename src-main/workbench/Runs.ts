import type { JudgedPair, TrainRequest } from '../contract/compute.ts'
import type { EngineKind } from '../contract/engines.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunCommand, RunId, RunRequest } from '../contract/runs.ts'
import { emptyRun, foldRun } from '../contract/runState.ts'
import type { ReplayChoices, SeriesRequest, SeriesState } from '../contract/series.ts'
import { importRequested } from '../training/importRequested.ts'
import { readLastConfig, readRunEvents } from '../training/runFolder.ts'
import type { Announcer } from './Announcer.ts'
import type { StartCompute } from './compute.ts'
import type { Engines } from './Engines.ts'
import { forkRun } from './forkRun.ts'
import type { InTurn } from './inTurn.ts'
import { judgedPairs } from './judgedPairs.ts'
import { planRequest } from './planRequest.ts'
import { planSeries } from './planSeries.ts'
import type { PlannedRun } from './planSeries.ts'
import type { Project } from './Project.ts'
import type { ProjectSlot } from './ProjectSlot.ts'
import { expectReplayable, replayChoicesOf } from './replay.ts'
import { createRun, nextRunId, readRunImages, summariseRun } from './runFolders.ts'
import type { RunPlaces } from './RunPlaces.ts'
import { Series, seriesOf } from './Series.ts'
import type { RunEnd } from './Series.ts'
import { Training } from './Training.ts'

export interface RunsOptions {
  readonly slot: ProjectSlot
  readonly places: RunPlaces
  readonly engines: Engines
  readonly announcer: Announcer
  readonly start: StartCompute
  readonly now: () => Date
  /** The workbench's own queue: while a run is made, nothing else is opened or begun. */
  readonly inTurn: InTurn
}

/** A step of a large network can take seconds. */
const stopPatienceMs = 15_000

/** Begins runs of the open project, alone or in a series, goes on with them and ends them; one at a time. */
export class Runs {
  private readonly options: RunsOptions
  private readonly training: Training
  private readonly series: Series

  constructor(options: RunsOptions) {
    this.options = options
    const { announcer, start, now, inTurn } = options
    this.training = new Training({
      start,
      now,
      announceRun: (event) => announcer.announce('run', event),
      announceSphere: (frame) => announcer.announce('sphere', frame),
    })
    this.series = new Series({
      start: (planned, id) => inTurn(() => this.beginPlanned(planned, id)),
      ended: (run) => this.endOf(run),
      announce: (state) => announcer.announce('series', state),
    })
  }

  /** Null while none goes on. */
  get activeRun(): RunId | null {
    return this.training.activeRun
  }

  get seriesState(): SeriesState | null {
    return this.series.state
  }

  /** Of the process that trains; null while none does. */
  get pid(): number | null {
    return this.training.pid
  }

  /** Throws `busy` while a run or a series goes on. */
  async expectIdle(): Promise<void> {
    this.series.expectIdle()
    await this.training.expectIdle()
  }

  /** Begins a run. All refusals come before anything is written. */
  async begin(request: RunRequest): Promise<RunId> {
    const { slot, engines, now } = this.options
    const project = slot.expect()
    await this.expectIdle()
    const images = project.trainingImages()
    const engine = await engines.choose(request.engine)
    const imported = await importRequested(request)
    const freeBytes = process.availableMemory()
    const network = imported?.network
    const config = planRequest(request, engine, { images, imported: network, freeBytes })
    const run = await nextRunId(project.runsFolder, now())
    await createRun(project.runFolder(run), { config, images, imported })
    await this.train(project, { run, config, images, isContinuation: false })
    return run
  }

  /**
   * Goes on from the last checkpoint of a run.
   *
   * @param engine another one than it had
   */
  async goOn(run: RunId, engine: EngineKind | undefined): Promise<void> {
    const { slot, places, engines } = this.options
    const project = slot.expect()
    const runFolder = await places.folderOf(run)
    await this.expectIdle()
    const { phase } = await summariseRun(runFolder, run)
    if (phase === 'done')
      throw new WorkbenchError(
        'bad-request',
        `Run ${run} has done all its epochs. Start another one to train longer.`,
      )
    const last = await readLastConfig(runFolder)
    const config = { ...last, engine: await engines.choose(engine ?? last.engine) }
    const stored = await readRunImages(runFolder)
    // Images and labels stay as the run first saw them, but who reviews and goes on wants to see it.
    const images = { ...stored, verdicts: this.judgedAmong(stored.ids) }
    await this.train(project, { run, config, images, isContinuation: true })
  }

  command(run: RunId, command: RunCommand): Promise<void> {
    return this.training.command(run, command)
  }

  /** Resolves when the first run has begun, with the name of the series. */
  async beginSeries(request: SeriesRequest): Promise<string> {
    const sourceFolder = await this.options.places.folderOf(request.run)
    await this.expectIdle()
    const images = await readRunImages(sourceFolder)
    const planned = planSeries(request, {
      config: await readLastConfig(sourceFolder),
      images,
      verdicts: this.judgedAmong(images.ids),
      freeBytes: process.availableMemory(),
    })
    if (request.kind === 'replay') await expectReplayable(request, sourceFolder)
    return this.series.begin(planned)
  }

  async replayChoices(run: RunId): Promise<ReplayChoices> {
    const runFolder = await this.options.places.folderOf(run)
    const { ids } = await readRunImages(runFolder)
    return replayChoicesOf(run, runFolder, this.judgedAmong(ids))
  }

  /** Ends the run that goes on; those of its series that have not begun never do. */
  async stop(): Promise<void> {
    this.series.cancel()
    await this.training.stop(stopPatienceMs)
  }

  /** Callable twice. */
  dispose(): void {
    this.training.dispose()
  }

  /** The verdicts of the project, as places among the images of a run. */
  private judgedAmong(ids: Int32Array): readonly JudgedPair[] {
    return judgedPairs(this.options.slot.expect().verdicts(), ids)
  }

  private async train(
    project: Project,
    request: Pick<TrainRequest, 'run' | 'config' | 'images' | 'isContinuation'>,
  ): Promise<void> {
    this.training.start({
      ...request,
      runFolder: project.runFolder(request.run),
      pixelsFolder: project.pixelsFolder,
      isRecovery: false,
      nextEngine: await this.options.engines.nextAfter(request.config.engine),
    })
  }

  private async beginPlanned(planned: PlannedRun, id: string | null): Promise<RunId> {
    const project = this.options.slot.expect()
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
    const events = await readRunEvents(this.options.slot.expect().runFolder(run))
    const { phase, message } = events.reduce(foldRun, emptyRun(run))
    return { isDone: phase === 'done', message }
  }
}
