import { describe, expect, it } from 'vitest'
import { mobilenetV2 } from '../../../src-main/model/backbones/mobilenetV2.ts'
import { resnet18 } from '../../../src-main/model/backbones/resnet18.ts'
import { smallCnn } from '../../../src-main/model/backbones/smallCnn.ts'
import type { StepLoss } from '../../../src-main/model/encoder.ts'
import type { Network } from '../../../src-main/model/network.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import * as examples from './examples.ts'
import { average, conv, dense, networkOf, relu6 } from './examples.ts'
import { rowsInFloat64, widened } from './float64.ts'

const count = 3
/** Weights that are moved to see what becomes of the loss: all would take minutes. */
const sampled = 30

const networks: Record<string, Network> = {
  'the plain backbone': networkOf(8, smallCnn({ width: 3, depth: 2 }), [dense('p', 4)]),
  'ResNet-18': networkOf(8, resnet18({ width: 3, depth: 2, imageSize: 8 }), [dense('p', 4)]),
  'ResNet-18 with its large stem': networkOf(16, resnet18({ width: 3, depth: 2, imageSize: 224 }), [
    dense('p', 4),
  ]),
  'what imported ones are made of': networkOf(
    9,
    [
      { kind: 'zeroPad', top: 0, bottom: 1, left: 0, right: 1 },
      conv('stem', { filters: 4, stride: 2, padding: 'valid', bias: true }),
      relu6,
      {
        kind: 'residual',
        body: [
          { kind: 'depthwise', name: 'deep', size: 3, stride: 1, padding: 'same', bias: true },
          relu6,
          conv('narrow', { size: 1, bias: true }),
        ],
        shortcut: [],
      },
      { kind: 'depthwise', name: 'factors', size: 1, stride: 1, padding: 'valid', bias: true },
      { kind: 'averagePool', size: 2, stride: 1, padding: 'same' },
      average,
    ],
    [dense('p', 4)],
  ),
  MobileNetV2: networkOf(8, mobilenetV2({ width: 8, depth: 2, imageSize: 8 }), [dense('p', 4)]),
}

const images = {
  'random images': (size: number) => examples.noise(count, size),
  'flat images full of ties': (size: number) => examples.flatImages(count, size),
  'images far from 0': (size: number) => examples.noise(count, size, { level: 8, deviation: 0.25 }),
}

describe.each(Object.entries(networks))('gradients of %s', (_, network) => {
  const weights = examples.trainedWeights(network)
  const factors = examples.noise(1, 4).subarray(0, count * 4)
  const loss: StepLoss = {
    ofRows: (rows) => tf.sum(tf.mul(rows, tf.tensor2d(factors, [count, 4]))),
  }

  it.each(Object.entries(images))('are those of float64 for %s', async (_, make) => {
    const input = make(network.input.size)
    const stream = random(1, 'sampled weights')
    const places = Array.from({ length: sampled }, () => stream.integer(weights.trainable.length))
    const truth = differences(places, input)
    for (const kind of ['native', 'portable'] as const) {
      const found = await examples.withEncoder(kind, { network, weights }, async (encoder) => {
        const { gradient } = await encoder.step(input, count, loss)
        return places.map((place) => gradient[place]!)
      })
      expect(examples.relativeDistance(found, truth), kind).toBeLessThan(1e-4)
    }
  })

  /** Central differences of the loss in float64. */
  function differences(places: readonly number[], input: Float32Array): number[] {
    const values = widened(weights)
    const lossOf = () => {
      const { rows } = rowsInFloat64(network, (name) => values.get(name)!, input, count)
      return rows.reduce((sum, value, i) => sum + value * factors[i]!, 0)
    }
    // Small enough to cross hardly any bend of an activation.
    const step = 1e-6
    return places.map((place) => {
      const spec = weights.specs.findLast(({ trainable, offset }) => trainable && offset <= place)!
      const array = values.get(spec.name)!
      const i = place - spec.offset
      const value = array[i]!
      array[i] = value + step
      const above = lossOf()
      array[i] = value - step
      const below = lossOf()
      array[i] = value
      return (above - below) / (2 * step)
    })
  }
})
