import { resolve } from 'node:path'
import type { ComputeApi, ScanBatch } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { FolderChanges, ProjectInfo } from '../contract/project.ts'
import { hasImageName } from '../data/imageNames.ts'
import type { Announcer } from './Announcer.ts'
import { expectFolder, expectImages, sourcesOf } from './browse.ts'
import { Project } from './Project.ts'
import { checkApart, defaultProjectFolder, rememberRecent } from './projectFolders.ts'
import { Scan } from './Scan.ts'
import { Watch } from './Watch.ts'

export interface ProjectSlotOptions {
  readonly home: string
  readonly announcer: Announcer
  /** Of the process that reads images. */
  readonly compute: () => ComputeApi
  readonly now: () => Date
}

/** The place of the one project that is open, of the scan that fills it and of the watch that follows. */
export class ProjectSlot {
  private readonly options: ProjectSlotOptions
  private project: Project | null = null
  private scan: Scan | null = null
  private watch: Watch | null = null

  constructor(options: ProjectSlotOptions) {
    this.options = options
  }

  /** Null while none is open. */
  get current(): Project | null {
    return this.project
  }

  /** Throws `not-found` while none is open. */
  expect(): Project {
    if (this.project) return this.project
    throw new WorkbenchError('not-found', 'No project is open. Open a folder of images first.')
  }

  /**
   * Opens the project of a folder of images, or the project that lies in the folder itself, and starts
   * to read its images. What is wrong with the folder is said before anything is written.
   */
  async open(request: {
    readonly folder: string
    readonly project?: string | undefined
  }): Promise<ProjectInfo> {
    const { home, announcer } = this.options
    const folder = await expectFolder(request.folder)
    const isProject = Project.isProject(folder)
    const projectFolder = isProject
      ? folder
      : (request.project ?? defaultProjectFolder(home, folder))
    if (!isProject) {
      checkApart(projectFolder, folder)
      await expectImages(folder, hasImageName)
    }
    const project = await this.put(projectFolder, isProject ? null : folder)
    const info = project.info()
    const { source } = project
    await rememberRecent(home, { folder: source, project: project.folder, name: info.name })
    announcer.announce('project', info)
    this.read(project)
    return info
  }

  /**
   * Takes folders and files into the project that is open, and reads them.
   *
   * @param label of all that are new or known; null for that of their folders
   */
  async add(paths: readonly string[], label: string | null): Promise<ProjectInfo> {
    const project = this.expect()
    const sources = await sourcesOf(paths)
    await this.scan?.cancel()
    const change = project.add(sources, label)
    if (change) this.options.announcer.announce('library', change)
    return this.reread(project)
  }

  /** Takes a folder out of the project; its files stay where they are. */
  async remove(folder: string): Promise<ProjectInfo> {
    const project = this.expect()
    await this.scan?.cancel()
    project.remove(folder)
    return this.reread(project)
  }

  /** Reads all folders of the project again. */
  async rescan(): Promise<ProjectInfo> {
    const project = this.expect()
    await this.scan?.cancel()
    return this.reread(project)
  }

  /** What differs from the project in its folders, as far as it was noticed. */
  folderChanges(): FolderChanges | null {
    return this.watch?.changes ?? null
  }

  private reread(project: Project): ProjectInfo {
    const info = project.info()
    this.options.announcer.announce('project', info)
    this.read(project)
    return info
  }

  private read(project: Project): void {
    const { announcer, compute, now } = this.options
    this.endWatch()
    const scan = (this.scan = new Scan({
      compute: compute(),
      target: project,
      announce: (event) => announcer.announce('scan', event),
      now,
    }))
    void scan.ended.then(() => {
      if (this.scan === scan && !scan.wasCancelled) this.beginWatch(project)
    })
  }

  private beginWatch(project: Project): void {
    this.endWatch()
    this.watch = new Watch(project, (changes) =>
      this.options.announcer.announce('folderChanges', changes),
    )
  }

  private endWatch(): void {
    this.watch?.dispose()
    this.watch = null
  }

  /** A batch of the scan that goes on. It is on the disk when this returns. */
  take(batch: ScanBatch): void {
    this.scan?.take(batch)
  }

  async cancelScan(): Promise<void> {
    await this.scan?.cancel()
  }

  /** Callable twice. */
  async close(): Promise<void> {
    await this.scan?.cancel()
    this.scan = null
    this.endWatch()
    this.project?.dispose()
    this.project = null
  }

  /** The project that is open now is closed only when the other can be opened. */
  private async put(folder: string, source: string | null): Promise<Project> {
    if (this.project?.isAt(folder)) {
      await this.scan?.cancel()
      return this.project
    }
    // Its lock is held against everyone, this process too.
    if (this.project?.folder === resolve(folder)) await this.close()
    const project = Project.open(folder, source, this.options.now)
    await project.endInterruptedRuns(this.options.now().toISOString())
    await this.close()
    this.project = project
    return project
  }
}
