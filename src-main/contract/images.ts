import type { LabelRow } from './labels.ts'

/**
 * Row of a file in `project.db`: stable for the life of the project. A file, not its bytes, is the
 * unit people see, since two files with the same bytes may stand under two labels.
 */
export type ImageId = number

/** First 16 hex digits of the SHA-256 of the file's bytes: names thumbnails and cached pixels. */
export type ContentHash = string

/** All images of a project, by column, in the order of their ids. */
export interface ImageTable {
  /** `[n]`, ascending. */
  readonly ids: Int32Array
  /** Relative to their source folder, with forward slashes. */
  readonly paths: readonly string[]
  readonly hashes: readonly ContentHash[]
  /** Index into `labelRows`; −1 where an image has no label. `[n]` */
  readonly labels: Int32Array
  /** Sorted by name. */
  readonly labelRows: readonly LabelRow[]
  /** 1 where a person keeps the image out of training. `[n]` */
  readonly excluded: Uint8Array
  /** 1 where a person put the image into the trash: a mark, the file stays. `[n]` */
  readonly trashed: Uint8Array
  /** Index into `handSplits`. `[n]` */
  readonly splits: Uint8Array
  /** Of the file, ms since 1970. `[n]` */
  readonly modifiedMs: Float64Array
  /** As it is seen, px. `[n]` */
  readonly widths: Int32Array
  readonly heights: Int32Array
}

/** What a picture's file says of itself. */
export interface PictureFacts {
  /** `jpeg`, `png`, …; null where the file cannot be read now. */
  readonly format: string | null
  /** When it was taken, in the camera's own time: `2024-05-01T18:03:11`; null if unsaid. */
  readonly takenAt: string | null
  /** Maker and model; null if unsaid. */
  readonly camera: string | null
}

/** A file that was found but is not in the table, and why. */
export interface SkippedFile {
  readonly path: string
  /** A sentence for people, such as "The file is cut short." */
  readonly reason: string
}

export interface ScanProgress {
  /** Files looked at so far, skipped ones included. */
  readonly done: number
  /** Null while the folder is still being listed. */
  readonly total: number | null
  readonly skipped: number
  readonly imagesPerSecond: number
  readonly secondsLeft: number | null
}
