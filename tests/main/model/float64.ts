import type { Layer, Network } from '../../../src-main/model/network.ts'
import type { Weights } from '../../../src-main/model/weights.ts'

/** Maps `[count, height, width, channels]`; vectors have height and width 1. */
interface Maps {
  readonly data: Float64Array
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Numbers of a weight by its name, in float64. */
export type WeightsOf = (name: string) => ArrayLike<number>

/** Training-mode forward pass in float64, as loops straight from the formulas. */
export function rowsInFloat64(
  network: Network,
  weights: WeightsOf,
  images: Float32Array,
  count: number,
): { rows: Float64Array; moments: Map<string, { mean: number[]; variance: number[] }> } {
  const moments = new Map<string, { mean: number[]; variance: number[] }>()
  const { size } = network.input
  let x: Maps = {
    data: Float64Array.from(images),
    count,
    height: size,
    width: size,
    channels: 3,
  }
  for (const layer of [...network.backbone, ...network.projector])
    x = apply(layer, x, weights, moments)
  const rows = x.data.slice()
  for (let n = 0; n < count; n++) {
    const row = rows.subarray(n * x.channels, (n + 1) * x.channels)
    const norm = Math.max(Math.hypot(...row), 1e-12)
    row.forEach((value, i) => (row[i] = value / norm))
  }
  return { rows, moments }
}

/** Weights as they are, widened. */
export function widened(weights: Weights): Map<string, Float64Array> {
  return new Map(weights.specs.map(({ name }) => [name, Float64Array.from(weights.view(name))]))
}

function apply(
  layer: Layer,
  x: Maps,
  weights: WeightsOf,
  moments: Map<string, { mean: number[]; variance: number[] }>,
): Maps {
  const { count, height, width, channels } = x
  switch (layer.kind) {
    case 'conv':
      return convolved(layer, x, weights)
    case 'batchNorm': {
      const values = Array.from({ length: channels }, (_, c) =>
        x.data.filter((_, i) => i % channels === c),
      )
      const mean = values.map((v) => v.reduce((sum, one) => sum + one, 0) / v.length)
      const variance = values.map(
        (v, c) => v.reduce((sum, one) => sum + (one - mean[c]!) ** 2, 0) / v.length,
      )
      moments.set(layer.name, { mean, variance })
      const gamma = weights(`${layer.name}/gamma`)
      const beta = weights(`${layer.name}/beta`)
      const data = x.data.map((value, i) => {
        const c = i % channels
        return ((value - mean[c]!) / Math.sqrt(variance[c]! + 1e-5)) * gamma[c]! + beta[c]!
      })
      return { ...x, data }
    }
    case 'relu':
      return { ...x, data: x.data.map((value) => Math.max(value, 0)) }
    case 'maxPool': {
      const result = emptyMaps(count, Math.floor(height / 2), Math.floor(width / 2), channels)
      return filled(result, (n, row, column, c) =>
        Math.max(
          ...[0, 1].flatMap((i) =>
            [0, 1].map((j) => x.data[place(x, n, 2 * row + i, 2 * column + j, c)]!),
          ),
        ),
      )
    }
    case 'globalAveragePool':
      return filled(emptyMaps(count, 1, 1, channels), (n, _row, _column, c) => {
        let sum = 0
        for (let i = 0; i < height; i++)
          for (let j = 0; j < width; j++) sum += x.data[place(x, n, i, j, c)]!
        return sum / (height * width)
      })
    case 'dense': {
      const kernel = weights(`${layer.name}/kernel`)
      const bias = weights(`${layer.name}/bias`)
      return filled(emptyMaps(count, 1, 1, layer.units), (n, _row, _column, unit) => {
        let sum = bias[unit]!
        for (let c = 0; c < channels; c++)
          sum += x.data[n * channels + c]! * kernel[c * layer.units + unit]!
        return sum
      })
    }
  }
}

function convolved(layer: Extract<Layer, { kind: 'conv' }>, x: Maps, weights: WeightsOf): Maps {
  const { size, stride, padding, filters, name, bias } = layer
  const kernel = weights(`${name}/kernel`)
  const offsets = bias ? weights(`${name}/bias`) : new Float64Array(filters)
  const same = padding === 'same'
  const lengthOf = (side: number) =>
    same ? Math.ceil(side / stride) : Math.floor((side - size) / stride) + 1
  const beforeOf = (side: number) =>
    same ? Math.floor(Math.max((lengthOf(side) - 1) * stride + size - side, 0) / 2) : 0
  const result = emptyMaps(x.count, lengthOf(x.height), lengthOf(x.width), filters)
  return filled(result, (n, row, column, k) => {
    let sum = offsets[k]!
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const y = row * stride + i - beforeOf(x.height)
        const z = column * stride + j - beforeOf(x.width)
        if (y < 0 || z < 0 || y >= x.height || z >= x.width) continue
        for (let c = 0; c < x.channels; c++)
          sum +=
            x.data[place(x, n, y, z, c)]! * kernel[((i * size + j) * x.channels + c) * filters + k]!
      }
    return sum
  })
}

function emptyMaps(count: number, height: number, width: number, channels: number): Maps {
  const data = new Float64Array(count * height * width * channels)
  return { data, count, height, width, channels }
}

function filled(
  maps: Maps,
  valueAt: (n: number, row: number, column: number, c: number) => number,
): Maps {
  for (let n = 0; n < maps.count; n++)
    for (let row = 0; row < maps.height; row++)
      for (let column = 0; column < maps.width; column++)
        for (let c = 0; c < maps.channels; c++)
          maps.data[place(maps, n, row, column, c)] = valueAt(n, row, column, c)
  return maps
}

function place(maps: Maps, n: number, row: number, column: number, c: number): number {
  return ((n * maps.height + row) * maps.width + column) * maps.channels + c
}
