import type { RowProducts } from '../rowProducts.ts'
import { forEachRow } from './pairScores.ts'
import type { PairScores } from './pairScores.ts'

/** Pairs, best first; equals by the lower image. */
export interface RankedPairs {
  readonly first: Int32Array
  readonly second: Int32Array
  readonly scores: Float32Array
}

/**
 * The best pairs of all, by looking at each.
 *
 * @param isPair which pairs are asked for, first < second; all if missing
 */
export async function topPairs(
  scores: PairScores,
  products: RowProducts,
  { most, isPair = () => true }: { readonly most: number; readonly isPair?: IsPair },
): Promise<RankedPairs> {
  const heap = new PairHeap(most)
  await forEachRow(scores, products, (i, row) => {
    for (let j = i + 1; j < row.length; j++) {
      const score = row[j] as number
      if (score > heap.worst && isPair(i, j)) heap.add(i, j, score)
    }
  })
  return heap.ranked()
}

export type IsPair = (first: number, second: number) => boolean

/** Keeps the best so far, the worst of them on top. Earlier pairs win against later equals. */
class PairHeap {
  /** What a newcomer must be above. */
  worst = -Infinity
  private size = 0
  private readonly most: number
  private readonly first: Int32Array
  private readonly second: Int32Array
  private readonly scores: Float32Array

  constructor(most: number) {
    this.most = most
    this.first = new Int32Array(most)
    this.second = new Int32Array(most)
    this.scores = new Float32Array(most)
    if (most === 0) this.worst = Infinity
  }

  add(i: number, j: number, score: number): void {
    if (this.size < this.most) {
      this.put(this.size, i, j, score)
      this.rise(this.size++)
    } else {
      this.put(0, i, j, score)
      this.sink()
    }
    if (this.size === this.most) this.worst = this.scores[0] as number
  }

  ranked(): RankedPairs {
    const order = Array.from({ length: this.size }, (_, at) => at).sort((a, b) => {
      if (this.isBelow(a, b)) return 1
      return this.isBelow(b, a) ? -1 : 0
    })
    return {
      first: Int32Array.from(order, (at) => this.first[at] as number),
      second: Int32Array.from(order, (at) => this.second[at] as number),
      scores: Float32Array.from(order, (at) => this.scores[at] as number),
    }
  }

  private isBelow(a: number, b: number): boolean {
    const difference = (this.scores[a] as number) - (this.scores[b] as number)
    if (difference !== 0) return difference < 0
    const rows = (this.first[a] as number) - (this.first[b] as number)
    return rows !== 0 ? rows > 0 : (this.second[a] as number) > (this.second[b] as number)
  }

  private put(at: number, i: number, j: number, score: number): void {
    this.first[at] = i
    this.second[at] = j
    this.scores[at] = score
  }

  private swap(a: number, b: number): void {
    const [i, j, score] = [this.first[a], this.second[a], this.scores[a]] as [
      number,
      number,
      number,
    ]
    this.put(a, this.first[b] as number, this.second[b] as number, this.scores[b] as number)
    this.put(b, i, j, score)
  }

  private rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1
      if (!this.isBelow(at, parent)) return
      this.swap(at, parent)
      at = parent
    }
  }

  private sink(): void {
    for (let at = 0; ;) {
      const left = 2 * at + 1
      if (left >= this.size) return
      const right = left + 1
      const child = right < this.size && this.isBelow(right, left) ? right : left
      if (!this.isBelow(child, at)) return
      this.swap(at, child)
      at = child
    }
  }
}
