import { WorkbenchError } from '../contract/errors.ts'
import type { EngineContext } from '../numeric/engines/context.ts'
import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '../numeric/tf.ts'
import type { Embedded, Encoder, StepLoss, StepResult } from './encoder.ts'
import { ruleOf } from './layers/catalogue.ts'
import type { Moments, TensorScope } from './layers/rule.ts'
import { placeLayers } from './network.ts'
import type { Network, PlacedLayer } from './network.ts'
import { updateRunningStatistics } from './runningStatistics.ts'
import { learntTensors, lossThrough, rowWatcher } from './tfLoss.ts'
import { unitRows } from './unitRows.ts'
import type { WeightSpec, Weights } from './weights.ts'

/** Images that one evaluation pass takes at a time, so that memory does not grow with the count. */
const embedBatch = 128

/** The network in TensorFlow.js, differentiated by it: rungs `cuda`, `webgpu`, `wasm` and `cpu`. */
export function createTfEncoder(
  engine: EngineContext,
  network: Network,
  weights: Weights,
): Encoder {
  const { backbone, projector } = placeLayers(network)
  const { size, channels } = network.input
  const trainables = weights.specs.filter(({ trainable }) => trainable)
  const isReadAtOnce = engine.kind !== 'webgpu'
  const imageTensor = (images: Float32Array, from: number, to: number): Tensor4D => {
    const length = size * size * channels
    return tf.tensor4d(images.subarray(from * length, to * length), [
      to - from,
      size,
      size,
      channels,
    ])
  }
  const weightTensor = ({ name, shape }: WeightSpec): Tensor =>
    tf.tensor(weights.view(name), [...shape])
  const storedWeight = (name: string): Tensor => {
    const spec = weights.specs.find((known) => known.name === name)
    if (!spec) throw new TypeError(`the network has no weight ${name}`)
    return weightTensor(spec)
  }

  async function embedSome(images: Float32Array, from: number, to: number): Promise<Embedded> {
    const [rows, features] = tf.tidy(() => {
      const scope = scopeOf({ weight: storedWeight, moments: null, step: 0 })
      const vectors = passThrough(backbone, imageTensor(images, from, to), scope) as Tensor2D
      return [unitRows(passThrough(projector, vectors, scope) as Tensor2D), vectors]
    })
    try {
      const [embedding, featureData] = await Promise.all([rows.data(), features.data()])
      return { embedding: embedding as Float32Array, features: featureData as Float32Array }
    } finally {
      tf.dispose([rows, features])
    }
  }

  return {
    engine: engine.kind,
    network,
    weights,

    async embed(images, count) {
      const parts: Embedded[] = []
      for (let from = 0; from < count; from += embedBatch)
        parts.push(await embedSome(images, from, Math.min(from + embedBatch, count)))
      return {
        embedding: joined(parts.map(({ embedding }) => embedding)),
        features: joined(parts.map(({ features }) => features)),
      }
    },

    async step(images, count, loss, index = 0) {
      const moments: Moments<Tensor1D>[] = []
      let watcher = rowWatcher(loss)
      const lossOf = (...tensors: Tensor[]): Scalar => {
        const raw = rawRows({ images, count, index }, tensors, moments)
        watcher.see(raw)
        return lossThrough(loss, raw, tensors.slice(trainables.length))
      }
      try {
        if (loss.look && !isReadAtOnce) {
          await lookAhead({ images, count, index }, loss)
          watcher = rowWatcher({ wantsRaw: loss.wantsRaw ?? false })
        }
        const [value, gradient, ...learntGradients] = tf.tidy(() => {
          const variables = [...trainables.map(weightTensor), ...learntTensors(loss.learnt)]
          const { value, grads } = tf.valueAndGrads(lossOf)(variables)
          const flat = grads.slice(0, trainables.length).map((grad) => tf.reshape(grad, [-1]))
          return [value, tf.concat(flat, 0), ...grads.slice(trainables.length)] as const
        })
        return await resultOf({
          value,
          gradient,
          learntGradients,
          moments,
          raw: watcher.kept,
        })
      } catch (cause) {
        if (cause instanceof WorkbenchError) throw cause
        const message = `The ${engine.kind} engine failed in a training step: ${String(cause)}`
        throw new WorkbenchError('internal', message, { cause })
      } finally {
        tf.dispose(moments.flatMap(({ mean, variance }) => [mean, variance]))
        watcher.kept?.dispose()
      }
    },

    // Tensors live only during a call.
    dispose: () => undefined,
  }

  /** Shows a loss its rows where tensors cannot be read in the middle of a differentiation. */
  async function lookAhead(batch: Batch, loss: StepLoss): Promise<void> {
    const moments: Moments<Tensor1D>[] = []
    const raw = tf.tidy(() => rawRows(batch, trainables.map(weightTensor), moments))
    try {
      loss.look?.((await raw.data()) as Float32Array)
    } finally {
      tf.dispose([raw, ...moments.flatMap(({ mean, variance }) => [mean, variance])])
    }
  }

  /** In training mode. @param tensors the trainable weights in their order, and any others */
  function rawRows(
    { images, count, index }: Batch,
    tensors: readonly Tensor[],
    moments: Moments<Tensor1D>[],
  ): Tensor2D {
    const given = new Map(trainables.map(({ name }, i) => [name, tensors[i]]))
    const weight = (name: string) => given.get(name) ?? storedWeight(name)
    const scope = scopeOf({ weight, moments, step: index })
    const features = passThrough(backbone, imageTensor(images, 0, count), scope)
    return passThrough(projector, features, scope) as Tensor2D
  }

  async function resultOf(step: {
    readonly value: Tensor
    readonly gradient: Tensor
    readonly learntGradients: readonly Tensor[]
    readonly moments: readonly Moments<Tensor1D>[]
    readonly raw: Tensor2D | null
  }): Promise<StepResult> {
    const { value, gradient, learntGradients, moments, raw } = step
    try {
      const [[lossValue = NaN], gradientData, learntData, momentData, rawData] = await Promise.all([
        value.data(),
        gradient.data(),
        Promise.all(learntGradients.map((grad) => grad.data())),
        Promise.all(
          moments.map(async ({ name, count, mean, variance }) => {
            const [m, v] = await Promise.all([mean.data(), variance.data()])
            return { name, count, mean: m as Float32Array, variance: v as Float32Array }
          }),
        ),
        raw?.data(),
      ])
      for (const moment of momentData) updateRunningStatistics(weights, moment)
      return {
        loss: lossValue,
        gradient: gradientData as Float32Array,
        learntGradients: learntData as Float32Array[],
        ...(rawData && { raw: rawData as Float32Array }),
      }
    } finally {
      tf.dispose([value, gradient, ...learntGradients])
    }
  }
}

interface Batch {
  readonly images: Float32Array
  readonly count: number
  /** Which step of the run. */
  readonly index: number
}

/** `moments`: where batch norms leave their moments in training; null in evaluation. */
function scopeOf({
  moments,
  ...scope
}: Pick<TensorScope, 'weight' | 'step'> & {
  readonly moments: Moments<Tensor1D>[] | null
}): TensorScope {
  return {
    ...scope,
    isTraining: moments !== null,
    keepMoments: (kept) => moments?.push(kept),
  }
}

function passThrough(layers: readonly PlacedLayer[], start: Tensor, scope: TensorScope): Tensor {
  return layers.reduce((x, { layer }) => ruleOf(layer).apply(x, scope), start)
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1 && parts[0]) return parts[0]
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
