import type { EngineKind } from '../../../src-main/contract/engines.ts'
import { createEncoder } from '../../../src-main/model/createEncoder.ts'
import type { Encoder, SoftmaxPairs, StepLoss } from '../../../src-main/model/encoder.ts'
import type { Layer, Network } from '../../../src-main/model/network.ts'
import { createWeights } from '../../../src-main/model/weights.ts'
import type { Weights } from '../../../src-main/model/weights.ts'
import type { EngineContext } from '../../../src-main/numeric/engines/context.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Scalar, Tensor2D } from '../../../src-main/numeric/tf.ts'

export function networkOf(size: number, backbone: Layer[], projector: Layer[] = []): Network {
  return { input: { size, channels: 3, offset: 0.5, scale: 0.25 }, backbone, projector }
}

export function conv(name: string, options: Partial<Extract<Layer, { kind: 'conv' }>> = {}): Layer {
  return {
    kind: 'conv',
    name,
    filters: 4,
    size: 3,
    stride: 1,
    padding: 'same',
    bias: false,
    ...options,
  }
}

export const norm = (name: string): Layer => ({ kind: 'batchNorm', name })
export const dense = (name: string, units: number): Layer => ({ kind: 'dense', name, units })
export const depthwise = (name: string, stride: 1 | 2 = 1): Layer => ({
  ...{ kind: 'depthwise', name, size: 3, stride, padding: 'same', bias: false },
})
export const relu6: Layer = { kind: 'relu6' }
export const relu: Layer = { kind: 'relu' }
export const pool: Layer = { kind: 'maxPool', size: 2, stride: 2, padding: 'valid' }
export const average: Layer = { kind: 'globalAveragePool' }

/** Weights as training leaves them: no batch norm is the identity, some γ are negative. */
export function trainedWeights(network: Network, seed = 1): Weights {
  const weights = createWeights(network, seed)
  for (const { name } of weights.specs) {
    const stream = random(seed, `trained ${name}`)
    const view = weights.view(name)
    for (let i = 0; i < view.length; i++)
      if (name.endsWith('/gamma')) view[i] = (stream.next() < 0.3 ? -1 : 1) * (0.5 + stream.next())
      else if (name.endsWith('/variance')) view[i] = 0.5 + stream.next()
      else if (!name.endsWith('/kernel')) view[i] = 0.3 * stream.normal()
  }
  return weights
}

/** Noise around `level`. */
export function noise(count: number, size: number, { level = 0, deviation = 1, seed = 1 } = {}) {
  const stream = random(seed, 'noise')
  return Float32Array.from(
    { length: count * size * size * 3 },
    () => level + deviation * stream.normal(),
  )
}

/** One flat colour an image, with a square of noise in it: most max-pool windows are ties. */
export function flatImages(count: number, size: number): Float32Array {
  const stream = random(2, 'flat')
  const images = new Float32Array(count * size * size * 3)
  for (let n = 0; n < count; n++) {
    const colour = [stream.normal(), stream.normal(), stream.normal()]
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        for (let c = 0; c < 3; c++) {
          const isSquare = Math.min(x, y) >= size / 4 && Math.max(x, y) < size / 2
          const to = ((n * size + y) * size + x) * 3 + c
          images[to] = isSquare ? stream.normal() : colour[c]!
        }
  }
  return images
}

/** Row i and row i + count / 2 are views of one image; `denominator` as NT-Xent has it. */
export function twoViewPairs(
  count: number,
  temperature: number,
  denominatorKind: SoftmaxPairs['denominatorKind'] = 'all',
): SoftmaxPairs {
  const weights = new Float32Array(count * count)
  const denominator = new Float32Array(count * count)
  for (let i = 0; i < count; i++)
    for (let k = 0; k < count; k++) {
      const isPair = Math.abs(i - k) === Math.floor(count / 2)
      if (isPair) weights[i * count + k] = 1 / count
      denominator[i * count + k] = i === k || (isPair && denominatorKind === 'own') ? 0 : 1
    }
  return { denominatorKind, temperature, weights, denominator }
}

/** The formula of `SoftmaxPairs` in TensorFlow.js. */
export function lossOfPairs(pairs: SoftmaxPairs): StepLoss['ofRows'] {
  return (rows: Tensor2D): Scalar => {
    const shape: [number, number] = [rows.shape[0], rows.shape[0]]
    const s = tf.div(tf.matMul(rows, rows, false, true), pairs.temperature)
    const isIn = tf.cast(tf.tensor2d(pairs.denominator, shape), 'bool')
    const masked = tf.where(isIn, s, tf.fill(shape, -1e9))
    const difference = tf.sub(tf.logSumExp(masked, 1, true), s)
    const terms = pairs.denominatorKind === 'all' ? difference : tf.softplus(difference)
    return tf.sum(tf.mul(tf.tensor2d(pairs.weights, shape), terms))
  }
}

/** A smooth loss that is in no closed form: Σ (z z' − target)² / count. */
export function distanceLoss(count: number): StepLoss {
  const stream = random(3, 'targets')
  const targets = Array.from({ length: count * count }, () => stream.normal())
  return {
    ofRows: (rows) =>
      tf.div(
        tf.sum(
          tf.square(
            tf.sub(tf.matMul(rows, rows, false, true), tf.tensor2d(targets, [count, count])),
          ),
        ),
        count,
      ),
  }
}

/** `portable`: the engine `native` without the layout of this processor. */
export type TestedEngine = EngineKind | 'portable'

/** Runs `use` with an encoder over its own copy of the weights. */
export async function withEncoder<T>(
  kind: TestedEngine,
  { network, weights }: { network: Network; weights: Weights },
  use: (encoder: Encoder) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(kind === 'portable' ? 'native' : kind)
  const copy = createWeights(network, 0)
  copy.trainable.set(weights.trainable)
  copy.statistics.set(weights.statistics)
  const encoder = createEncoder(
    kind === 'portable' && engine.kind === 'native' ? withoutLayout(engine) : engine,
    network,
    copy,
  )
  try {
    return await use(encoder)
  } finally {
    encoder.dispose()
    engine.dispose()
  }
}

function withoutLayout(engine: Extract<EngineContext, { kind: 'native' }>): EngineContext {
  const layout = { block: null, reason: 'left out for a test' }
  return { ...engine, runtime: { ...engine.runtime, layout } }
}

/** ‖a − b‖ / ‖b‖. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0
  let length = 0
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    difference += (a[i]! - b[i]!) ** 2
    length += b[i]! ** 2
  }
  return Math.sqrt(difference / Math.max(length, 1e-30))
}
