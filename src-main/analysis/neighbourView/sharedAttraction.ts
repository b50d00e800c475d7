import type { Affinities } from './affinities.ts'

/** What the layout and the thread that attracts share; every array lies in shared memory. */
export interface SharedAttraction {
  readonly affinities: Affinities
  readonly sharpness: number
  readonly points: Float64Array
  readonly net: Float64Array
  /** `[3]`, at the places below. */
  readonly turns: Int32Array
}

/** Turns that were asked for; −1 to end. */
export const asked = 0
/** Turns that are done. */
export const done = 1
/** Whether the thread has started. */
export const isReady = 2
