import { describe, expect, it } from 'vitest'
import type { StepLoss } from '../../../../src-main/model/encoder.ts'
import type { Layer, Network } from '../../../../src-main/model/network.ts'
import { createOnnxEncoder } from '../../../../src-main/model/onnxEncoder.ts'
import { segmentsOf } from '../../../../src-main/model/onnx/blocked/partSizes.ts'
import { trainingGraph } from '../../../../src-main/model/onnx/trainingGraph.ts'
import { createWeights } from '../../../../src-main/model/weights.ts'
import { openEngine } from '../../../../src-main/numeric/engines/ladder.ts'
import { loadOnnxRuntime } from '../../../../src-main/numeric/onnx/runtime.ts'
import type { GraphContent } from '../../../../src-main/numeric/onnx/graph.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'
import * as examples from '../examples.ts'
import { average, conv, dense, networkOf, norm, pool, relu } from '../examples.ts'

const runtime = await loadOnnxRuntime(2)
const { block, reason } = runtime.layout
if (block === null) console.warn(`blocked layout skipped: ${reason}`)
// The loss outside the graph runs on the backend that the engine brings.
await openEngine('native')

const relu6: Layer = { kind: 'relu6' }
const depthwise = (name: string, stride: 1 | 2 = 1): Layer => ({
  ...{ kind: 'depthwise', name, size: 3, stride, padding: 'same', bias: false },
})
const inverted = (name: string, [expanded, filters]: [number, number], stride: 1 | 2 = 1) => [
  ...[conv(`${name}e`, { size: 1, filters: expanded }), norm(`${name}en`), relu6],
  ...[depthwise(`${name}d`, stride), norm(`${name}dn`), relu6],
  ...[conv(`${name}p`, { size: 1, filters }), norm(`${name}pn`)],
]
const basic = (name: string, filters: number, stride: 1 | 2 = 1) => [
  ...[conv(`${name}a`, { filters, stride }), norm(`${name}an`), relu],
  ...[conv(`${name}b`, { filters }), norm(`${name}bn`)],
]

const networks: Record<string, Network> = {
  'blocks with pools, in odd numbers of channels': networkOf(
    16,
    [
      ...[conv('a', { filters: 20 }), norm('an'), relu, pool],
      ...[conv('b', { filters: 37 }), norm('bn'), relu, pool],
      ...[conv('c', { filters: 16 }), norm('cn'), relu, pool, average],
    ],
    [dense('p', 9), relu, dense('q', 5)],
  ),
  'blocks on odd sides': networkOf(
    15,
    [
      ...[conv('a', { filters: 16 }), norm('an'), relu, pool],
      ...[conv('b', { filters: 16, size: 2 }), norm('bn'), relu, pool, average],
    ],
    [dense('p', 6)],
  ),
  'inverted residuals': networkOf(
    16,
    [
      ...[conv('s', { filters: 16, stride: 2 }), norm('sn'), relu6],
      ...inverted('a', [40, 24], 2),
      { kind: 'residual', body: inverted('b', [48, 24]), shortcut: [] },
      ...[conv('l', { filters: 50, size: 1 }), norm('ln'), relu6, average],
    ],
    [dense('p', 6)],
  ),
  'basic residuals': networkOf(
    16,
    [
      ...[conv('s', { filters: 16 }), norm('sn'), relu],
      ...[{ kind: 'residual', body: basic('a', 16), shortcut: [] } as const, relu],
      {
        kind: 'residual',
        body: basic('b', 40, 2),
        shortcut: [conv('bs', { filters: 40, size: 1, stride: 2 }), norm('bsn')],
      },
      ...[relu, average],
    ],
    [dense('p', 6)],
  ),
  'convolutions with a stride on even and odd sides': networkOf(
    18,
    [
      ...[conv('a', { filters: 16 }), norm('an'), relu],
      ...[conv('b', { filters: 20, size: 5, stride: 2 }), norm('bn'), relu],
      ...[conv('c', { filters: 16, stride: 2 }), norm('cn'), relu],
      ...[conv('d', { filters: 16, size: 2, stride: 2, padding: 'valid' }), norm('dn'), average],
    ],
    [dense('p', 6)],
  ),
  'convolutions with a stride and without padding': networkOf(
    14,
    [
      ...[conv('a', { filters: 16 }), norm('an'), relu],
      ...[conv('b', { filters: 18, stride: 2, padding: 'valid' }), norm('bn'), relu],
      ...[conv('c', { filters: 16, size: 4, stride: 2, padding: 'valid' }), norm('cn'), average],
    ],
    [dense('p', 6)],
  ),
  'wide convolutions on even and odd sides': networkOf(
    6,
    [
      ...[conv('a', { filters: 64 }), norm('an'), relu],
      ...[{ kind: 'residual', body: basic('b', 64), shortcut: [] } as const, relu],
      ...[conv('c', { filters: 72 }), norm('cn'), relu, pool],
      ...[conv('d', { filters: 64 }), norm('dn'), relu, average],
    ],
    [dense('p', 6)],
  ),
  'layers in between that have no blocked form': networkOf(
    12,
    [
      ...[conv('a', { filters: 16 }), norm('an'), { kind: 'hardSwish' } as const],
      ...[conv('b', { filters: 18, bias: true }), relu],
      { kind: 'averagePool', size: 3, stride: 2, padding: 'same' },
      {
        kind: 'residual',
        body: [
          conv('c', { filters: 18 }),
          norm('cn'),
          relu,
          conv('d', { filters: 18, bias: true }),
        ],
        shortcut: [conv('e', { filters: 18, size: 1 }), norm('en')],
      },
      ...[norm('fn'), relu, conv('g', { filters: 7, size: 5, padding: 'valid' }), norm('gn'), relu],
      average,
    ],
    [dense('p', 6)],
  ),
}

