/** All that happened at one epoch of a run, as a tick along its way. */
export interface EpochEvent {
  readonly epoch: number
  /** A line for each thing. */
  readonly title: string
  /** As CSS. */
  readonly colour: string
}
