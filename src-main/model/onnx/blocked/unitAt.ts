import type { Value } from '../../../numeric/onnx/graph.ts'
import { outputLength } from '../../../numeric/onnx/convolution.ts'
import type { Layer } from '../../layer.ts'
import { windowOf } from '../../layers/window.ts'
import { canConvolve } from './convolutions.ts'
import type { Unit } from './unit.ts'

export interface FoundUnit {
  readonly unit: Unit
  /** Index of the first layer after it. */
  readonly end: number
}

/**
 * The layers from `i` on that make a {@link Unit}, as many as there are.
 *
 * @param x the map that goes in, `[batch, channels, height, width]`; null for vectors
 */
export function unitAt(layers: readonly Layer[], i: number, x: Value | null): FoundUnit | null {
  const [conv, norm, activation, pool] = layers.slice(i, i + 4)
  if (!x || (conv?.kind !== 'conv' && conv?.kind !== 'depthwise')) return null
  if (norm?.kind !== 'batchNorm' || !canConvolve(conv, x)) return null
  if (activation?.kind !== 'relu' && activation?.kind !== 'relu6')
    return { unit: { conv, norm, activation: 'none', hasPool: false }, end: i + 2 }
  const hasPool = activation.kind === 'relu' && isHalving(pool) && hasEvenSides()
  return {
    unit: { conv, norm, activation: activation.kind, hasPool },
    end: i + (hasPool ? 4 : 3),
  }

  function hasEvenSides(): boolean {
    if (!x || (conv?.kind !== 'conv' && conv?.kind !== 'depthwise')) return false
    const { size, stride, padding } = windowOf(conv, x)
    const [, , height = 0, width = 0] = x.shape
    const rows = outputLength(height + padding.top + padding.bottom, size, stride)
    const columns = outputLength(width + padding.left + padding.right, size, stride)
    return rows % 2 === 0 && columns % 2 === 0
  }
}

function isHalving(layer: Layer | undefined): boolean {
  if (layer?.kind !== 'maxPool') return false
  return layer.size === 2 && layer.stride === 2 && layer.padding === 'valid'
}
