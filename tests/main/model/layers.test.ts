import { describe, expect, it } from 'vitest'
import type { Activation, Layer, PaddingKind } from '../../../src-main/model/layer.ts'
import { loadOnnxRuntime } from '../../../src-main/numeric/onnx/runtime.ts'
import { caseOf, expectSame, inFloat64, inGraph, onTensors } from './layerHarness.ts'
import type { LayerCase } from './layerHarness.ts'

const runtime = await loadOnnxRuntime(1)

const map = (height: number, width: number, channels: number): Activation => ({
  kind: 'map',
  height,
  width,
  channels,
})
const vector = (channels: number): Activation => ({ kind: 'vector', channels })

/** Sides of the maps, and images in the batch. */
const inputs = [
  { height: 7, width: 6, batch: 2 },
  { height: 8, width: 8, batch: 1 },
] as const
const strides = [1, 2] as const
const paddings = ['same', 'valid'] as const

/** Every combination of the options, as the rows of a test table. */
function gridOf<Options>(
  sizes: readonly number[],
  of: (size: number, stride: 1 | 2, padding: PaddingKind) => Options,
): Options[] {
  return sizes.flatMap((size) =>
    strides.flatMap((stride) => paddings.map((padding) => of(size, stride, padding))),
  )
}

/** Holds the layer's forms on every engine to float64. */
async function expectAllForms(given: LayerCase, limit = 1e-5): Promise<void> {
  const truth = inFloat64(given)
  expectSame(inGraph(runtime, given), truth, limit)
  for (const kind of ['cpu', 'wasm'] as const)
    expectSame(await onTensors(kind, given), truth, limit)
}

describe('a convolution', () => {
  it.each(gridOf([1, 2, 3, 5, 7], (size, stride, padding) => ({ size, stride, padding })))(
    'has the values and gradients of float64, %o',
    async ({ size, stride, padding }) => {
      for (const { height, width, batch } of inputs) {
        if (padding === 'valid' && Math.min(height, width) < size) continue
        const layer: Layer = {
          kind: 'conv',
          name: 'c',
          filters: 3,
          size,
          stride,
          padding,
          bias: batch === 1,
        }
        await expectAllForms(caseOf(layer, map(height, width, 2), { batch }))
      }
    },
  )
})

describe('a depthwise convolution', () => {
  it.each(gridOf([1, 2, 3, 5], (size, stride, padding) => ({ size, stride, padding })))(
    'has the values and gradients of float64, %o',
    async ({ size, stride, padding }) => {
      for (const { height, width, batch } of inputs) {
        const layer: Layer = {
          kind: 'depthwise',
          name: 'd',
          size,
          stride,
          padding,
          bias: batch === 1,
        }
        await expectAllForms(caseOf(layer, map(height, width, 3), { batch }))
      }
    },
  )
})

describe('a depthwise convolution of a wide map', () => {
  it.each(strides)('has the values and gradients of float64, stride %d', async (stride) => {
    const layer: Layer = {
      ...{ kind: 'depthwise', name: 'd', size: 3, stride, padding: 'same', bias: false },
    }
    await expectAllForms(caseOf(layer, map(3, 20, 1), { batch: 2 }))
  })
})

describe('zero padding', () => {
  it.each([
    [0, 1, 0, 1],
    [3, 3, 3, 3],
    [2, 0, 0, 5],
    [0, 0, 0, 0],
  ])('has the values and gradients of float64, %i %i %i %i', async (top, bottom, left, right) => {
    for (const { height, width, batch } of inputs)
      await expectAllForms(
        caseOf({ kind: 'zeroPad', top, bottom, left, right }, map(height, width, 2), { batch }),
      )
  })
})

