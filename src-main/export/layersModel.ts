import type { Layer, Network } from '../model/network.ts'
import { batchNormEpsilon, dimOf } from '../model/network.ts'
import type { Weights } from '../model/weights.ts'
import * as tf from '../numeric/tf.ts'
import type { LayersModel, Tensor, layers } from '../numeric/tf.ts'

type KerasLayer = layers.Layer

/** `backbone` ends at the features, `embedding` at rows of unit length. */
export type ExportedPart = 'backbone' | 'embedding'

/**
 * A network as a TensorFlow.js LayersModel that holds everything: it takes RGB bytes as floats,
 * `[batch, size, size, 3]` in 0 … 255, and is made of built-in layers only, so that
 * `tf.loadLayersModel` reads it anywhere. The caller disposes it.
 */
export function layersModelOf(network: Network, weights: Weights, part: ExportedPart): LayersModel {
  const { size, channels, offset, scale } = network.input
  const model = tf.sequential({ name: `antipode_${part}` })
  model.add(
    tf.layers.rescaling({
      name: 'bytes',
      inputShape: [size, size, channels],
      scale: 1 / (255 * scale),
      offset: -offset / scale,
    }),
  )
  const described =
    part === 'backbone' ? network.backbone : [...network.backbone, ...network.projector]
  const named: Layer[] = []
  described.forEach((layer, i) => {
    model.add(kerasLayerOf(layer, `${layer.kind}_${i}`))
    if ('name' in layer) named.push(layer)
  })
  for (const layer of named) setWeights(model, layer, weights)
  if (part === 'embedding') addUnitLength(model, dimOf(network))
  return model
}

function kerasLayerOf(layer: Layer, fallback: string): KerasLayer {
  const name = 'name' in layer ? kerasNameOf(layer) : fallback
  switch (layer.kind) {
    case 'conv':
      return tf.layers.conv2d({
        name,
        filters: layer.filters,
        kernelSize: layer.size,
        strides: layer.stride,
        padding: layer.padding,
        useBias: layer.bias,
      })
    case 'batchNorm':
      return tf.layers.batchNormalization({ name, epsilon: batchNormEpsilon })
    case 'relu':
      return tf.layers.reLU({ name })
    case 'maxPool':
      return tf.layers.maxPooling2d({ name, poolSize: layer.size, strides: layer.stride })
    case 'globalAveragePool':
      return tf.layers.globalAveragePooling2d({ name })
    case 'dense':
      return tf.layers.dense({ name, units: layer.units })
  }
}

/** Names of layers are also names of weights, where Keras does not like slashes. */
function kerasNameOf({ name }: Extract<Layer, { name: string }>): string {
  return name.replaceAll('/', '_')
}

/** In the order in which TensorFlow.js lists a layer's weights. */
const weightOrder = {
  conv: ['kernel', 'bias'],
  batchNorm: ['gamma', 'beta', 'mean', 'variance'],
  dense: ['kernel', 'bias'],
} as const

function setWeights(model: LayersModel, layer: Layer, weights: Weights): void {
  if (!('name' in layer)) return
  const parts = weightOrder[layer.kind].map((part) => `${layer.name}/${part}`)
  const tensors = parts.flatMap((name) => {
    const spec = weights.specs.find((known) => known.name === name)
    return spec ? [tf.tensor(weights.view(name), [...spec.shape])] : []
  })
  model.getLayer(kerasNameOf(layer)).setWeights(tensors)
  tf.dispose(tensors)
}

/** Below the square of any length that matters, above what float32 rounds away. */
const lengthEpsilon = 1e-20

/**
 * x / ‖x‖ out of built-in layers. Layer normalisation of (x, −x) has mean 0 and variance ‖x‖² / dim,
 * so it gives ±x·√dim / ‖x‖; a factor of 1 / √dim and dropping the second half do the rest.
 */
function addUnitLength(model: ReturnType<typeof tf.sequential>, dim: number): void {
  const add = (layer: KerasLayer, values: Tensor[]) => {
    model.add(layer)
    layer.setWeights(values)
  }
  tf.tidy(() => {
    const eye = tf.eye(dim)
    add(tf.layers.dense({ name: 'unit_both_signs', units: 2 * dim, useBias: false }), [
      tf.concat([eye, tf.neg(eye)], 1),
    ])
    add(tf.layers.layerNormalization({ name: 'unit_length', epsilon: lengthEpsilon }), [
      tf.fill([2 * dim], 1 / Math.sqrt(dim)),
      tf.zeros([2 * dim]),
    ])
    add(tf.layers.dense({ name: 'unit_first_half', units: dim, useBias: false }), [
      tf.concat([eye, tf.zeros([dim, dim])], 0),
    ])
  })
}
