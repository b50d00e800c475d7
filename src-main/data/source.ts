/** A folder of images that a project reads. */
export interface Source {
  /** Absolute. */
  readonly folder: string
  /** The only files of it that belong to the project, relative to it; null for the whole folder. */
  readonly files: readonly string[] | null
}

/** What a project knows of a source's files without opening them. */
export interface KnownFiles {
  /** Size in bytes and time of the last change, ms, of each file that was read, by path. */
  readonly stamps: ReadonlyMap<string, readonly [sizeBytes: number, modifiedMs: number]>
  /** Files that were found but could not be read: they are not new when they are found again. */
  readonly skipped: ReadonlySet<string>
}
