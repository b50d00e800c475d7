import type { PictureFacts } from './images.ts'
import type { JournalEntry } from './journal.ts'

/** What is known of one image beside its row of the table. */
export interface ImageDetails extends PictureFacts {
  readonly sizeBytes: number
  /** What people did to it: entries of the journal, the newest first. */
  readonly history: readonly JournalEntry[]
}

export interface RevealedImage {
  /** Absolute. */
  readonly path: string
  /** Whether a file manager shows it now. */
  readonly isShown: boolean
}