describe.each(['maxPool', 'averagePool'] as const)('a pool, %s', (kind) => {
  it.each(
    gridOf([2, 3], (size, stride, padding): Layer => ({ kind, size, stride, padding })).concat([
      { kind, size: 3, stride: 3, padding: 'same' },
      { kind, size: 1, stride: 2, padding: 'same' },
      { kind, size: 4, stride: 3, padding: 'valid' },
    ]),
  )('has the values and gradients of float64, %o', async (layer) => {
    for (const { height, width, batch } of inputs)
      await expectAllForms(caseOf(layer, map(height, width, 2), { batch }))
  })

  it('gives on all of dL/dy once where values are tied, and padding takes none of it', async () => {
    const layer: Layer = { kind, size: 3, stride: 2, padding: 'same' }
    for (const level of [-3, 0, 2]) {
      const given = caseOf(layer, map(7, 6, 2), { fill: () => level })
      const results = [inGraph(runtime, given)]
      for (const engine of ['cpu', 'wasm'] as const) results.push(await onTensors(engine, given))
      for (const result of results) {
        expect(new Set(Array.from(result.y))).toEqual(new Set([level]))
        expect(sum(result.dx)).toBeCloseTo(sum(given.dy), 4)
        expectSame(result, results[1]!, 1e-6)
      }
    }
  })
})

describe('a batch norm', () => {
  const layer: Layer = { kind: 'batchNorm', name: 'n' }

  it.each([map(5, 4, 3), map(1, 1, 3), vector(3)])(
    'has the values and gradients of float64 on %o',
    async (input) => {
      await expectAllForms(caseOf(layer, input, { batch: 4 }))
    },
  )

  it('does not cancel where the mean is far from 0', async () => {
    const noise = caseOf(layer, map(6, 6, 2)).x
    const given = caseOf(layer, map(6, 6, 2), { fill: (i) => 30 + 0.1 * noise[i]! })
    await expectAllForms(given, 1e-4)
  })

  it('of one image of one position gives its offset', async () => {
    const given = caseOf(layer, map(1, 1, 2), { batch: 1 })
    const beta = [...given.weights.get('n/beta')!.values]
    const results = [inGraph(runtime, given), await onTensors('cpu', given)]
    for (const { y, dx } of results) {
      expect(Array.from(y)).toEqual(beta)
      expect(Math.hypot(...Array.from(dx))).toBeLessThan(1e-3)
    }
  })
})

describe('an activation', () => {
  it.each(['relu', 'relu6', 'hardSwish'] as const)(
    '%s has the values and gradients of float64 on maps and vectors',
    async (kind) => {
      for (const input of [map(5, 4, 3), vector(7)]) {
        const { x } = caseOf({ kind }, input, { batch: 3 })
        await expectAllForms(caseOf({ kind }, input, { batch: 3, fill: (i) => 5 * x[i]! }))
      }
    },
  )

  it.each([
    ['relu', [0, 0, 1]],
    ['relu6', [0, 0, 0]],
    ['hardSwish', [0, 0.5, 1]],
  ] as const)(
    '%s has the same slopes everywhere at its bends, at −3, 0 and 6',
    async (kind, slopes) => {
      const places = [-3, 0, 6]
      const given = caseOf({ kind }, vector(3), { batch: 1, fill: (i) => places[i]! })
      const expected = slopes.map((slope, i) => slope * given.dy[i]!)
      const results = [inGraph(runtime, given), await onTensors('cpu', given)]
      results.push(await onTensors('wasm', given))
      for (const { dx } of results)
        Array.from(dx).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
    },
  )
})

describe('layers that end in vectors', () => {
  it.each(['globalAveragePool', 'globalMaxPool'] as const)(
    '%s has the values and gradients of float64',
    async (kind) => {
      for (const batch of [1, 3]) await expectAllForms(caseOf({ kind }, map(5, 4, 3), { batch }))
    },
  )

  it('globalMaxPool shares the gradient among equal values', async () => {
    const given = caseOf({ kind: 'globalMaxPool' }, map(2, 2, 1), {
      batch: 1,
      fill: (i) => [5, 5, 1, 5][i]!,
    })
    const [dy = 0] = given.dy
    const results = [inGraph(runtime, given), await onTensors('cpu', given)]
    for (const { dx } of results)
      Array.from(dx).forEach((value, i) => expect(value).toBeCloseTo(i === 2 ? 0 : dy / 3, 6))
  })

  it.each<Layer>([{ kind: 'dense', name: 'd', units: 4 }, { kind: 'l2Normalize' }])(
    '%o has the values and gradients of float64',
    async (layer) => {
      for (const batch of [1, 3]) await expectAllForms(caseOf(layer, vector(5), { batch }))
    },
  )
})

