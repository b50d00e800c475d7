/** One row's nearness to all others: who are the k nearest, and which rank a few others have. */
export class RankedRow {
  /** The k nearest, nearest first. */
  readonly nearest: Int32Array
  private values: Float32Array | Float64Array = new Float64Array(0)
  private own = -1
  private readonly counts: Int32Array

  /** @param k at most n − 1 */
  constructor(n: number, k: number) {
    this.nearest = new Int32Array(Math.min(k, n - 1))
    this.counts = new Int32Array(this.nearest.length + 1)
  }

  /** @param values nearness to all rows, `[n]`; the larger the nearer */
  load(own: number, values: Float32Array | Float64Array): void {
    this.own = own
    this.values = values
    const { nearest } = this
    let size = 0
    for (let j = 0; j < values.length; j++) {
      if (j === own) continue
      const value = values[j] as number
      // Rows come by ascending index, so of equals the lower one is in already.
      if (size === nearest.length && value <= (values[nearest[size - 1] as number] as number))
        continue
      let at = size < nearest.length ? size++ : size - 1
      while (at > 0 && value > (values[nearest[at - 1] as number] as number)) {
        nearest[at] = nearest[at - 1] as number
        at -= 1
      }
      nearest[at] = j
    }
  }

  /** Ranks of at most k rows, 1 for the nearest, in the order of nearness. */
  ranksOf(rows: Int32Array): Int32Array {
    const asked = rows.toSorted((a, b) => (this.isNearer(a, b) ? -1 : 1))
    const { values, own, counts } = this
    counts.fill(0)
    const last = asked.length - 1
    const least = values[asked[last] as number] as number
    for (let j = 0; j < values.length; j++)
      if ((values[j] as number) >= least && j !== own) {
        let at = last + 1
        while (at > 0 && this.isNearer(j, asked[at - 1] as number)) at -= 1
        counts[at] = (counts[at] as number) + 1
      }
    // Nearer than the first are those counted at 0; than the second, those at 0 and 1; and so on.
    let nearer = 0
    return asked.map((_, at) => (nearer += counts[at] as number) + 1)
  }

  private isNearer(a: number, b: number): boolean {
    const { values } = this
    const x = values[a] as number
    const y = values[b] as number
    return x > y || (x === y && a < b)
  }
}
