import type { ScanProgress } from './images.ts'

export interface ProjectInfo {
  /** The project's own folder. */
  readonly folder: string
  readonly name: string
  /** Folders of images, absolute. They are only read. */
  readonly sources: readonly string[]
  readonly images: number
  readonly labels: number
  readonly skipped: number
}

/** A folder that the web host or a dialog-less window can offer. */
export interface FolderListing {
  readonly folder: string
  readonly parent: string | null
  readonly folders: readonly string[]
  /** Files in it that look like images, by extension; subfolders not counted. */
  readonly images: number
}

/** How many files differ from what the project has read of its folders. */
export interface FolderChanges {
  readonly added: number
  /** Other bytes than before, by size and time. */
  readonly changed: number
  readonly moved: number
  readonly gone: number
}

/** What the state of a scan is; `ended` is sent once. */
export type ScanEvent =
  | { readonly kind: 'progress'; readonly progress: ScanProgress }
  | { readonly kind: 'ended'; readonly project: ProjectInfo; readonly cancelled: boolean }
  | { readonly kind: 'failed'; readonly message: string }