describe('a residual block', () => {
  const conv = (name: string, options: { stride?: 2; size?: 1 } = {}): Layer => ({
    kind: 'conv',
    name,
    filters: 3,
    size: 3,
    stride: 1,
    padding: 'same',
    bias: false,
    ...options,
  })
  const norm = (name: string): Layer => ({ kind: 'batchNorm', name })

  it.each<{ what: string; layer: Layer }>([
    {
      what: 'and a shortcut of its own',
      layer: {
        kind: 'residual',
        body: [conv('a', { stride: 2 }), norm('an'), { kind: 'relu' }, conv('b'), norm('bn')],
        shortcut: [conv('s', { stride: 2, size: 1 }), norm('sn')],
      },
    },
    {
      what: 'and nothing beside it',
      layer: { kind: 'residual', body: [conv('a'), norm('an')], shortcut: [] },
    },
    {
      what: 'inside another',
      layer: {
        kind: 'residual',
        body: [
          conv('a'),
          { kind: 'residual', body: [conv('b'), norm('bn')], shortcut: [] },
          { kind: 'hardSwish' },
        ],
        shortcut: [],
      },
    },
  ])('with layers $what has the values and gradients of float64', async ({ layer }) => {
    for (const batch of [1, 2]) await expectAllForms(caseOf(layer, map(7, 6, 3), { batch }), 2e-5)
  })
})

describe('frozen layers', () => {
  const frozen: Layer = {
    kind: 'frozen',
    layers: [
      { kind: 'conv', name: 'a', filters: 3, size: 3, stride: 1, padding: 'same', bias: true },
      { kind: 'batchNorm', name: 'an' },
      { kind: 'relu6' },
      { kind: 'depthwise', name: 'b', size: 3, stride: 2, padding: 'same', bias: false },
      { kind: 'batchNorm', name: 'bn' },
      { kind: 'batchNorm', name: 'loose' },
      { kind: 'maxPool', size: 3, stride: 2, padding: 'same' },
      { kind: 'globalAveragePool' },
      { kind: 'dense', name: 'c', units: 4 },
      { kind: 'batchNorm', name: 'cn' },
    ],
  }

  it('use their running statistics, pass gradients on and have none themselves', async () => {
    const given = caseOf(frozen, map(7, 6, 2), { batch: 2 })
    expect([...given.weights.values()].every(({ trainable }) => !trainable)).toBe(true)
    await expectAllForms(given)
    expect(inGraph(runtime, given).gradients.size).toBe(0)
  })
})

describe('dropout', () => {
  const layer: Layer = { kind: 'dropout', name: 'drop', rate: 0.4, seed: 3 }

  it.each([map(3, 2, 50), vector(50)])(
    'leaves the same channels out on every engine, and others in the next step, %o',
    async (input) => {
      const given = caseOf(layer, input, { batch: 4, fill: () => 1 })
      const first = inGraph(runtime, given, 0)
      for (const kind of ['cpu', 'wasm'] as const)
        expectSame(await onTensors(kind, given, 0), first, 1e-7)
      const values = Array.from(first.y)
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.6)]))
      expect(Math.abs(sum(values) / values.length - 1)).toBeLessThan(0.15)
      expect(Array.from(first.dx)).toEqual(values.map((y, i) => Math.fround(y * given.dy[i]!)))
      expect(inGraph(runtime, given, 1).y).not.toEqual(first.y)
    },
  )

  it('drops a channel of a map at all its positions', () => {
    const { y } = inGraph(runtime, caseOf(layer, map(3, 2, 5), { fill: () => 1 }))
    for (let i = 0; i < y.length; i++) expect(y[i]).toBe(y[Math.floor(i / 30) * 30 + (i % 5)])
  })
})

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0)
}
