import { positive } from '../../losses/relation.ts'
import { lossOfRows } from '../../model/tfLoss.ts'
import type { EpochLoss, LookedBatch } from './epochLoss.ts'
import { pairSlopes } from './pairSlopes.ts'

/** What stands at the other end of a force. */
export type ForceEnd =
  /** By place in the run; of another row of the batch, or a row of the memory. */
  | { readonly kind: 'image' | 'memory'; readonly image: number }
  /** By place among the labels that are trained on. */
  | { readonly kind: 'proxy'; readonly label: number }

/** What one other does to an image's embedding. */
export interface PairForce {
  readonly end: ForceEnd
  /** The loss wants the two together; where it does not say, it is what it does. */
  readonly isPositive: boolean
  /** Towards the other, or away from it. */
  readonly isPull: boolean
  readonly cosine: number
  /** Minus the gradient, at a right angle to the image's row, `[dim]`. */
  readonly force: Float64Array
}

export interface Forces {
  /** Minus the gradient of the batch's loss by the image's embedding, both views together, `[dim]`. */
  readonly resultant: Float64Array
  /** Strongest first; null where the loss depends on more than cosines of pairs. */
  readonly pairs: readonly PairForce[] | null
}

/** The forces of pairs must add up to the whole within this share of it. */
const tolerance = 0.03

/** Weaker ones are nothing: rounding. */
const weakest = 1e-7

/**
 * The pull and the push on one image of a batch, by all that it meets, under the whole loss. On the tensor
 * backend that is active.
 *
 * @param image by place in the run; one of the batch
 */
export async function forcesOn(
  epochLoss: EpochLoss,
  looked: LookedBatch,
  image: number,
): Promise<Forces> {
  const { dim } = epochLoss
  const { raw, rowImages, whole } = looked
  const { gradient } = await lossOfRows(whole, raw, [rowImages.length, dim])
  const rows = [...rowImages.keys()].filter((row) => rowImages[row] === image)
  const resultant = new Float64Array(dim)
  for (const row of rows) {
    const slope = alongBall(gradient.subarray(row * dim, (row + 1) * dim), unitAt(raw, row, dim))
    slope.forEach((x, d) => (resultant[d] = (resultant[d] ?? 0) - x))
  }
  const pairs = await forcesOfPairs(epochLoss, looked, { image, rows })
  const length = Math.hypot(...resultant)
  return { resultant, pairs: addsUp(pairs, resultant, length) ? pairs : null }
}

async function forcesOfPairs(
  epochLoss: EpochLoss,
  looked: LookedBatch,
  focus: { readonly image: number; readonly rows: readonly number[] },
): Promise<PairForce[]> {
  const { dim } = epochLoss
  const { raw, facts } = looked
  const count = looked.rowImages.length
  const { slopes, others, memory, proxies } = await pairSlopes(epochLoss, looked)
  const found = new Map<string, { end: ForceEnd; isPositive: boolean; parts: Part[] }>()
  for (const row of focus.rows) {
    const own = unitAt(raw, row, dim)
    for (let other = 0; other < others; other++) {
      const slope = slopes[row * others + other] ?? 0
      if (slope === 0) continue
      const end = endOf(epochLoss, looked, { other, memory, proxies })
      const there =
        other < count
          ? unitAt(raw, other, dim)
          : other < count + memory
            ? unitAt(facts.memory ?? raw, other - count, dim)
            : unitAt(proxies ?? raw, other - count - memory, dim)
      const said = relationOf(looked, row, { other, end })
      const isPositive = said ?? slope < 0
      const key = `${JSON.stringify(end)} ${isPositive}`
      const known = found.get(key) ?? { end, isPositive, parts: [] }
      known.parts.push(partOf(own, there, slope))
      found.set(key, known)
    }
  }
  return [...found.values()]
    .map(({ end, isPositive, parts }): PairForce => {
      const force = Float64Array.from({ length: dim }, (_, d) =>
        parts.reduce((sum, part) => sum + (part.force[d] ?? 0), 0),
      )
      const cosine = parts.reduce((sum, part) => sum + part.cosine, 0) / parts.length
      const slope = parts.reduce((sum, part) => sum + part.slope, 0)
      return { end, isPositive, isPull: slope < 0, cosine, force }
    })
    .sort((a, b) => Math.hypot(...b.force) - Math.hypot(...a.force))
}

interface Part {
  readonly slope: number
  readonly cosine: number
  readonly force: Float64Array
}

/** Along the great circle to the other. */
function partOf(own: Float64Array, there: Float64Array, slope: number): Part {
  const cosine = own.reduce((sum, x, d) => sum + x * (there[d] ?? 0), 0)
  return { slope, cosine, force: own.map((x, d) => -slope * ((there[d] ?? 0) - cosine * x)) }
}

function endOf(
  { labelCount, dim }: EpochLoss,
  { rowImages, memoryImages }: LookedBatch,
  at: { readonly other: number; readonly memory: number; readonly proxies: Float32Array | null },
): ForceEnd {
  const { other, memory, proxies } = at
  const count = rowImages.length
  if (other < count) return { kind: 'image', image: rowImages[other] ?? 0 }
  if (other < count + memory) return { kind: 'memory', image: memoryImages[other - count] ?? 0 }
  const proxy = other - count - memory
  const centres = (proxies?.length ?? 0) / dim / Math.max(labelCount, 1)
  return { kind: 'proxy', label: Math.floor(proxy / centres) }
}

/** @returns whether the two are positives; null where the relation has nothing to say */
function relationOf(
  { facts }: LookedBatch,
  row: number,
  { other, end }: { readonly other: number; readonly end: ForceEnd },
): boolean | null {
  if (end.kind === 'proxy') return end.label === facts.labels[row]
  const { rows, columns, cells } = facts.relation
  const there = cells[row * columns + other] ?? 0
  const back = other < rows ? (cells[other * columns + row] ?? 0) : 0
  const said = there === 0 ? back : there
  return said === 0 ? null : said === positive
}

function addsUp(pairs: readonly PairForce[], resultant: Float64Array, length: number): boolean {
  const apart = resultant.map((x, d) =>
    pairs.reduce((rest, { force }) => rest - (force[d] ?? 0), x),
  )
  return Math.hypot(...apart) <= tolerance * length + weakest
}

/** Without what only makes the row longer or shorter, which moves nothing on the sphere. */
function alongBall(gradient: Float32Array, unit: Float64Array): Float64Array {
  const outwards = unit.reduce((sum, x, d) => sum + x * (gradient[d] ?? 0), 0)
  return unit.map((x, d) => (gradient[d] ?? 0) - outwards * x)
}

function unitAt(table: Float32Array, row: number, dim: number): Float64Array {
  const own = Float64Array.from(table.subarray(row * dim, (row + 1) * dim))
  const length = Math.max(Math.hypot(...own), 1e-12)
  return own.map((x) => x / length)
}
