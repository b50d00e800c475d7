import type { LossPicture } from '../../src-main/contract/lossPicture.ts'

/** What gradient descent does in one step is held to this, in radians, so that it can be followed. */
const mostPerStep = 0.05
/** Below this, in radians, a step moves nothing that could be seen. */
const leastPerStep = 1e-4

export interface Descent {
  readonly angles: readonly number[]
  readonly learnt: LossPicture['learnt']
  /** Nothing moves any more. */
  readonly isSettled: boolean
}

/**
 * One step of gradient descent on the circle, for points and for what the loss learns. A gradient that
 * would move a point too far is shortened as a whole, as training clips it.
 *
 * @param rate learning rate
 */
export function descend(angles: readonly number[], picture: LossPicture, rate: number): Descent {
  const { slopes, learnt } = picture
  const steepest = [...slopes, ...learnt.flatMap(({ gradient }) => [...gradient])].reduce(
    (most, slope) => Math.max(most, Math.abs(slope)),
    0,
  )
  const pace = Math.min(rate, mostPerStep / Math.max(steepest, 1e-12))
  return {
    angles: angles.map((angle, i) => turned(angle - pace * (slopes[i] ?? 0))),
    learnt: learnt.map((one) => ({
      ...one,
      values: one.values.map((value, i) => value - pace * (one.gradient[i] ?? 0)),
    })),
    isSettled: steepest * pace < leastPerStep,
  }
}

/** In [0, 2π). */
export function turned(angle: number): number {
  const full = 2 * Math.PI
  return ((angle % full) + full) % full
}
