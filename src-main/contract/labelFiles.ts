/** What a table of labels (`file,label[,group][,split]`) would do to the project; nothing is applied yet. */
export interface LabelTableReport {
  /** Rows below the header. */
  readonly rows: number
  /** Images that would get another label, group or split. */
  readonly changed: number
  readonly unchanged: number
  readonly newLabels: readonly string[]
  /** What is wrong with single rows, which would be left out. */
  readonly problems: readonly LabelTableProblem[]
}

export interface LabelTableProblem {
  /** As an editor counts: the header is line 1. */
  readonly line: number
  /** A sentence: what was found, what was expected. */
  readonly message: string
}

export const labelFormats = ['csv', 'jsonl', 'tree'] as const
/** A table, one object a line, or a folder for each label. */
export type LabelFormat = (typeof labelFormats)[number]

export interface LabelExportRequest {
  readonly format: LabelFormat
  /** Absolute; null for the project's `exports/labels`. */
  readonly folder: string | null
  /** How a folder tree is made; files are never moved. */
  readonly files: 'copy' | 'link'
  /** Only says what would be written. */
  readonly isDryRun: boolean
}

export interface LabelExportResult {
  readonly folder: string
  /** Files to be written, or written. */
  readonly count: number
  readonly sizeBytes: number
  /** The first of them, relative to the folder, each with where it comes from. */
  readonly first: readonly { readonly to: string; readonly from: string | null }[]
  /** Files that could not be written, with the reason. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
  readonly isDryRun: boolean
}

export interface LabelExportProgress {
  readonly done: number
  readonly total: number
}
