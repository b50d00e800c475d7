import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { KnownStamps, ScanBatch, TrainingImages } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { ContentHash, ImageId, ImageTable, SkippedFile } from '../contract/images.ts'
import type {
  JournalEntry,
  JournalState,
  LibraryChange,
  LibraryCommand,
  Verdict,
} from '../contract/journal.ts'
import type { ProjectInfo } from '../contract/project.ts'
import type { Looks, QualityReport } from '../contract/quality.ts'
import type { RunId } from '../contract/runs.ts'
import type { VerdictTableRequest } from '../contract/verdictFiles.ts'
import { ProjectStore } from '../data/projectStore.ts'
import type { KnownFiles, Source, StoredScan } from '../data/projectStore.ts'
import { nearDuplicates } from '../data/quality/nearDuplicates.ts'
import { qualityLimits, qualityReport } from '../data/quality/qualityReport.ts'
import { findThumbnail } from '../data/thumbnailPath.ts'
import type { MediaSource } from './media.ts'
import type { LabelledImages } from './labelExport.ts'
import { readLabelTable } from './labelTable.ts'
import type { ReadLabelTable } from './labelTable.ts'
import { checkApart, isInside } from './projectFolders.ts'
import { endRun, listRuns } from './runFolders.ts'
import { judgedPairs } from './judgedPairs.ts'
import type { ScanTarget } from './Scan.ts'
import { readVerdictTable } from './verdictTable.ts'
import type { ReadVerdicts } from './verdictTable.ts'

/** An open project: its store, and where its parts lie. Holds the project's lock until it is disposed. */
export class Project implements MediaSource, ScanTarget {
  readonly folder: string
  /** The folder of images that it is named after: the first one. */
  readonly source: string
  private readonly store: ProjectStore
  private scan: StoredScan | null = null

  private constructor(folder: string, source: string, store: ProjectStore) {
    this.folder = folder
    this.source = source
    this.store = store
  }

  /** Whether a folder is a project's. */
  static isProject(folder: string): boolean {
    return existsSync(join(folder, 'project.db'))
  }

  /**
   * Opens the project in a folder, or makes one.
   *
   * @param source folder of images; null for the first one that the project knows
   * @param now only for the times in the journal
   * @throws WorkbenchError `busy`, `newer-version`, `io` or `bad-request`; nothing is then changed
   */
  static open(folder: string, source: string | null, now: () => Date): Project {
    const path = resolve(folder)
    const store = openStore(path, now)
    const known = store.sources()
    if (source !== null && !known.some(({ folder: one }) => one === source))
      store.addSource({ folder: source, files: null }, null)
    const images = known[0]?.folder ?? source
    if (images !== null) return new Project(path, images, store)
    store.close()
    throw new WorkbenchError(
      'bad-request',
      `The project ${path} has no folder of images yet. Open the folder of images instead.`,
    )
  }

  get thumbnailsFolder(): string {
    return join(this.folder, 'thumbnails')
  }

  /** Cached pixels, shared by all runs. */
  get pixelsFolder(): string {
    return join(this.folder, 'pixels')
  }

  get runsFolder(): string {
    return join(this.folder, 'runs')
  }

  runFolder(run: RunId): string {
    return join(this.runsFolder, run)
  }

  exportFolder(run: RunId): string {
    return join(this.folder, 'exports', run)
  }

  isAt(folder: string): boolean {
    return this.folder === resolve(folder)
  }

  info(): ProjectInfo {
    return {
      folder: this.folder,
      name: basename(this.source),
      sources: this.sources().map(({ folder }) => folder),
      ...this.store.counts(),
    }
  }

  sources(): readonly Source[] {
    return this.store.sources()
  }

  knownFiles({ folder }: Source): KnownFiles {
    return this.store.knownFiles(folder)
  }

  /**
   * Takes folders and files into the project; a scan then reads them. Images that are in it already
   * get the label at once, as a step that can be undone.
   */
  add(sources: readonly Source[], label: string | null): LibraryChange | null {
    for (const source of sources) {
      checkApart(this.folder, source.folder)
      if (!this.covers(source)) this.store.addSource(source, label)
    }
    const paths = sources.flatMap(({ folder, files }) =>
      files ? files.map((file) => join(folder, file)) : [folder],
    )
    const known = Int32Array.from(paths.flatMap((path) => [...this.store.imagesAt(path)]))
    if (label === null || known.length === 0) return null
    const row = this.store.images().labelRows.find(({ name }) => name === label)
    return this.store.journal.run(
      row
        ? { kind: 'label', images: known, label: row.id }
        : { kind: 'createLabel', name: label, parent: null, images: known },
    )
  }

  /** Takes a folder out. @throws WorkbenchError `bad-request` for the last one */
  remove(folder: string): void {
    const folders = this.store.sources().map((source) => source.folder)
    if (!folders.includes(folder))
      throw new WorkbenchError('not-found', `${folder} is no folder of this project.`)
    if (folders.length === 1)
      throw new WorkbenchError(
        'bad-request',
        `${folder} is the only folder of this project. Open another folder instead.`,
      )
    this.store.removeSource(folder)
  }

  /** Whether a whole folder that is read already holds all of a source. */
  private covers({ folder }: Source): boolean {
    return this.store
      .sources()
      .some((known) => known.files === null && isInside(folder, known.folder))
  }

  images(): ImageTable {
    return this.store.images()
  }

