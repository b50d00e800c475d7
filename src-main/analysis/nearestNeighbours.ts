import { setImmediate as nextTurn } from 'node:timers/promises'
import { openRowProducts } from './rowProducts.ts'
import type { RowProductKind } from './rowProducts.ts'

export interface NearestNeighboursOptions {
  readonly dim: number
  /** Neighbours of each row, at least 1. */
  readonly k: number
  readonly signal?: AbortSignal | undefined
  /** Told the share that is done, in [0, 1]. */
  readonly onProgress?: ((share: number) => void) | undefined
  /** The fastest that runs here if missing. */
  readonly products?: RowProductKind | undefined
}

export interface NearestNeighbours {
  /** Rows, nearest first, `[n, k]`; −1 where there are fewer, and all along an excluded row. */
  readonly ids: Int32Array
  /** In [−1, 1] up to rounding, `[n, k]`; −Infinity where `ids` is −1. */
  readonly cosines: Float32Array
  readonly k: number
  /** Rows that hold a number that is not finite, ascending: nobody's neighbours, and without any. */
  readonly excluded: Int32Array
}

/** Rows of a tile's side: the tile's 1 MiB of products stays in a core's cache until it is read. */
const side = 512

/** Tiles between two turns of the event loop: some 50 ms. */
const tilesATurn = 16

/**
 * The k rows nearest to every row by cosine: exact, by all n²/2 products. A row is not its own
 * neighbour; of equally near rows the one with the lower index comes first. The same rows give the
 * same lists on the same machine, and cos(i, j) is cos(j, i) to the bit.
 *
 * 10,000 × 128 rows take some .6 s of processor time, 50,000 × 128 some 11 s; a third of it is shared by
 * all cores. The lists take n · k · 8 bytes.
 *
 * @param rows of unit length, `[n, dim]`
 * @throws the signal's reason when it is aborted
 */
export async function nearestNeighbours(
  rows: Float32Array,
  { dim, k, signal, onProgress, products: kind }: NearestNeighboursOptions,
): Promise<NearestNeighbours> {
  const n = dim > 0 ? rows.length / dim : 0
  const finite = finiteRows(rows, n, dim)
  const isWhole = finite.length === n
  const packed = isWhole ? rows : pack(rows, dim, finite)
  const lists = new NearestLists(finite.length, k)
  const products = await openRowProducts(kind)
  try {
    const tile = new Float32Array(side * side)
    const blocks = Math.ceil(finite.length / side)
    const rowsOf = (block: number): Float32Array =>
      packed.subarray(block * side * dim, Math.min((block + 1) * side, finite.length) * dim)
    let done = 0
    // In this order every row meets the others by ascending index, so ties need no comparison.
    for (let first = 0; first < blocks; first++)
      for (let second = first; second < blocks; second++) {
        const a = rowsOf(first)
        const b = rowsOf(second)
        products.multiply(a, b, dim, tile)
        if (first === second) lists.takeOwn(tile, first * side, a.length / dim)
        else lists.takeBoth(tile, first * side, a.length / dim, second * side, b.length / dim)
        if (++done % tilesATurn === 0) {
          onProgress?.((2 * done) / (blocks * (blocks + 1)))
          await nextTurn()
          signal?.throwIfAborted()
        }
      }
  } finally {
    products.dispose()
  }
  onProgress?.(1)
  const { ids, cosines } = isWhole ? lists : spread(lists, finite, n)
  return { ids, cosines, k, excluded: othersThan(finite, n) }
}

/** Sorted lists of the best seen so far; one that is not full ends with id −1 and −Infinity. */
class NearestLists {
  readonly ids: Int32Array
  readonly cosines: Float32Array
  readonly k: number
  /**
   * The last cosine of each list, what a newcomer has to reach, as the bits of a float. Floats from 0
   * up are ordered as their bits are, negative ones lie below as integers too, and integers compare in
   * half the time; a negative last cosine counts as the lowest of all integers.
   */
  private readonly worstBits: Int32Array
  private readonly float = new Float32Array(1)
  private readonly bits = new Int32Array(this.float.buffer)

  constructor(n: number, k: number) {
    this.ids = new Int32Array(n * k).fill(-1)
    this.cosines = new Float32Array(n * k).fill(-Infinity)
    this.worstBits = new Int32Array(n).fill(lowest)
    this.k = k
  }

