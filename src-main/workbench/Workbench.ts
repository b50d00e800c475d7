import type { Hello, WorkbenchApi } from '../contract/api.ts'
import type { LibraryChange } from '../contract/journal.ts'
import type { QualityReport } from '../contract/quality.ts'
import type { ServedWorkbench, WorkbenchListener } from '../contract/rpc.ts'
import { auditResult } from '../analysis/suspects/audit.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { minerCatalogue } from '../losses/miners/catalogue.ts'
import { hasImageName } from '../data/imageNames.ts'
import { readRunEvents } from '../training/runFolder.ts'
import { combinationRules } from '../training/rules.ts'
import { settingsCatalogue } from '../training/settings.ts'
import { Announcer } from './Announcer.ts'
import { listFolder } from './browse.ts'
import { checkedPicture } from './checkedPicture.ts'
import { deafListener } from './compute.ts'
import type { StartCompute } from './compute.ts'
import { Engines } from './Engines.ts'
import { queueOfWork } from './inTurn.ts'
import { LabelExports } from './LabelExports.ts'
import { LazyCompute } from './LazyCompute.ts'
import { mediaFileOf } from './media.ts'
import type { MediaFile } from './media.ts'
import { mediaPackOf } from './mediaPack.ts'
import type { Project } from './Project.ts'
import { homeFolders, readRecent } from './projectFolders.ts'
import { ProjectSlot } from './ProjectSlot.ts'
import { readRunImages } from './runFolders.ts'
import { RunPlaces } from './RunPlaces.ts'
import { Runs } from './Runs.ts'
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

/**
 * All that a window may ask for, over one open project, one process that reads and measures and one
 * that trains. Composition only: it decides who does what, and in which order. What each method gives
 * is said in the contract.
 */
export class Workbench implements ServedWorkbench {
  private readonly options: WorkbenchOptions
  private readonly announcer = new Announcer()
  private readonly compute: LazyCompute
  private readonly slot: ProjectSlot
  private readonly places: RunPlaces
  private readonly runsHere: Runs
  private readonly enginesHere: Engines
  private readonly labelExports: LabelExports
  /** Work that changes what is open or going on is done one after the other. */
  private readonly inTurn = queueOfWork()

  constructor(options: WorkbenchOptions) {
    this.options = options
    const { announcer, inTurn } = this
    const { startCompute: start, now, home } = options
    this.compute = new LazyCompute(start, 'answers', {
      ...deafListener,
      scanned: async (batch) => Promise.resolve(this.slot.take(batch)),
      quality: (progress) => announcer.announce('quality', progress),
      picture: (progress) => announcer.announce('picture', progress),
    })
    const slot = new ProjectSlot({ now, home, announcer, compute: () => this.compute.api })
    const places = new RunPlaces(slot)
    const engines = new Engines({
      start,
      now,
      recordPath: homeFolders.engines(home),
      announce: (event) => announcer.announce('engines', event),
    })
    this.slot = slot
    this.places = places
    this.enginesHere = engines
    this.runsHere = new Runs({ slot, places, engines, announcer, start, now, inTurn })
    this.labelExports = new LabelExports((progress) => announcer.announce('labelExport', progress))
  }

  listen(listener: WorkbenchListener): () => void {
    return this.announcer.listen(listener)
  }

  async hello(): Promise<Hello> {
    const { version, host, home } = this.options
    // Read first: all that follows is then as it is when the answer leaves.
    const recent = await readRecent(home)
    return {
      version,
      host,
      project: this.slot.current?.info() ?? null,
      catalogue: {
        losses: lossCatalogue,
        miners: minerCatalogue,
        settings: settingsCatalogue,
        rules: combinationRules,
      },
      recent,
      activeRun: this.runsHere.activeRun,
      series: this.runsHere.seriesState,
    }
  }

  // The project and its folders.

  readonly openFolder: WorkbenchApi['openFolder'] = (request) =>
    this.inTurn(async () => {
      await this.runsHere.expectIdle()
      return this.slot.open(request)
    })

  readonly openSample: WorkbenchApi['openSample'] = () =>
    this.openFolder({ folder: this.options.sampleFolder })

  readonly addToProject: WorkbenchApi['addToProject'] = ({ paths, label }) =>
    this.inTurn(() => this.slot.add(paths, label))

  readonly removeSource: WorkbenchApi['removeSource'] = ({ folder }) =>
    this.inTurn(() => this.slot.remove(folder))

  readonly closeProject: WorkbenchApi['closeProject'] = () =>
    this.inTurn(async () => {
      await this.runsHere.stop()
      await this.slot.close()
      this.announcer.announce('project', null)
    })

  readonly rescan: WorkbenchApi['rescan'] = () => this.inTurn(() => this.slot.rescan())

  readonly cancelScan: WorkbenchApi['cancelScan'] = () => this.slot.cancelScan()

