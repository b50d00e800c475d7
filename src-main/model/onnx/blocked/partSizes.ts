import { partsOf } from '../../layer.ts'
import type { Activation, Layer } from '../../layer.ts'
import { ruleOf } from '../../layers/catalogue.ts'
import type { Network } from '../../network.ts'

/** Values that one map of a part may have: 8 MB, so that it stays in the last cache. */
const partLength = 2 ** 21
/** More parts only make the graph longer. */
const mostParts = 8

/** How many images go into each part of a batch: as equal as can be. */
export function partSizes({ input, backbone }: Network, batch: number): readonly number[] {
  const { size, channels } = input
  const image: Activation = { kind: 'map', height: size, width: size, channels }
  const largest = largestMap(backbone, image)
  const wanted = Math.ceil((batch * largest) / partLength)
  const count = Math.max(1, Math.min(wanted, mostParts, batch))
  const smaller = Math.floor(batch / count)
  return Array.from({ length: count }, (_, i) => smaller + (i < batch % count ? 1 : 0))
}

/** Values of one image in the largest map that the layers leave. */
function largestMap(layers: readonly Layer[], start: Activation): number {
  let input = start
  let largest = 0
  for (const layer of layers) {
    for (const part of partsOf(layer)) largest = Math.max(largest, largestMap(part, input))
    input = ruleOf(layer).outputOf(input)
    if (input.kind === 'map')
      largest = Math.max(largest, input.height * input.width * input.channels)
  }
  return largest
}
