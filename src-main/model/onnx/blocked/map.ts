import { fromBlocked, paddedChannels, toBlocked } from '../../../numeric/onnx/blocked.ts'
import type { Graph, Value } from '../../../numeric/onnx/graph.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'

/**
 * A map of a batch in the processor's own layout, some images at a time: what a pass leaves is still in
 * the cache when the next one reads it, and memory for what is in between is needed only once.
 */
export interface BlockedMap {
  /** `[images, padded channels, height, width]` each. */
  readonly parts: readonly Value[]
  /** Without those that fill up the last block. */
  readonly channels: number
  /** False for the images themselves, whose channels do not make a block. */
  readonly isBlocked: boolean
  /** A part as `[images, height, width, channels]`. */
  channelsLast(i: number): Value
}

/** What one layer hands to the next, or in the backward pass the gradient of it. */
export type Flow =
  | { readonly kind: 'blocked'; readonly map: BlockedMap }
  /** `[batch, channels, height, width]` or `[batch, channels]`. */
  | { readonly kind: 'plain'; readonly value: Value }

export function blockedMap(g: Graph, parts: readonly Value[], channels: number): BlockedMap {
  const last = new Map<number, Value>()
  return {
    parts,
    channels,
    isBlocked: true,
    channelsLast(i) {
      const turned = last.get(i) ?? fromBlocked(g, partOf(parts, i), channels, { isLast: true })
      last.set(i, turned)
      return turned
    },
  }
}

/** The images of a batch in parts, as they are. @param imagesLast `[batch, height, width, 3]` */
export function imageMap(g: Graph, imagesLast: Value, sizes: readonly number[]): BlockedMap {
  const last = splitBatch(g, imagesLast, sizes)
  return {
    parts: last.map((part) => onnx.transpose(g, part, [0, 3, 1, 2])),
    channels: imagesLast.shape[3] ?? 0,
    isBlocked: false,
    channelsLast: (i) => partOf(last, i),
  }
}

/** @param x `[batch, channels, height, width]` @param sizes images of each part */
export function mapFromPlain(
  g: Graph,
  x: Value,
  { block, sizes }: { readonly block: number; readonly sizes: readonly number[] },
): BlockedMap {
  const parts = splitBatch(g, x, sizes).map((part) => toBlocked(g, part, block))
  return blockedMap(g, parts, x.shape[1] ?? 0)
}

/** `[batch, channels, height, width]`. */
export function plainFromMap(g: Graph, { parts, channels, isBlocked }: BlockedMap): Value {
  return joinBatch(
    g,
    parts.map((part) => (isBlocked ? fromBlocked(g, part, channels) : part)),
  )
}

/** How many images are in each part. */
export function sizesOf({ parts }: BlockedMap): readonly number[] {
  return parts.map(({ shape }) => shape[0] ?? 0)
}

/** Neighbouring parts together, so that there are `sizes` of images in them. */
export function mergedParts(g: Graph, map: BlockedMap, sizes: readonly number[]): BlockedMap {
  if (map.parts.length === sizes.length) return map
  let next = 0
  const merged = sizes.map((size) => {
    const first = next
    for (let images = 0; images < size; next++) images += partOf(map.parts, next).shape[0] ?? 0
    return joinBatch(g, map.parts.slice(first, next))
  })
  return blockedMap(g, merged, map.channels)
}

/** What {@link mergedParts} put together, in parts of `sizes` again. */
export function splitParts(g: Graph, map: BlockedMap, sizes: readonly number[]): BlockedMap {
  if (map.parts.length === sizes.length) return map
  let next = 0
  const parts = map.parts.flatMap((part) => {
    const first = next
    for (let images = 0; images < (part.shape[0] ?? 0); next++) images += sizes[next] ?? 0
    return splitBatch(g, part, sizes.slice(first, next))
  })
  return blockedMap(g, parts, map.channels)
}

export function splitBatch(g: Graph, x: Value, sizes: readonly number[]): readonly Value[] {
  if (sizes.length === 1) return [x]
  const rest = x.shape.slice(1)
  return g.addMany(
    'Split',
    [x, onnx.integers(g, sizes)],
    sizes.map((size) => ({ shape: [size, ...rest], type: x.type })),
    { attributes: { axis: 0 } },
  )
}

export function joinBatch(g: Graph, parts: readonly Value[]): Value {
  return parts.length === 1 ? partOf(parts, 0) : onnx.concat(g, parts, 0)
}

/** A sum over the parts of a batch. */
export function total(g: Graph, values: readonly Value[]): Value {
  return values.slice(1).reduce((sum, value) => onnx.add(g, sum, value), partOf(values, 0))
}

/** A vector with zeros for the channels that fill up the last block. */
export function paddedVector(g: Graph, vector: Value, block: number): Value {
  const [length = 0] = vector.shape
  const missing = paddedChannels(length, block) - length
  return missing === 0 ? vector : onnx.padEnd(g, vector, [missing])
}

/** The first `length` of a vector. */
export function shortened(g: Graph, vector: Value, length: number): Value {
  if (vector.shape[0] === length) return vector
  return onnx.slice(g, vector, [{ axis: 0, start: 0, end: length }])
}

export function partOf(parts: readonly Value[], i: number): Value {
  const part = parts[i]
  if (!part) throw new TypeError(`no part ${i} of ${parts.length}`)
  return part
}