  readonly folderChanges: WorkbenchApi['folderChanges'] = () =>
    Promise.resolve(this.slot.folderChanges())

  readonly chooseFolder: WorkbenchApi['chooseFolder'] = async () =>
    (await this.options.chooseFolder?.()) ?? null

  readonly browseFolder: WorkbenchApi['browseFolder'] = ({ folder }) =>
    listFolder(folder ?? this.options.home, hasImageName)

  // Images, and what is said of them.

  readonly images: WorkbenchApi['images'] = () => this.ask((project) => project.images())

  readonly skipped: WorkbenchApi['skipped'] = () => this.ask((project) => project.skipped())

  readonly imageDetails: WorkbenchApi['imageDetails'] = async ({ image }) => {
    const { path, ...known } = this.slot.expect().imageFile(image)
    return { ...known, ...(await this.compute.api.pictureFacts({ path })) }
  }

  readonly revealImage: WorkbenchApi['revealImage'] = ({ image }) =>
    this.ask((project) => {
      const { path } = project.imageFile(image)
      const { showInFolder } = this.options
      showInFolder?.(path)
      return { path, isShown: showInFolder !== undefined }
    })

  readonly changeLibrary: WorkbenchApi['changeLibrary'] = (command) =>
    this.change((project) => project.run(command))

  readonly undo: WorkbenchApi['undo'] = () => this.change((project) => project.undo())

  readonly redo: WorkbenchApi['redo'] = () => this.change((project) => project.redo())

  readonly journalState: WorkbenchApi['journalState'] = () =>
    this.ask((project) => project.journalState())

  readonly journal: WorkbenchApi['journal'] = ({ count }) =>
    this.ask((project) => project.journalEntries(count))

  readonly checkLabelTable: WorkbenchApi['checkLabelTable'] = ({ text }) =>
    this.ask((project) => project.readLabelTable(text).report)

  readonly applyLabelTable: WorkbenchApi['applyLabelTable'] = (request) =>
    this.change((project) => project.applyLabelTable(request))

  readonly exportLabels: WorkbenchApi['exportLabels'] = (request) =>
    this.ask((project) => this.labelExports.write(project, request))

  readonly cancelLabelExport: WorkbenchApi['cancelLabelExport'] = () =>
    Promise.resolve(this.labelExports.cancel())

  readonly verdicts: WorkbenchApi['verdicts'] = () => this.ask((project) => project.verdicts())

  readonly verdictTable: WorkbenchApi['verdictTable'] = () =>
    this.ask((project) => verdictTable(project.verdicts(), project.images()))

  readonly checkVerdictTable: WorkbenchApi['checkVerdictTable'] = (request) =>
    this.ask((project) => project.readVerdictTable(request).report)

  readonly applyVerdictTable: WorkbenchApi['applyVerdictTable'] = (request) =>
    this.change((project) => {
      const { command } = project.readVerdictTable(request)
      return command && project.run(command)
    })

  async checkQuality(): Promise<QualityReport | null> {
    const project = this.slot.expect()
    const { thumbnailsFolder } = project
    const hashes = project.unmeasured()
    if (hashes.length > 0) {
      const looks = await this.compute.api.looks({ thumbnailsFolder, hashes })
      if (!looks || this.slot.current !== project) return null
      project.addLooks(looks)
    }
    return project.qualityReport()
  }

  readonly cancelQuality: WorkbenchApi['cancelQuality'] = async () => this.compute.api.cancelLooks()

  // Engines and runs.

  readonly engines: WorkbenchApi['engines'] = () => this.enginesHere.survey()

  readonly measureEngines: WorkbenchApi['measureEngines'] = ({ again }) =>
    this.inTurn(async () => {
      // Beside a run, neither would be as fast as it is.
      await this.runsHere.expectIdle()
      return this.enginesHere.measure({ again })
    })

  readonly startRun: WorkbenchApi['startRun'] = (request) =>
    this.inTurn(() => this.runsHere.begin(request))

  readonly continueRun: WorkbenchApi['continueRun'] = ({ run, engine }) =>
    this.inTurn(() => this.runsHere.goOn(run, engine))

  readonly commandRun: WorkbenchApi['commandRun'] = ({ run, command }) =>
    this.runsHere.command(run, command)

  readonly startSeries: WorkbenchApi['startSeries'] = (request) =>
    this.runsHere.beginSeries(request)

  readonly stopSeries: WorkbenchApi['stopSeries'] = () => this.inTurn(() => this.runsHere.stop())

  readonly replayChoices: WorkbenchApi['replayChoices'] = ({ run }) =>
    this.runsHere.replayChoices(run)

  readonly runs: WorkbenchApi['runs'] = () => this.places.summaries()

  readonly runEvents: WorkbenchApi['runEvents'] = async ({ run }) =>
    readRunEvents(await this.places.folderOf(run))

