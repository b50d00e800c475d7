import type { Layer, Network } from '../../../src-main/model/network.ts'
import type { Weights } from '../../../src-main/model/weights.ts'

/** Batch means and biased variances, by batch norm. */
export type Moments = Map<string, { mean: number[]; variance: number[] }>

export interface Context {
  readonly weights: WeightsOf
  readonly moments: Moments
  readonly isFrozen: boolean
}

/** Maps `[count, height, width, channels]`; vectors have height and width 1. */
export interface Maps {
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
): { rows: Float64Array; moments: Moments } {
  const moments: Moments = new Map()
  const { size } = network.input
  let x: Maps = {
    data: Float64Array.from(images),
    count,
    height: size,
    width: size,
    channels: 3,
  }
  for (const layer of [...network.backbone, ...network.projector])
    x = apply(layer, x, { weights, moments, isFrozen: false })
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

/** One layer in training mode (`frozen` ones in evaluation). Dropout is not among them: it is random. */
export function apply(layer: Layer, x: Maps, context: Context): Maps {
  const { count, height, width, channels } = x
  const { weights } = context
  switch (layer.kind) {
    case 'conv':
    case 'depthwise':
      return convolved(layer, x, weights)
    case 'batchNorm':
      return batchNormed(layer.name, x, context)
    case 'relu':
      return { ...x, data: x.data.map((value) => Math.max(value, 0)) }
    case 'relu6':
      return { ...x, data: x.data.map((value) => Math.min(Math.max(value, 0), 6)) }
    case 'hardSwish':
      return {
        ...x,
        data: x.data.map((value) => value * Math.min(Math.max(value / 6 + 0.5, 0), 1)),
      }
    case 'maxPool':
      return slid(layer, x, (values) => Math.max(...values))
    case 'averagePool':
      return slid(layer, x, meanOf)
    case 'zeroPad': {
      const { top, bottom, left, right } = layer
      const padded = emptyMaps(count, height + top + bottom, width + left + right, channels)
      return filled(padded, (n, row, column, channel) => {
        const [y, x0] = [row - top, column - left]
        const isInside = y >= 0 && y < height && x0 >= 0 && x0 < width
        return isInside ? x.data[((n * height + y) * width + x0) * channels + channel]! : 0
      })
    }
    case 'globalAveragePool':
      return overPositions(x, meanOf)
    case 'globalMaxPool':
      return overPositions(x, (values) => Math.max(...values))
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
    case 'l2Normalize': {
      const norms = overPositions(emptyMaps(count, height, width, 1), () => 0)
      for (let n = 0; n < count; n++)
        norms.data[n] = Math.hypot(...x.data.subarray(n * channels, (n + 1) * channels))
      return { ...x, data: x.data.map((value, i) => value / norms.data[Math.floor(i / channels)]!) }
    }
    case 'residual': {
      const pass = (layers: readonly Layer[]) =>
        layers.reduce((from, one) => apply(one, from, context), x)
      const [body, shortcut] = [pass(layer.body), pass(layer.shortcut)]
      return { ...body, data: body.data.map((value, i) => value + shortcut.data[i]!) }
    }
    case 'frozen': {
      const inside = { ...context, isFrozen: true }
      return layer.layers.reduce((from, one) => apply(one, from, inside), x)
    }
    case 'dropout':
      throw new TypeError('dropout has no float64 form')
  }
}

function batchNormed(name: string, x: Maps, { weights, moments, isFrozen }: Context): Maps {
  const { channels } = x
  const values = Array.from({ length: channels }, (_, c) =>
    x.data.filter((_, i) => i % channels === c),
  )
  const means = values.map(meanOf)
  const variances = values.map(
    (v, c) => v.reduce((sum, one) => sum + (one - means[c]!) ** 2, 0) / v.length,
  )
  if (!isFrozen) moments.set(name, { mean: means, variance: variances })
  const mean = isFrozen ? weights(`${name}/mean`) : means
  const variance = isFrozen ? weights(`${name}/variance`) : variances
  const gamma = weights(`${name}/gamma`)
  const beta = weights(`${name}/beta`)
  const data = x.data.map((value, i) => {
    const c = i % channels
    return ((value - mean[c]!) / Math.sqrt(variance[c]! + 1e-5)) * gamma[c]! + beta[c]!
  })
  return { ...x, data }
}

type Sliding = Pick<Extract<Layer, { kind: 'conv' }>, 'padding'> & { size: number; stride: number }

/** Where the window of each output position begins, along one side. */
function startsOf(side: number, { size, stride, padding }: Sliding): number[] {
  const same = padding === 'same'
  const length = same ? Math.ceil(side / stride) : Math.floor((side - size) / stride) + 1
  const before = same ? Math.floor(Math.max((length - 1) * stride + size - side, 0) / 2) : 0
  return Array.from({ length }, (_, i) => i * stride - before)
}

/** A function of the values that lie in each window; padding is none of them. */
function slid(window: Sliding, x: Maps, of: (values: number[]) => number): Maps {
  const rows = startsOf(x.height, window)
  const columns = startsOf(x.width, window)
  const inside = (start: number, side: number) =>
    Array.from({ length: window.size }, (_, i) => start + i).filter((i) => i >= 0 && i < side)
  return filled(emptyMaps(x.count, rows.length, columns.length, x.channels), (n, row, column, c) =>
    of(
      inside(rows[row]!, x.height).flatMap((y) =>
        inside(columns[column]!, x.width).map((z) => x.data[place(x, n, y, z, c)]!),
      ),
    ),
  )
}

function overPositions(x: Maps, of: (values: number[]) => number): Maps {
  const { height, width } = x
  return filled(emptyMaps(x.count, 1, 1, x.channels), (n, _row, _column, c) =>
    of(
      Array.from(
        { length: height * width },
        (_, i) => x.data[place(x, n, Math.floor(i / width), i % width, c)]!,
      ),
    ),
  )
}

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}

function convolved(
  layer: Extract<Layer, { kind: 'conv' | 'depthwise' }>,
  x: Maps,
  weights: WeightsOf,
): Maps {
  const { size, name, bias } = layer
  const kernel = weights(`${name}/kernel`)
  const filters = layer.kind === 'conv' ? layer.filters : x.channels
  const offsets = bias ? weights(`${name}/bias`) : new Float64Array(filters)
  const rows = startsOf(x.height, layer)
  const columns = startsOf(x.width, layer)
  return filled(emptyMaps(x.count, rows.length, columns.length, filters), (n, row, column, k) => {
    let sum = offsets[k]!
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const y = rows[row]! + i
        const z = columns[column]! + j
        if (y < 0 || z < 0 || y >= x.height || z >= x.width) continue
        const position = i * size + j
        if (layer.kind === 'depthwise')
          sum += x.data[place(x, n, y, z, k)]! * kernel[position * filters + k]!
        else
          for (let c = 0; c < x.channels; c++)
            sum +=
              x.data[place(x, n, y, z, c)]! * kernel[(position * x.channels + c) * filters + k]!
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