  /**
   * @returns absolute path, size and history
   * @throws WorkbenchError `not-found` for an image that the project does not have
   */
  imageFile(id: ImageId): {
    readonly path: string
    readonly sizeBytes: number
    readonly history: readonly JournalEntry[]
  } {
    const path = this.store.pathOf(id)
    if (path === null)
      throw new WorkbenchError('not-found', `The image ${id} is no longer in the project.`)
    return { path, sizeBytes: this.store.sizeOf(id), history: this.store.journal.entriesOf(id) }
  }

  skipped(): readonly SkippedFile[] {
    return this.store.skipped()
  }

  /** Images and labels as they are now, without those that a person excluded or threw away. */
  trainingImages(): TrainingImages {
    const { ids, hashes, labels, labelRows, excluded, trashed, splits } = this.store.images()
    const paths = this.store.absolutePaths()
    const kept = [...ids.keys()].filter((i) => !excluded[i] && !trashed[i])
    const keptIds = Int32Array.from(kept, (i) => ids[i] ?? 0)
    return {
      ids: keptIds,
      hashes: kept.map((i) => hashes[i] ?? ''),
      labels: Int32Array.from(kept, (i) => labels[i] ?? -1),
      labelNames: labelRows.map(({ name }) => name),
      labelParents: labelRows.map(({ parent }) => parent),
      verdicts: judgedPairs(this.store.verdicts(), keptIds),
      paths: kept.map((i) => paths[i] ?? ''),
      splits: Uint8Array.from(kept, (i) => splits[i] ?? 0),
      twins: this.twinsOf(kept.map((i) => hashes[i] ?? '')),
    }
  }

  /** The first of the near duplicates that an image belongs to, by its hash; its own otherwise. */
  private twinsOf(hashes: readonly ContentHash[]): readonly ContentHash[] {
    const looks = this.store.looks()
    const isPlain = (place: number) => (looks.entropy[place] ?? 0) < qualityLimits.plain
    const firstOf = new Map<ContentHash, ContentHash>()
    for (const group of nearDuplicates(looks, (place) => !isPlain(place)))
      for (const place of group)
        firstOf.set(looks.hashes[place] ?? '', looks.hashes[group[0] ?? 0] ?? '')
    return hashes.map((hash) => firstOf.get(hash) ?? hash)
  }

  /** Null when all is so already. @throws WorkbenchError as `Journal.run` */
  run(command: LibraryCommand): LibraryChange | null {
    return this.store.journal.run(command)
  }

  /** Images whose looks are not known yet. */
  unmeasured(): readonly ContentHash[] {
    return this.store.unmeasured()
  }

  addLooks(looks: Looks): void {
    this.store.addLooks(looks)
  }

  qualityReport(): QualityReport {
    return qualityReport(this.store.images(), this.store.looks())
  }

  labelledImages(): LabelledImages {
    return { table: this.store.images(), paths: this.store.absolutePaths() }
  }

  /** @throws WorkbenchError as the function of this name */
  readLabelTable(text: string): ReadLabelTable {
    return readLabelTable(text, this.store.images(), this.store.absolutePaths())
  }

  /** @param request.name of the table, for the undo button */
  applyLabelTable({ text, name }: { text: string; name: string }): LibraryChange | null {
    const { report, commandsOf } = this.readLabelTable(text)
    const title = `Take ${report.changed.toLocaleString('en')} labels from ${name}`
    return this.run({ kind: 'together', title, commands: commandsOf(this.store.images()) })
  }

  undo(): LibraryChange | null {
    return this.store.journal.undo()
  }

  redo(): LibraryChange | null {
    return this.store.journal.redo()
  }

  journalState(): JournalState {
    return this.store.journal.state()
  }

  journalEntries(count: number): readonly JournalEntry[] {
    return this.store.journal.entries(count)
  }

  verdicts(): readonly Verdict[] {
    return this.store.verdicts()
  }

  /** @throws WorkbenchError as the function of this name */
  readVerdictTable({ text, isReplacing }: VerdictTableRequest): ReadVerdicts {
    return readVerdictTable(text, this.store.images(), this.store.verdicts(), isReplacing)
  }

  beginScan({ folder }: Source): KnownStamps {
    this.scan = this.store.beginScan(folder)
    return this.scan.known()
  }

  commit(batch: ScanBatch): void {
    this.scan?.add(batch)
  }

  finishScan(): void {
    this.scan?.finish()
    this.scan = null
  }

  /** Throws `bad-request` for a folder in which nothing may be written: one of images. */
  checkOutside(folder: string): void {
    for (const source of this.store.sources()) checkApart(folder, source.folder)
  }

  /**
   * Ends the runs of a program that ended before they did.
   *
   * @param at ISO 8601
   */
  async endInterruptedRuns(at: string): Promise<void> {
    const message = 'Antipode ended while this run was going on.'
    const end = { reason: 'interrupted', message, at } as const
    // A run whose log is damaged stays as it is, and is shown so.
    for (const run of await listRuns(this.runsFolder))
      await endRun(this.runFolder(run), run, end).catch(() => undefined)
  }

  thumbnailOf(hash: string): string {
    return findThumbnail(this.thumbnailsFolder, hash)
  }

  imageOf(id: ImageId): string | null {
    return this.store.pathOf(id)
  }

  exportFolderOf(run: RunId): string {
    return this.exportFolder(run)
  }

  /** Callable twice. */
  dispose(): void {
    this.store.close()
  }
}

function openStore(folder: string, now: () => Date): ProjectStore {
  try {
    return ProjectStore.open(folder, now)
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new WorkbenchError('bad-request', `${folder} is a file, not a project folder.`, {
        cause,
      })
    throw new WorkbenchError('io', `The project folder ${folder} cannot be written.`, { cause })
  }
}
