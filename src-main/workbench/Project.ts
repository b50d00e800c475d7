import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { FileStamp, ScanBatch, TrainingImages } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { ImageId, ImageTable, SkippedFile } from '../contract/images.ts'
import type {
  JournalEntry,
  JournalState,
  LibraryChange,
  LibraryCommand,
  Verdict,
} from '../contract/journal.ts'
import type { ProjectInfo } from '../contract/project.ts'
import type { RunId } from '../contract/runs.ts'
import { ProjectStore } from '../data/projectStore.ts'
import type { StoredScan } from '../data/projectStore.ts'
import { thumbnailPath } from '../data/thumbnailPath.ts'
import type { MediaSource } from './media.ts'
import { checkApart } from './projectFolders.ts'
import { endRun, listRuns } from './runFolders.ts'
import type { ScanTarget } from './Scan.ts'

/** An open project: its store, and where its parts lie. Holds the project's lock until it is disposed. */
export class Project implements MediaSource, ScanTarget {
  readonly folder: string
  /** The folder of images that it was opened for. */
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
    const images = source ?? store.sources()[0]
    if (images !== undefined) return new Project(path, images, store)
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

  isAt(folder: string, source: string): boolean {
    return this.folder === resolve(folder) && this.source === source
  }

  info(): ProjectInfo {
    const sources = this.store.sources()
    return {
      folder: this.folder,
      name: basename(this.source),
      sources: sources.length > 0 ? sources : [this.source],
      ...this.store.counts(),
    }
  }

  images(): ImageTable {
    return this.store.images()
  }

  skipped(): readonly SkippedFile[] {
    return this.store.skipped()
  }

  /** Images and labels as they are now, without those that a person excluded or threw away. */
  trainingImages(): TrainingImages {
    const { ids, hashes, labels, labelRows, excluded, trashed } = this.store.images()
    const paths = this.store.absolutePaths()
    const kept = [...ids.keys()].filter((i) => !excluded[i] && !trashed[i])
    return {
      ids: Int32Array.from(kept, (i) => ids[i] ?? 0),
      hashes: kept.map((i) => hashes[i] ?? ''),
      labels: Int32Array.from(kept, (i) => labels[i] ?? -1),
      labelNames: labelRows.map(({ name }) => name),
      paths: kept.map((i) => paths[i] ?? ''),
    }
  }

  /** Null when all is so already. @throws WorkbenchError as `Journal.run` */
  run(command: LibraryCommand): LibraryChange | null {
    return this.store.journal.run(command)
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

  beginScan(): Readonly<Record<string, FileStamp>> {
    this.scan = this.store.beginScan(this.source)
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
    for (const source of this.store.sources()) checkApart(folder, source)
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
    return thumbnailPath(this.thumbnailsFolder, hash)
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
