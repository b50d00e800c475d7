/** How well a clustering and labels agree; 1 where they are the same up to names. */
export interface ClusterAgreement {
  /** Mutual information over the mean of both entropies, in [0, 1]; flatters many small clusters. */
  readonly nmi: number
  /** The same less what chance gives, 0 on average for random clusters (Vinh, Epps, Bailey, JMLR 2010). */
  readonly ami: number
  /** Pairs on which both agree, less what chance gives (Hubert, Arabie, 1985). */
  readonly ari: number
}

/**
 * @param labels one an image
 * @param clusters one an image; any whole numbers
 */
export function clusterAgreement(
  labels: ArrayLike<number>,
  clusters: ArrayLike<number>,
): ClusterAgreement {
  const { cells, rows, columns, count } = contingency(labels, clusters)
  if (rows.length === columns.length && (rows.length === 1 || rows.length === count))
    return { nmi: 1, ami: 1, ari: 1 }
  const shared = mutualInformation(cells, rows, columns, count)
  const entropies = (entropy(rows, count) + entropy(columns, count)) / 2
  const byChance = expectedInformation(rows, columns, count)
  return {
    nmi: entropies === 0 ? 0 : shared / entropies,
    ami: entropies === byChance ? 0 : (shared - byChance) / (entropies - byChance),
    ari: adjustedRand(cells, rows, columns, count),
  }
}

interface Contingency {
  /** Sizes of the overlaps that are not empty, with the label's and the cluster's index. */
  readonly cells: readonly {
    readonly row: number
    readonly column: number
    readonly size: number
  }[]
  /** Size of each label. */
  readonly rows: readonly number[]
  /** Size of each cluster. */
  readonly columns: readonly number[]
  readonly count: number
}

function contingency(labels: ArrayLike<number>, clusters: ArrayLike<number>): Contingency {
  const rows: number[] = []
  const columns: number[] = []
  const rowOf = new Map<number, number>()
  const columnOf = new Map<number, number>()
  const sizes = new Map<string, { row: number; column: number; size: number }>()
  for (let i = 0; i < labels.length; i++) {
    const row = indexIn(rowOf, labels[i] ?? 0)
    const column = indexIn(columnOf, clusters[i] ?? 0)
    rows[row] = (rows[row] ?? 0) + 1
    columns[column] = (columns[column] ?? 0) + 1
    const key = `${row} ${column}`
    const cell = sizes.get(key) ?? { row, column, size: 0 }
    cell.size += 1
    sizes.set(key, cell)
  }
  return { cells: [...sizes.values()], rows, columns, count: labels.length }
}

function indexIn(places: Map<number, number>, value: number): number {
  const place = places.get(value) ?? places.size
  places.set(value, place)
  return place
}

function entropy(sizes: readonly number[], count: number): number {
  return sizes.reduce((sum, size) => sum - (size / count) * Math.log(size / count), 0)
}

function mutualInformation(
  cells: Contingency['cells'],
  rows: readonly number[],
  columns: readonly number[],
  count: number,
): number {
  return cells.reduce((sum, { row, column, size }) => {
    const byChance = ((rows[row] ?? 0) * (columns[column] ?? 0)) / count
    return sum + (size / count) * Math.log(size / byChance)
  }, 0)
}

/** Mean mutual information over all clusterings with these sizes: overlaps are hypergeometric. */
function expectedInformation(
  rows: readonly number[],
  columns: readonly number[],
  count: number,
): number {
  const logFactorial = logFactorials(count)
  const log = (n: number) => logFactorial[n] ?? 0
  let sum = 0
  for (const a of rows)
    for (const b of columns)
      for (let size = Math.max(1, a + b - count); size <= Math.min(a, b); size++) {
        const information = (size / count) * Math.log((count * size) / (a * b))
        const logShare =
          log(a) +
          log(b) +
          log(count - a) +
          log(count - b) -
          (log(count) + log(size) + log(a - size) + log(b - size) + log(count - a - b + size))
        sum += information * Math.exp(logShare)
      }
  return sum
}

function logFactorials(upTo: number): Float64Array {
  const logs = new Float64Array(upTo + 1)
  for (let n = 2; n <= upTo; n++) logs[n] = (logs[n - 1] ?? 0) + Math.log(n)
  return logs
}

function adjustedRand(
  cells: Contingency['cells'],
  rows: readonly number[],
  columns: readonly number[],
  count: number,
): number {
  const pairs = (n: number) => (n * (n - 1)) / 2
  const sumOf = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + pairs(size), 0)
  const together = sumOf(cells.map(({ size }) => size))
  const [inRows, inColumns] = [sumOf(rows), sumOf(columns)]
  const byChance = (inRows * inColumns) / pairs(count)
  const most = (inRows + inColumns) / 2
  return most === byChance ? 1 : (together - byChance) / (most - byChance)
}
