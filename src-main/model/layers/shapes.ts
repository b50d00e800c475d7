import { WorkbenchError } from '../../contract/errors.ts'
import type { Activation, PaddingKind } from '../layer.ts'

type MapActivation = Extract<Activation, { kind: 'map' }>
type VectorActivation = Extract<Activation, { kind: 'vector' }>

/** @param who how a message names the layer @throws WorkbenchError `bad-request` for a vector */
export function expectMap(who: string, input: Activation): MapActivation {
  if (input.kind === 'map') return input
  throw new WorkbenchError(
    'bad-request',
    `${who} needs a map of positions, found ${wordsOf(input)}; put it before the global pool.`,
  )
}

/** @throws WorkbenchError `bad-request` for a map */
export function expectVector(who: string, input: Activation): VectorActivation {
  if (input.kind === 'vector') return input
  throw new WorkbenchError(
    'bad-request',
    `${who} needs a vector, found ${wordsOf(input)}; put a global average pool before it.`,
  )
}

/** `a map of 4×4×16`, `a vector of 16`. */
export function wordsOf(activation: Activation): string {
  if (activation.kind === 'vector') return `a vector of ${activation.channels}`
  const { height, width, channels } = activation
  return `a map of ${height}×${width}×${channels}`
}

export interface SlidingWindow {
  readonly size: number
  readonly stride: number
  readonly padding: PaddingKind
}

/**
 * The map that a sliding window leaves of a map, with the same channels.
 *
 * @throws WorkbenchError `bad-request` for a vector, a window that makes no sense, or one that does
 *   not fit a map without padding
 */
export function slide(who: string, input: Activation, window: SlidingWindow): MapActivation {
  const { size, stride, padding } = window
  const { height, width, channels } = expectMap(who, input)
  if (!isCount(size) || !isCount(stride))
    throw new WorkbenchError(
      'bad-request',
      `${who} has a window of ${size} and a stride of ${stride}, expected whole numbers from 1.`,
    )
  if (padding === 'valid' && Math.min(height, width) < size)
    throw new WorkbenchError(
      'bad-request',
      `${who} needs a map of at least ${size}×${size}, found ${height}×${width}; use larger ` +
        'images or fewer blocks.',
    )
  const length = (side: number) =>
    padding === 'same' ? Math.ceil(side / stride) : Math.floor((side - size) / stride) + 1
  return { kind: 'map', height: length(height), width: length(width), channels }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1
}
