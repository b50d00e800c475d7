/** What a run was started with others for, to be compared with them; part of its configuration. */
export type RunSeries = {
  /** The same for all of them. */
  readonly id: string
  /** Name of the run that they are like. */
  readonly of: string
} & (
  | { readonly kind: 'sweep'; readonly temperature: number }
  | {
      readonly kind: 'replay'
      readonly what: ReplayedPart
      readonly arm: 'with' | 'without'
      /** The epoch whose checkpoint it starts from; 0 for the untrained network. */
      readonly fromEpoch: number
    }
)

/** What the one arm of a replay has and the other has not. */
export const replayedParts = ['verdicts', 'suspects'] as const
export type ReplayedPart = (typeof replayedParts)[number]
