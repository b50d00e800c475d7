/** What a CSV table of verdicts would do to the project; nothing is applied yet. */
export interface VerdictTableReport {
  /** Lines with a verdict. */
  readonly rows: number
  /** Verdicts that are new or change one. */
  readonly changed: number
  readonly unchanged: number
  /** On images that are gone; they are kept, and count again when the images come back. */
  readonly onGone: number
  /** What cannot be used, or contradicts what is known; these lines are left out. */
  readonly problems: readonly VerdictProblem[]
}

export interface VerdictProblem {
  /** As an editor counts: the header is line 1. */
  readonly line: number
  /** What was found, and what counts instead; goes on from “line 7 …”. */
  readonly message: string
}

export interface VerdictTableRequest {
  readonly text: string
  /** Where table and project contradict each other, the table counts. */
  readonly isReplacing: boolean
}
