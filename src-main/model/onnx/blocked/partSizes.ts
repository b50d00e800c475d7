import { partsOf } from '../../layer.ts'
import type { Activation, Layer } from '../../layer.ts'
import { ruleOf } from '../../layers/catalogue.ts'

/** Values that one map of a part may have: 8 MB, so that it stays in the last cache. */
const partLength = 2 ** 21
/**
 * Values that it should have at least: from 2 MB on, fewer parts need less time but more memory, which
 * then has to hold larger maps of the backward pass.
 */
const smallestPartLength = 2 ** 19
/** More parts only make the graph longer. */
const mostParts = 8

/** Layers that have their maps in the same parts. */
export interface Segment {
  readonly layers: readonly Layer[]
  /** Images in each part. */
  readonly sizes: readonly number[]
}

/**
 * Cuts layers where the maps have become so small that fewer parts will do: the parts of a segment are
 * neighbours of the one before taken together.
 *
 * @param start what goes into the first layer
 */
export function segmentsOf(
  layers: readonly Layer[],
  start: Activation,
  batch: number,
): readonly Segment[] {
  const largest = largestFromHere(layers, start)
  const segments: { layers: Layer[]; sizes: readonly number[] }[] = []
  const countAt = (i: number, length: number) =>
    Math.max(1, Math.min(Math.ceil((batch * (largest[i] ?? 0)) / length), mostParts, batch))
  let sizes = equalSizes(batch, countAt(0, partLength))
  for (const [i, layer] of layers.entries()) {
    const count = countAt(i, smallestPartLength)
    const isFewer = segments.length > 0 && startsUnit(layer) && count < sizes.length
    if (isFewer) sizes = together(sizes, count)
    const open = segments.at(-1)
    if (open && !isFewer) open.layers.push(layer)
    else segments.push({ layers: [layer], sizes })
  }
  return segments
}

/** Nothing that belongs to the layers before may follow a cut. */
function startsUnit({ kind }: Layer): boolean {
  return kind === 'conv' || kind === 'depthwise' || kind === 'residual'
}

/** As equal as can be. */
function equalSizes(batch: number, count: number): readonly number[] {
  const smaller = Math.floor(batch / count)
  return Array.from({ length: count }, (_, i) => smaller + (i < batch % count ? 1 : 0))
}

/** At most `count` sums of neighbours. */
function together(sizes: readonly number[], count: number): readonly number[] {
  const each = Math.ceil(sizes.length / count)
  return Array.from({ length: Math.ceil(sizes.length / each) }, (_, i) =>
    sizes.slice(i * each, (i + 1) * each).reduce((sum, size) => sum + size, 0),
  )
}

/** For each layer, values of one image in the largest map that it or a layer after it leaves. */
function largestFromHere(layers: readonly Layer[], start: Activation): readonly number[] {
  let input = start
  const own = layers.map((layer) => {
    const within = partsOf(layer).map((part) => largestFromHere(part, input)[0] ?? 0)
    input = ruleOf(layer).outputOf(input)
    const length = input.kind === 'map' ? input.height * input.width * input.channels : 0
    return Math.max(length, ...within)
  })
  return own.map((_, i) => Math.max(...own.slice(i)))
}
