import { describe, expect, it } from 'vitest'
import type { EngineKind } from '../../../src-main/contract/engines.ts'
import { mobilenetV2 } from '../../../src-main/model/backbones/mobilenetV2.ts'
import { resnet18 } from '../../../src-main/model/backbones/resnet18.ts'
import { foldBatchNorms } from '../../../src-main/model/foldBatchNorms.ts'
import { partsOf } from '../../../src-main/model/layer.ts'
import type { Layer } from '../../../src-main/model/layer.ts'
import { inferenceGraph } from '../../../src-main/model/onnx/inferenceGraph.ts'
import { loadOnnxRuntime } from '../../../src-main/numeric/onnx/runtime.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import * as examples from './examples.ts'
import { average, conv, dense, depthwise, networkOf, norm, pool, relu } from './examples.ts'

const network = networkOf(
  9,
  [
    ...[conv('a'), norm('an'), relu, pool],
    ...[conv('b', { bias: true, stride: 2 }), norm('bn'), relu, average, norm('loose')],
  ],
  [dense('p', 6), norm('pn'), relu, dense('q', 5)],
)
const weights = examples.trainedWeights(network)
const images = examples.noise(7, 9)

const embedOn = (kind: EngineKind) =>
  examples.withEncoder(kind, { network, weights }, (encoder) => encoder.embed(images, 7))

describe.each(['native', 'wasm'] as const)('embed on %s', (kind) => {
  it('gives the oracle’s unit rows and features', async () => {
    const oracle = await embedOn('cpu')
    const { embedding, features } = await embedOn(kind)
    expect([embedding.length, features.length]).toEqual([7 * 5, 7 * 4])
    expect(examples.relativeDistance(embedding, oracle.embedding)).toBeLessThan(1e-6)
    expect(examples.relativeDistance(features, oracle.features)).toBeLessThan(1e-6)
    for (let n = 0; n < 7; n++)
      expect(Math.hypot(...embedding.subarray(5 * n, 5 * n + 5))).toBeCloseTo(1, 6)
  })

  it('gives each image the same row in any company', async () => {
    const many = examples.noise(150, 9)
    await examples.withEncoder(kind, { network, weights }, async (encoder) => {
      const before = tf.memory().numTensors
      const all = await encoder.embed(many, 150)
      expect(tf.memory().numTensors).toBe(before)
      const last = await encoder.embed(many.subarray(149 * 243), 1)
      const row = all.embedding.subarray(149 * 5)
      expect(examples.relativeDistance(last.embedding, row)).toBeLessThan(1e-6)
      const none = await encoder.embed(new Float32Array(0), 0)
      expect([none.embedding.length, none.features.length]).toEqual([0, 0])
    })
  })

  it('follows the weights and statistics that a step leaves', async () => {
    await examples.withEncoder(kind, { network, weights }, async (encoder) => {
      const before = await encoder.embed(images, 7)
      await encoder.step(images, 7, examples.distanceLoss(7))
      const after = await encoder.embed(images, 7)
      expect(examples.relativeDistance(after.embedding, before.embedding)).toBeGreaterThan(1e-3)
      const { statistics } = encoder.weights
      const oracle = await examples.withEncoder(
        'cpu',
        { network, weights: { ...weights, statistics } },
        (other) => other.embed(images, 7),
      )
      expect(examples.relativeDistance(after.embedding, oracle.embedding)).toBeLessThan(2e-6)
    })
  })
})

describe('inferenceGraph', () => {
  it('with constants and bytes is a file of ONNX’s own operators that gives the same rows', async () => {
    const { offset, scale } = network.input
    const bytes = Float32Array.from(images, (_, i) => (i * 37) % 256)
    const values = bytes.map((byte) => (byte / 255 - offset) / scale)
    const oracle = await examples.withEncoder('cpu', { network, weights }, (encoder) =>
      encoder.embed(values, 7),
    )
    const graph = inferenceGraph(foldBatchNorms(network, weights), {
      images: 'bytes',
      outputs: ['embedding'],
    })
    expect(graph.nodes.every(({ domain }) => domain === '')).toBe(true)
    const runtime = await loadOnnxRuntime(1)
    const session = runtime.createSession(graph)
    const feeds = { images: runtime.tensor(bytes, [7, 9, 9, 3]) }
    const { embedding } = session.run(feeds, { embedding: null })
    session.dispose()
    expect(
      examples.relativeDistance(embedding!.data as Float32Array, oracle.embedding),
    ).toBeLessThan(2e-6)
  })
})

describe('foldBatchNorms', () => {
  it('leaves only the norms that follow no linear layer, and the given weights as they are', () => {
    const before = weights.trainable.slice()
    const folded = foldBatchNorms(network, weights)
    const kinds = [...folded.network.backbone, ...folded.network.projector].flatMap((layer) =>
      layer.kind === 'batchNorm' ? [layer.name] : [],
    )
    expect(kinds).toEqual(['loose'])
    expect(weights.trainable).toEqual(before)
  })
})

describe.each<[string, Layer[]]>([
  ['ResNet-18', resnet18({ width: 4, depth: 3, imageSize: 12 })],
  ['ResNet-18 with its large stem', resnet18({ width: 4, depth: 2, imageSize: 224 })],
  ['MobileNetV2', mobilenetV2({ width: 8, depth: 5, imageSize: 12 })],
  [
    'a network with frozen layers and dropout',
    [
      { kind: 'frozen', layers: [conv('a'), norm('an'), { kind: 'hardSwish' }] },
      depthwise('b', 2),
      { kind: 'frozen', layers: [norm('bn')] },
      average,
      { kind: 'dropout', name: 'd', rate: 0.5, seed: 1 },
    ],
  ],
])('evaluation of %s', (_, backbone) => {
  const other = networkOf(12, backbone, [dense('p', 5)])
  const trained = examples.trainedWeights(other)

  it('has no batch norm left after folding', () => {
    const { network: folded } = foldBatchNorms(other, trained)
    const kinds = (layers: readonly Layer[]): string[] =>
      layers.flatMap((layer) => [layer.kind, ...partsOf(layer).flatMap(kinds)])
    expect(kinds(other.backbone)).toContain('batchNorm')
    for (const kind of ['batchNorm', 'frozen', 'dropout'])
      expect(kinds(folded.backbone)).not.toContain(kind)
  })

  it('gives the oracle’s rows and features on every engine', async () => {
    const input = examples.noise(3, 12)
    const embed = (kind: EngineKind) =>
      examples.withEncoder(kind, { network: other, weights: trained }, (encoder) =>
        encoder.embed(input, 3),
      )
    const oracle = await embed('cpu')
    for (const kind of ['native', 'wasm'] as const) {
      const found = await embed(kind)
      expect(examples.relativeDistance(found.embedding, oracle.embedding)).toBeLessThan(5e-6)
      expect(examples.relativeDistance(found.features, oracle.features)).toBeLessThan(5e-6)
    }
  })
})