  /** Products of rows with themselves, `[count, count]`. */
  takeOwn(tile: Float32Array, from: number, count: number): void {
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        // The upper half both times, since a product's two orders may differ in the last bit.
        if (j !== i)
          this.offer(from + i, from + j, tile[i < j ? i * count + j : j * count + i] ?? 0)
  }

  /** Products of some rows with others after them, `[count, otherCount]`. */
  takeBoth(
    tile: Float32Array,
    from: number,
    count: number,
    otherFrom: number,
    otherCount: number,
  ): void {
    const bits = new Int32Array(tile.buffer)
    const others = this.worstBits.subarray(otherFrom, otherFrom + otherCount)
    const whole = otherCount - (otherCount % 4)
    for (let i = 0; i < count; i++) {
      let worst = this.worstBits[from + i] as number
      const start = i * otherCount
      for (let j = 0; j < otherCount; j += 4) {
        if (j < whole) {
          const a = bits[start + j] as number
          const b = bits[start + j + 1] as number
          const c = bits[start + j + 2] as number
          const d = bits[start + j + 3] as number
          const isFar = a < worst && b < worst && c < worst && d < worst
          const isFarFromOthers =
            a < (others[j] as number) &&
            b < (others[j + 1] as number) &&
            c < (others[j + 2] as number) &&
            d < (others[j + 3] as number)
          if (isFar && isFarFromOthers) continue
        }
        for (let q = j; q < Math.min(j + 4, otherCount); q++) {
          const value = bits[start + q] as number
          if (value >= (this.worstBits[from + i] as number))
            this.offer(from + i, otherFrom + q, tile[start + q] as number)
          if (value >= (others[q] as number))
            this.offer(otherFrom + q, from + i, tile[start + q] as number)
        }
        worst = this.worstBits[from + i] as number
      }
    }
  }

  /** Takes what is nearer than the last of the list, and pushes that out. */
  private offer(row: number, id: number, cosine: number): void {
    const { ids, cosines, k } = this
    const first = row * k
    let at = first + k - 1
    if (!(cosine > (cosines[at] as number))) return
    while (at > first && cosine > (cosines[at - 1] as number)) {
      cosines[at] = cosines[at - 1] as number
      ids[at] = ids[at - 1] as number
      at -= 1
    }
    cosines[at] = cosine
    ids[at] = id
    const worst = cosines[first + k - 1] as number
    this.float[0] = worst
    this.worstBits[row] = worst >= 0 ? (this.bits[0] as number) : lowest
  }
}

const lowest = -(2 ** 31)

/** Indices of rows without a number that is not finite, ascending. @param rows `[n, dim]` */
export function finiteRows(rows: Float32Array, n: number, dim: number): Int32Array {
  const finite = new Int32Array(n)
  let count = 0
  for (let i = 0; i < n; i++) {
    // A sum is finite only if all its terms are; unit rows cannot overflow it.
    let sum = 0
    for (let d = i * dim; d < (i + 1) * dim; d++) sum += rows[d] as number
    if (Number.isFinite(sum)) finite[count++] = i
  }
  return finite.subarray(0, count)
}

/** Chosen rows, one after the other, `[chosen, dim]`. */
export function pack(rows: Float32Array, dim: number, chosen: Int32Array): Float32Array {
  const packed = new Float32Array(chosen.length * dim)
  chosen.forEach((row, i) => packed.set(rows.subarray(row * dim, (row + 1) * dim), i * dim))
  return packed
}

/** Lists of chosen rows among all n. */
function spread(
  { ids, cosines, k }: NearestLists,
  chosen: Int32Array,
  n: number,
): { readonly ids: Int32Array; readonly cosines: Float32Array } {
  const all = { ids: new Int32Array(n * k).fill(-1), cosines: new Float32Array(n * k) }
  all.cosines.fill(-Infinity)
  chosen.forEach((row, i) => {
    all.cosines.set(cosines.subarray(i * k, (i + 1) * k), row * k)
    for (let j = 0; j < k; j++) all.ids[row * k + j] = chosen[ids[i * k + j] ?? -1] ?? -1
  })
  return all
}

function othersThan(chosen: Int32Array, n: number): Int32Array {
  const is = new Uint8Array(n)
  for (const row of chosen) is[row] = 1
  return Int32Array.from(Array.from(is.keys()).filter((row) => is[row] === 0))
}
