import { easeInOut } from '../sphere/transition.ts'

/** One picture of a film: some way from one frame of the sphere to the next. */
export interface FilmStep {
  /** Index of the frame that points come from, and of the one that they go to. */
  readonly from: number
  readonly to: number
  /** Of the way between the two, in [0, 1]. */
  readonly share: number
}

/** Of the film, before anything moves and after all has. */
const heldAtStart = 0.04
const heldAtEnd = 0.1

/**
 * Every picture of a film over some frames of the sphere, at a fixed pace: each way between two frames
 * takes equally long, and is gone gently at both ends.
 *
 * @param frames at least 1
 */
export function filmSteps(
  frames: number,
  { seconds, rate }: { readonly seconds: number; readonly rate: number },
): readonly FilmStep[] {
  const count = Math.max(1, Math.round(seconds * rate))
  const ways = frames - 1
  return Array.from({ length: count }, (_, i) => {
    const share = count > 1 ? i / (count - 1) : 1
    const moving = (share - heldAtStart) / (1 - heldAtStart - heldAtEnd)
    const along = Math.min(1, Math.max(0, moving)) * ways
    const from = Math.min(Math.max(ways - 1, 0), Math.floor(along))
    const to = Math.min(ways, from + 1)
    return { from, to, share: from === to ? 1 : easeInOut(along - from) }
  })
}
