import type { Value } from '../../numeric/onnx/graph.ts'
import { isTrainable } from '../layer.ts'
import type { Layer } from '../layer.ts'
import { ruleOf } from '../layers/catalogue.ts'
import type { Emitted, GraphScope } from '../layers/rule.ts'
import { emitConvBlock } from './convBlock.ts'
import type { ConvBlock } from './convBlock.ts'

/**
 * Emits layers one after the other; in training, blocks that have a faster form are taken together.
 *
 * @returns the last output, and a backward pass through all of them that ends where nothing before has
 *   weights to train
 */
export function emitLayers(layers: readonly Layer[], start: Value, scope: GraphScope): Emitted {
  const emitted: { readonly step: Emitted; readonly first: number; readonly end: number }[] = []
  let output = start
  for (let i = 0; i < layers.length;) {
    const block = scope.isTraining ? convBlockAt(layers, i) : null
    const layer = layers[i]
    if (!layer) break
    const step = block ? emitConvBlock(block, output, scope) : ruleOf(layer).emit(output, scope)
    const end = i + (block ? lengthOf(block) : 1)
    emitted.push({ step, first: i, end })
    output = step.output
    i = end
  }
  const firstTrainable = layers.findIndex(isTrainable)
  const hasTrainableBefore = (end: number) => firstTrainable >= 0 && firstTrainable < end
  return {
    output,
    backward(dy, wantsInput) {
      let gradient: Value | null = dy
      for (const { step, first, end } of emitted.toReversed())
        if (gradient && (wantsInput || hasTrainableBefore(end)))
          gradient = step.backward(gradient, wantsInput || hasTrainableBefore(first))
      return wantsInput ? gradient : null
    },
  }
}

function convBlockAt(layers: readonly Layer[], i: number): ConvBlock | null {
  const [conv, norm, activation, pool] = layers.slice(i, i + 4)
  if ((conv?.kind !== 'conv' && conv?.kind !== 'depthwise') || conv.bias) return null
  if (norm?.kind !== 'batchNorm') return null
  if (activation?.kind !== 'relu' && activation?.kind !== 'relu6')
    return { conv, norm, activation: 'none', hasPool: false }
  const hasPool = activation.kind === 'relu' && pool !== undefined && isHalving(pool)
  return { conv, norm, activation: activation.kind, hasPool }
}

/** Layers that the block takes the place of. */
function lengthOf({ activation, hasPool }: ConvBlock): number {
  return activation === 'none' ? 2 : hasPool ? 4 : 3
}

function isHalving(layer: Layer): boolean {
  if (layer.kind !== 'maxPool') return false
  return layer.size === 2 && layer.stride === 2 && layer.padding === 'valid'
}