const count = 6
const images = {
  'random images': (size: number) => examples.noise(count, size),
  'flat images full of ties': (size: number) => examples.flatImages(count, size),
  'images far from 0': (size: number) => examples.noise(count, size, { level: 8, deviation: 0.25 }),
}

describe.skipIf(block === null).each(Object.entries(networks))(
  'the blocked graph of %s',
  (_, network) => {
    const weights = examples.trainedWeights(network)
    const loss = examples.distanceLoss(count)

    it.each(Object.entries(images))('has the oracle’s gradient for %s', async (kind, make) => {
      const input = make(network.input.size)
      const oracle = await examples.withEncoder('cpu', { network, weights }, async (encoder) => {
        const { loss: value, gradient } = await encoder.step(input, count, loss)
        return { loss: value, gradient, statistics: encoder.weights.statistics }
      })
      const found = await stepOn(block, network, { input, loss, count })
      // Rounding in float32 is all that the oracle itself is worth where the mean is far from 0.
      const tolerance = kind === 'images far from 0' ? 1e-4 : 1e-5
      expect(found.loss).toBeCloseTo(oracle.loss, 3)
      expect(examples.relativeDistance(found.gradient, oracle.gradient)).toBeLessThan(tolerance)
      expect(examples.relativeDistance(found.statistics, oracle.statistics)).toBeLessThan(1e-5)
    })
  },
)

describe.skipIf(block === null)('a convolution of two rows at a time', () => {
  it('is taken with many channels, stride 1 and an even number of rows', () => {
    const wide = { filters: 64 }
    expect(hasRowPairs(8, [conv('a', wide), conv('b', wide)])).toBe(true)
    expect(hasRowPairs(7, [conv('a', wide), conv('b', wide)])).toBe(false)
    expect(hasRowPairs(8, [conv('a', wide), conv('b', { filters: 32 })])).toBe(false)
    expect(hasRowPairs(8, [conv('a', { filters: 32 }), conv('b', wide)])).toBe(false)
    expect(hasRowPairs(8, [conv('a', wide), conv('b', { ...wide, stride: 2 })])).toBe(false)
    expect(hasRowPairs(8, [conv('a', wide), conv('b', { ...wide, padding: 'valid' })])).toBe(false)
  })

  function hasRowPairs(size: number, convolutions: Layer[]): boolean {
    const backbone = convolutions.flatMap((layer, i) => [layer, norm(`n${i}`), relu])
    const network = networkOf(size, [...backbone, average], [dense('p', 6)])
    const options = { batch: 4, loss: 'all', block, start: 'images' } as const
    return trainingGraph(network, options).graph.nodes.some(({ operator, attributes }) => {
      const sides = attributes['kernel_shape']
      return operator === 'Conv' && Array.isArray(sides) && sides.join() === '1,3'
    })
  }
})