  readonly exportRun: WorkbenchApi['exportRun'] = async (request) => {
    const project = this.slot.expect()
    const place = await this.places.of(request)
    const folder = request.folder ?? project.exportFolder(request.run)
    project.checkOutside(folder)
    const images = await readRunImages(place.runFolder)
    return this.compute.api.exportRun({ ...place, folder, images })
  }

  // What an epoch looks like.

  readonly sphere: WorkbenchApi['sphere'] = async (request) =>
    this.compute.api.sphere(await this.places.of(request))

  readonly turn: WorkbenchApi['turn'] = async ({ of, to }) =>
    this.compute.api.turn({ of: await this.places.of(of), to: await this.places.of(to) })

  readonly distortion: WorkbenchApi['distortion'] = async (request) =>
    this.compute.api.distortion(await this.places.of(request))

  readonly clusters: WorkbenchApi['clusters'] = async (request) =>
    this.compute.api.clusters(await this.places.of(request))

  readonly splitCluster: WorkbenchApi['splitCluster'] = async (request) =>
    this.compute.api.splitCluster(await this.places.of(request))

  readonly joinCluster: WorkbenchApi['joinCluster'] = async (request) =>
    this.compute.api.joinCluster(await this.places.of(request))

  readonly labelPrototypes: WorkbenchApi['labelPrototypes'] = async (request) =>
    this.compute.api.labelPrototypes(await this.places.of(request))

  readonly imageMeasure: WorkbenchApi['imageMeasure'] = async (request) =>
    this.compute.api.imageMeasure(await this.places.of(request))

  readonly forces: WorkbenchApi['forces'] = async (request) =>
    this.compute.api.forces(await this.places.of(request))

  readonly neighbours: WorkbenchApi['neighbours'] = async (request) =>
    this.compute.api.neighbours(await this.places.of(request))

  readonly cancelPictures: WorkbenchApi['cancelPictures'] = async () =>
    this.compute.api.cancelPictures()

  readonly runDeltas: WorkbenchApi['runDeltas'] = async ({ left, right }) =>
    this.compute.api.runDeltas({
      left: await this.places.of(left),
      right: await this.places.of(right),
    })

  // Which pairs and labels are doubtful, and what the temperature does to them.

  readonly suspects: WorkbenchApi['suspects'] = async (request) =>
    this.compute.api.suspects(await this.places.of(request))

  readonly suspectQuality: WorkbenchApi['suspectQuality'] = async (request) =>
    this.compute.api.suspectQuality(await this.places.of(request))

  readonly pairHistory: WorkbenchApi['pairHistory'] = async (request) =>
    this.compute.api.pairHistory(await this.places.of(request))

  readonly groupHistory: WorkbenchApi['groupHistory'] = async (request) =>
    this.compute.api.groupHistory(await this.places.of(request))

  readonly verdictEffect: WorkbenchApi['verdictEffect'] = async (request) => {
    const verdicts = this.slot.expect().verdicts()
    return this.compute.api.verdictEffect({ ...(await this.places.of(request)), verdicts })
  }

  readonly drawAudit: WorkbenchApi['drawAudit'] = async (request) =>
    this.compute.api.audit(await this.places.of(request))

  readonly auditResult: WorkbenchApi['auditResult'] = (answers) =>
    Promise.resolve(auditResult(answers))

  readonly labelErrors: WorkbenchApi['labelErrors'] = async (request) =>
    this.compute.api.labelErrors(await this.places.of(request))

  readonly laboratory: WorkbenchApi['laboratory'] = async (request) =>
    this.compute.api.laboratory(await this.places.of(request))

  readonly temperatureCurve: WorkbenchApi['temperatureCurve'] = async (request) =>
    this.compute.api.temperatureCurve(await this.places.of(request))

  readonly lossPicture: WorkbenchApi['lossPicture'] = async (request) =>
    this.compute.api.lossPicture(checkedPicture(request))

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
    return { library: this.compute.pid, training: this.runsHere.pid }
  }

  /** Stops what is going on, closes the project and ends the processes. Callable twice. */
  dispose(): Promise<void> {
    return this.inTurn(async () => {
      await this.runsHere.stop()
      await this.slot.close()
      this.runsHere.dispose()
      this.compute.dispose()
      this.enginesHere.dispose()
    })
  }

  /** What the open project says; what it throws rejects. */
  private async ask<Answer>(question: (project: Project) => Answer): Promise<Awaited<Answer>> {
    return await question(this.slot.expect())
  }

  /** A change is announced when it is on the disk, never before. */
  private async change(
    make: (project: Project) => LibraryChange | null,
  ): Promise<LibraryChange | null> {
    const change = make(this.slot.expect())
    if (change) this.announcer.announce('library', change)
    return Promise.resolve(change)
  }
}
