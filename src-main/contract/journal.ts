import type { ImageId } from './images.ts'
import type { LabelId, LabelRow } from './labels.ts'

/** What a judged pair of images is; stored by number, so an entry is never moved. */
export const verdictKinds = ['none', 'same', 'different', 'ignore', 'duplicate', 'later'] as const
export type VerdictKind = (typeof verdictKinds)[number]

/** Where a person wants an image, whatever the split of a run says. */
export const handSplits = ['auto', 'training', 'heldOut'] as const
export type HandSplit = (typeof handSplits)[number]

/** Everything that people change in a project. One command is one step of undo. */
export type LibraryCommand =
  /** Null takes the label away. */
  | { readonly kind: 'label'; readonly images: Int32Array; readonly label: LabelId | null }
  | {
      readonly kind: 'createLabel'
      readonly name: string
      readonly parent: string | null
      /** Get the new label at once: also how a label is split. */
      readonly images: Int32Array
    }
  | { readonly kind: 'renameLabel'; readonly label: LabelId; readonly name: string }
  | { readonly kind: 'recolourLabel'; readonly label: LabelId; readonly colour: string | null }
  | { readonly kind: 'groupLabel'; readonly label: LabelId; readonly parent: string | null }
  | {
      readonly kind: 'mergeLabels'
      readonly labels: readonly LabelId[]
      readonly into: LabelId
    }
  /** Its images have no label then. */
  | { readonly kind: 'deleteLabel'; readonly label: LabelId }
  | { readonly kind: 'exclude'; readonly images: Int32Array; readonly isExcluded: boolean }
  /** A mark; the file stays where it is. */
  | { readonly kind: 'trash'; readonly images: Int32Array; readonly isTrashed: boolean }
  | { readonly kind: 'split'; readonly images: Int32Array; readonly split: HandSplit }
  | {
      readonly kind: 'verdict'
      /** [a₀, b₀, a₁, b₁, …] */
      readonly pairs: Int32Array
      readonly verdict: VerdictKind
    }
  /** Several of the others as one step. */
  | {
      readonly kind: 'together'
      readonly title: string
      readonly commands: readonly LibraryCommand[]
    }

/** One line of the journal. Nothing is ever taken out of it: undo is a line as well. */
export interface JournalEntry {
  /** Ascending; what a run refers to as its label revision. */
  readonly id: number
  readonly kind: 'do' | 'undo' | 'redo'
  /** What was done, undone or done again: "Label 143 images as tabby". */
  readonly title: string
  /** ISO 8601. */
  readonly at: string
  /** Whether what it did holds now. False for what was undone. */
  readonly isInForce: boolean
}

export interface JournalState {
  /** Id of the newest entry, 0 for none. */
  readonly revision: number
  /** What undo would take back; null where there is nothing. */
  readonly undo: string | null
  readonly redo: string | null
}

/** What one entry did to the table of images; enough to bring a copy of it up to date. */
export interface LibraryChange {
  readonly state: JournalState
  readonly title: string
  readonly kind: JournalEntry['kind']
  /** All labels, if any of them changed. */
  readonly labels: readonly LabelRow[] | null
  readonly images: readonly ImageChange[]
  /** Whether verdicts changed. */
  readonly hasVerdicts: boolean
}

/** New values of one property of some images. */
export interface ImageChange {
  readonly property: ImageProperty
  readonly ids: Int32Array
  /**
   * label: its id, −1 for none; excluded and trashed: 0 or 1; split: index into {@link handSplits}.
   * `[ids]`
   */
  readonly values: Int32Array
}

export const imageProperties = ['label', 'excluded', 'trashed', 'split'] as const
export type ImageProperty = (typeof imageProperties)[number]

/** A pair of images that a person judged; `a` < `b`. */
export interface Verdict {
  readonly a: ImageId
  readonly b: ImageId
  readonly verdict: Exclude<VerdictKind, 'none'>
}