describe.skipIf(block === null)('a batch in several parts', () => {
  const network = networkOf(
    64,
    [
      ...[conv('a', { filters: 32 }), norm('an'), relu, pool],
      ...[conv('b', { filters: 24, stride: 2 }), norm('bn'), relu, average],
    ],
    [dense('p', 8)],
  )

  it('has the gradient of the portable graph', async () => {
    for (const count of [37, 20]) {
      const input = examples.noise(count, 64)
      const loss = examples.distanceLoss(count)
      expect(sizesAt(0, count).length).toBeGreaterThan(1)
      const portable = await stepOn(null, network, { input, loss, count })
      const blocked = await stepOn(block, network, { input, loss, count })
      expect(examples.relativeDistance(blocked.gradient, portable.gradient)).toBeLessThan(1e-4)
      expect(examples.relativeDistance(blocked.statistics, portable.statistics)).toBeLessThan(1e-5)
    }
  })

  it('has the gradient of the portable graph with two rows at a time', async () => {
    const wide = networkOf(
      64,
      [
        ...[conv('a', { filters: 64 }), norm('an'), relu],
        ...[conv('b', { filters: 64 }), norm('bn'), relu, average],
      ],
      [dense('p', 8)],
    )
    const count = 18
    const image = { kind: 'map', height: 64, width: 64, channels: 3 } as const
    expect(segmentsOf(wide.backbone, image, count)[0]!.sizes).toEqual([6, 6, 6])
    const input = examples.noise(count, 64)
    const loss = examples.distanceLoss(count)
    const portable = await stepOn(null, wide, { input, loss, count })
    const blocked = await stepOn(block, wide, { input, loss, count })
    // Values within rounding of 0 are on the other side of ReLU; so it is without pairs of rows.
    expect(examples.relativeDistance(blocked.gradient, portable.gradient)).toBeLessThan(1e-3)
    expect(examples.relativeDistance(blocked.statistics, portable.statistics)).toBeLessThan(1e-5)
  })

  it('has as many images in its parts as there are', () => {
    expect(sizesAt(0, 37)).toEqual([13, 12, 12])
    expect(sizesAt(0, 1)).toEqual([1])
    const sizes = sizesAt(0, 1000)
    expect(sizes).toHaveLength(8)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1000)
  })

  it('has fewer parts where its maps are smaller, each of whole parts before', () => {
    expect(sizesAt(1, 37)).toEqual([37])
    expect(sizesAt(0, 200)).toHaveLength(8)
    expect(sizesAt(1, 200)).toEqual([75, 75, 50])
  })

  function sizesAt(segment: number, count: number): readonly number[] {
    const image = { kind: 'map', height: 64, width: 64, channels: 3 } as const
    return segmentsOf(network.backbone, image, count)[segment]!.sizes
  }
})

describe('fifty steps of changing batch sizes', () => {
  it('leave no session and no tensor behind', async () => {
    const network = networks['blocks on odd sides']!
    let open = 0
    let created = 0
    const counted = {
      ...runtime,
      createSession(graph: GraphContent) {
        const session = runtime.createSession(graph)
        open++
        created++
        let isOpen = true
        return {
          ...session,
          dispose() {
            if (isOpen) open--
            isOpen = false
            session.dispose()
          },
        }
      },
    }
    const encoder = createOnnxEncoder(counted, network, createWeights(network, 1))
    const input = examples.noise(8, network.input.size)
    const part = (rows: number) => input.subarray(0, rows * network.input.size ** 2 * 3)
    const before = tf.memory().numTensors
    for (let i = 0; i < 50; i++) {
      const rows = i % 5 === 4 ? 3 : 8
      const pairs = examples.twoViewPairs(rows, 0.2)
      const loss: StepLoss = { ofRows: examples.lossOfPairs(pairs), softmaxPairs: pairs }
      await encoder.step(part(rows), rows, i % 2 === 0 ? loss : { ofRows: loss.ofRows })
    }
    expect(tf.memory().numTensors).toBe(before)
    // Two sizes, inside and outside: nothing is built twice.
    const most = created
    for (let i = 0; i < 10; i++)
      await encoder.step(part(8), 8, { ofRows: examples.distanceLoss(8).ofRows })
    expect(created).toBe(most)
    expect(open).toBeLessThanOrEqual(8)
    encoder.dispose()
    expect(open).toBe(0)
  })
})

async function stepOn(
  ofBlock: number | null,
  network: Network,
  { input, loss, count }: { input: Float32Array; loss: StepLoss; count: number },
) {
  const copy = examples.trainedWeights(network)
  const layout = { block: ofBlock, reason: '' }
  const encoder = createOnnxEncoder({ ...runtime, layout }, network, copy)
  try {
    const { loss: value, gradient } = await encoder.step(input, count, loss)
    return { loss: value, gradient: gradient.slice(), statistics: copy.statistics }
  } finally {
    encoder.dispose()
  }
}
