import type { Layer, Network } from '../model/network.ts'
import { batchNormEpsilon } from '../model/network.ts'
import type { Weights } from '../model/weights.ts'
import * as tf from '../numeric/tf.ts'
import type { LayersModel, SymbolicTensor, Tensor, layers } from '../numeric/tf.ts'

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
  const input = tf.input({ shape: [size, size, channels] })
  const values = tf.layers.rescaling({
    name: 'bytes',
    scale: 1 / (255 * scale),
    offset: -offset / scale,
  })
  const path = new Path(weights)
  const features = path.through(network.backbone, through(values, input))
  const output =
    part === 'backbone' ? features : path.unitLength(path.through(network.projector, features))
  return tf.model({ name: `antipode_${part}`, inputs: input, outputs: output })
}

/** Below the square of any length that matters, above what float32 rounds away. */
const lengthEpsilon = 1e-20

/** Lays Keras layers behind each other, with the weights that they have here. */
class Path {
  private readonly weights: Weights
  /** Numbers the layers that have no name of their own. */
  private unnamed = 0

  constructor(weights: Weights) {
    this.weights = weights
  }

  through(described: readonly Layer[], start: SymbolicTensor): SymbolicTensor {
    return described.reduce((x, layer) => this.throughOne(layer, x), start)
  }

  private throughOne(layer: Layer, x: SymbolicTensor): SymbolicTensor {
    const name = 'name' in layer ? kerasNameOf(layer) : this.freshName(layer.kind)
    switch (layer.kind) {
      case 'conv':
        return this.withWeights(
          layer.name,
          ['kernel', 'bias'],
          x,
          tf.layers.conv2d({
            name,
            filters: layer.filters,
            kernelSize: layer.size,
            strides: layer.stride,
            padding: layer.padding,
            useBias: layer.bias,
          }),
        )
      case 'depthwise':
        return this.withWeights(
          layer.name,
          ['kernel', 'bias'],
          x,
          tf.layers.depthwiseConv2d({
            name,
            kernelSize: layer.size,
            strides: layer.stride,
            padding: layer.padding,
            useBias: layer.bias,
          }),
        )
      case 'batchNorm':
        return this.withWeights(
          layer.name,
          ['gamma', 'beta', 'mean', 'variance'],
          x,
          tf.layers.batchNormalization({ name, epsilon: batchNormEpsilon }),
        )
      case 'dense':
        return this.withWeights(
          layer.name,
          ['kernel', 'bias'],
          x,
          tf.layers.dense({ name, units: layer.units }),
        )
      case 'relu':
        return through(tf.layers.reLU({ name }), x)
      case 'relu6':
        return through(tf.layers.reLU({ name, maxValue: 6 }), x)
      case 'hardSwish':
        return hardSwish(name, x)
      case 'maxPool': {
        const { size, stride, padding } = layer
        return through(
          tf.layers.maxPooling2d({ name, poolSize: size, strides: stride, padding }),
          x,
        )
      }
      case 'averagePool': {
        const { size, stride, padding } = layer
        return through(
          tf.layers.averagePooling2d({ name, poolSize: size, strides: stride, padding }),
          x,
        )
      }
      case 'zeroPad': {
        const { top, bottom, left, right } = layer
        const padding: [[number, number], [number, number]] = [
          [top, bottom],
          [left, right],
        ]
        return through(tf.layers.zeroPadding2d({ name, padding }), x)
      }
      case 'globalAveragePool':
        return through(tf.layers.globalAveragePooling2d({ name }), x)
      case 'globalMaxPool':
        return through(tf.layers.globalMaxPooling2d({ name }), x)
      case 'l2Normalize':
        return this.unitLength(x)
      case 'residual': {
        const sides = [this.through(layer.body, x), this.through(layer.shortcut, x)]
        return tf.layers.add({ name }).apply(sides) as SymbolicTensor
      }
      case 'frozen':
        return this.through(layer.layers, x)
      case 'dropout':
        return x
      default:
        return layer satisfies never
    }
  }

  /** @param parts in the order in which TensorFlow.js lists the layer's weights */
  private withWeights(
    owner: string,
    parts: readonly string[],
    x: SymbolicTensor,
    layer: KerasLayer,
  ): SymbolicTensor {
    const output = through(layer, x)
    const tensors = parts.flatMap((part) => {
      const spec = this.weights.specs.find(({ name }) => name === `${owner}/${part}`)
      return spec ? [tf.tensor(this.weights.view(spec.name), [...spec.shape])] : []
    })
    layer.setWeights(tensors)
    tf.dispose(tensors)
    return output
  }

  /**
   * x / ‖x‖ out of built-in layers. Layer normalisation of (x, −x) has mean 0 and variance ‖x‖² / dim,
   * so it gives ±x·√dim / ‖x‖; a factor of 1 / √dim and dropping the second half do the rest.
   */
  unitLength(x: SymbolicTensor): SymbolicTensor {
    const dim = x.shape.at(-1) ?? 0
    const name = this.freshName('unit')
    const fixed = (y: SymbolicTensor, layer: KerasLayer, values: Tensor[]) => {
      const output = through(layer, y)
      layer.setWeights(values)
      return output
    }
    const eye = tf.eye(dim)
    const zeros = tf.zeros([dim, dim])
    const values = {
      both: tf.tidy(() => tf.concat([eye, tf.neg(eye)], 1)),
      factors: tf.fill([2 * dim], 1 / Math.sqrt(dim)),
      offsets: tf.zeros([2 * dim]),
      first: tf.concat([eye, zeros], 0),
    }
    const both = fixed(
      x,
      tf.layers.dense({ name: `${name}_both_signs`, units: 2 * dim, useBias: false }),
      [values.both],
    )
    const normalised = fixed(
      both,
      tf.layers.layerNormalization({ name: `${name}_length`, epsilon: lengthEpsilon }),
      [values.factors, values.offsets],
    )
    const first = fixed(
      normalised,
      tf.layers.dense({ name: `${name}_first_half`, units: dim, useBias: false }),
      [values.first],
    )
    tf.dispose([eye, zeros, ...Object.values(values)])
    return first
  }

  private freshName(kind: string): string {
    this.unnamed++
    return `${kind}_${this.unnamed}`
  }
}

/** x · hardSigmoid: Keras's own is x / 5 + ½, clipped, and here it takes x / 6. */
function hardSwish(name: string, x: SymbolicTensor): SymbolicTensor {
  const sixths = tf.layers.rescaling({ name: `${name}_sixths`, scale: 5 / 6, offset: 0 })
  const gate = tf.layers.activation({ name: `${name}_gate`, activation: 'hardSigmoid' })
  const opened = through(gate, through(sixths, x))
  return tf.layers.multiply({ name }).apply([x, opened]) as SymbolicTensor
}

function through(layer: KerasLayer, x: SymbolicTensor): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor
}

/** Names of layers are also names of weights, where Keras does not like slashes. */
function kerasNameOf({ name }: Extract<Layer, { name: string }>): string {
  return name.replaceAll('/', '_')
}
