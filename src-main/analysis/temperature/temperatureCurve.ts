import type { TemperatureCurve } from '../../contract/laboratory.ts'
import { random } from '../../numeric/random.ts'
import { countOf, everyIndex } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import type { Laboratory } from './Laboratory.ts'
import { pairStatistics } from './pairStatistics.ts'
import { pushOf } from './shares.ts'

/** From .01 to 1, evenly on a log scale. */
const temperatures = Array.from({ length: 21 }, (_, i) => 10 ** (-2 + i / 10))

/** Images that a trial step moves, and that statistics are taken of. */
const mostMoved = 200

/** Mean length of a trial step on the sphere, rad: small enough that twice the step is twice the change. */
const stepLength = 0.01

/**
 * What each temperature would do to the embedding as it is: how the push falls, and where one small step of
 * it alone would lead. Low temperatures leave alone what is far and push fellows apart; high ones spread
 * everything: the uniformity–tolerance dilemma (Wang & Liu, CVPR 2021, arXiv:2012.09740) without training.
 *
 * @param positive cosine that stands for each anchor's positive
 */
export function temperatureCurve(
  input: {
    readonly rows: Rows
    readonly labels: Int32Array
    readonly isNegative: (first: number, second: number) => boolean
  },
  laboratory: Laboratory,
  positive: number,
): TemperatureCurve {
  const sample = sampleOf(input.rows, input.labels)
  const isNegative = (a: number, b: number) =>
    input.isNegative(sample.images[a] ?? 0, sample.images[b] ?? 0)
  const today = pairStatistics(sample.rows, sample.labels)
  const points = temperatures.map((temperature) => {
    const moved = pairStatistics(stepped(sample.rows, temperature, isNegative), sample.labels)
    return {
      temperature,
      ...laboratory.push({ kind: 'softmax', temperature }, positive),
      uniformityChange: (moved.uniformity ?? 0) - (today.uniformity ?? 0),
      toleranceChange: today.tolerance === null ? null : (moved.tolerance ?? 0) - today.tolerance,
    }
  })
  return { points, ...today }
}

function sampleOf(
  rows: Rows,
  labels: Int32Array,
): { readonly rows: Rows; readonly labels: Int32Array; readonly images: Int32Array } {
  const { data, dim } = rows
  const all = everyIndex(countOf(rows))
  const images =
    all.length <= mostMoved
      ? all
      : random(0, 'moved images').shuffle(all.slice()).subarray(0, mostMoved).sort()
  const part = new Float32Array(images.length * dim)
  images.forEach((image, i) => part.set(data.subarray(image * dim, (image + 1) * dim), i * dim))
  return { rows: { data: part, dim }, labels: images.map((image) => labels[image] ?? -1), images }
}

/** Each image moved away from its negatives as the softmax pushes it; the mean move is one step long. */
function stepped(
  { data, dim }: Rows,
  temperature: number,
  isNegative: (first: number, second: number) => boolean,
): Rows {
  const count = data.length / dim
  const moves = new Float64Array(data.length)
  let lengths = 0
  for (let i = 0; i < count; i++) {
    const negatives = everyIndex(count).filter((j) => j !== i && isNegative(i, j))
    const cosines = Float32Array.from(negatives, (j) => dot(data, dim, i, j))
    const { shares } = pushOf(cosines, 1, { kind: 'softmax', temperature })
    const move = moves.subarray(i * dim, (i + 1) * dim)
    negatives.forEach((j, n) => {
      const share = shares[n] as number
      for (let d = 0; d < dim; d++)
        move[d] =
          (move[d] as number) -
          share *
            ((data[j * dim + d] as number) - (cosines[n] as number) * (data[i * dim + d] as number))
    })
    lengths += Math.hypot(...move)
  }
  const scale = lengths > 0 ? (stepLength * count) / lengths : 0
  const moved = Float32Array.from(data, (x, at) => x + scale * (moves[at] as number))
  for (let i = 0; i < count; i++) {
    const row = moved.subarray(i * dim, (i + 1) * dim)
    const norm = Math.hypot(...row) || 1
    for (let d = 0; d < dim; d++) row[d] = (row[d] as number) / norm
  }
  return { data: moved, dim }
}

function dot(data: Float32Array, dim: number, i: number, j: number): number {
  let sum = 0
  for (let d = 0; d < dim; d++) sum += (data[i * dim + d] as number) * (data[j * dim + d] as number)
  return sum
}
