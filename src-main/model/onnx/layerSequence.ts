import type { Value } from '../../numeric/onnx/graph.ts'
import type { Layer } from '../layer.ts'
import { ruleOf } from '../layers/catalogue.ts'
import type { Emitted, GraphScope } from '../layers/rule.ts'
import { emitConvBlock } from './convBlock.ts'
import type { ConvBlock } from './convBlock.ts'

/**
 * Emits layers one after the other; in training, blocks that have a faster form are taken together.
 *
 * @returns the last output, and a backward pass through all of them
 */
export function emitLayers(layers: readonly Layer[], start: Value, scope: GraphScope): Emitted {
  const emitted: Emitted[] = []
  let output = start
  for (let i = 0; i < layers.length;) {
    const block = scope.isTraining ? convBlockAt(layers, i) : null
    const layer = layers[i]
    if (!layer) break
    const next = block ? emitConvBlock(block, output, scope) : ruleOf(layer).emit(output, scope)
    emitted.push(next)
    output = next.output
    i += block ? (block.hasPool ? 4 : 3) : 1
  }
  return {
    output,
    backward(dy, wantsInput) {
      let gradient: Value | null = dy
      for (const [i, step] of [...emitted.entries()].toReversed())
        if (gradient) gradient = step.backward(gradient, wantsInput || i > 0)
      return gradient
    },
  }
}

function convBlockAt(layers: readonly Layer[], i: number): ConvBlock | null {
  const [conv, norm, relu, pool] = layers.slice(i, i + 4)
  if (conv?.kind !== 'conv' || conv.bias) return null
  if (norm?.kind !== 'batchNorm' || relu?.kind !== 'relu') return null
  return { conv, norm, hasPool: pool?.kind === 'maxPool' }
}
