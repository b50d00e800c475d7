import type { Regime } from '../contract/catalogue.ts'

/** What an other is to an anchor. */
export const positive = 1
export const negative = -1
export const ignored = 0

/**
 * Who belongs with whom in one batch: all that a loss knows of images, labels and views. Each stage
 * that has a say (regime, memory, suspects, verdicts, miner) takes a relation and gives the next.
 */
export interface Relation {
  /** Anchors. */
  readonly rows: number
  /** Others: the anchors themselves in the same order, then any that have no gradient. */
  readonly columns: number
  /** {@link positive}, {@link negative} or {@link ignored}, `[rows, columns]`. */
  readonly cells: Int8Array
  /** How many anchors, from the first, are first views; the others are second ones. Missing: all one view. */
  readonly firstViews?: number
}

/** What stands in each row of a batch. */
export interface BatchRows {
  /** The same number where two rows are views of one image, `[batch]`. */
  readonly images: Int32Array
  /** −1 for none, `[batch]`. */
  readonly labels: Int32Array
}

/**
 * The relation that the regime alone gives; an anchor ignores itself.
 *
 * - contrastive: two views of an image are positives, all else negatives, whatever the labels say; the
 *   rows are [first views; second views]
 * - metric: equal labels are positives, other labels negatives; a row without a label is a positive
 *   of its other view and ignored by everyone else, since nobody knows what it is
 * - mixed: views and equal labels are positives, all else negatives, as for rows without a label there
 *   are only views; the rows are [first views; second views]
 */
export function relationOf(regime: Regime, { images, labels }: BatchRows): Relation {
  const size = images.length
  const cells = new Int8Array(size * size)
  const cellOf = cellsOf[regime]
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      if (i !== j)
        cells[i * size + j] =
          images[i] === images[j] ? positive : cellOf(labels[i] ?? -1, labels[j] ?? -1)
  const relation = { rows: size, columns: size, cells }
  return regime === 'metric' ? relation : { ...relation, firstViews: Math.floor(size / 2) }
}

/** What two different images are to each other, by their labels. */
const cellsOf: Readonly<Record<Regime, (anchor: number, other: number) => number>> = {
  contrastive: () => negative,
  metric: (anchor, other) => {
    if (anchor < 0 || other < 0) return ignored
    return anchor === other ? positive : negative
  },
  mixed: (anchor, other) => (anchor >= 0 && anchor === other ? positive : negative),
}

/** What stands in the columns of a memory. */
export interface MemoryRows extends BatchRows {
  /** The row of this very step that a column is the copy of, −1 where it is of an earlier step. */
  readonly copies: Int32Array
}

export interface MemoryUse {
  readonly regime: Regime
  /** What a copy from an earlier step is to the image that it shows. */
  readonly ownCopies: 'ignored' | 'positive'
  /**
   * `live`: an anchor sees its batch as it is, and the memory besides; `stored`: only the memory, which
   * then holds the batch too.
   */
  readonly batch: 'live' | 'stored'
}

/**
 * The relation with a memory's rows as further columns. An anchor ignores its own copy; copies of the
 * batch's other rows are what those rows are.
 *
 * @param relation of the batch itself
 */
export function withMemory(
  relation: Relation,
  rows: BatchRows,
  memory: MemoryRows,
  { regime, ownCopies, batch }: MemoryUse,
): Relation {
  const size = relation.rows
  const { images, labels, copies } = memory
  const added = images.length
  const columns = size + added
  const cells = new Int8Array(size * columns)
  const cellOf = cellsOf[regime]
  const ofOwn = ownCopies === 'positive' ? positive : ignored
  for (let i = 0; i < size; i++) {
    const batchCells = relation.cells.subarray(i * size, (i + 1) * size)
    if (batch === 'live') cells.set(batchCells, i * columns)
    const image = rows.images[i]
    const label = rows.labels[i] ?? -1
    // What a row of another label is, of none, and of the same: looked up once, since columns are many.
    const other = cellOf(label, label + 1)
    const none = cellOf(label, -1)
    const same = cellOf(label, label)
    const start = i * columns + size
    for (let j = 0; j < added; j++) {
      const copied = copies[j] ?? -1
      const its = labels[j] ?? -1
      if (copied >= 0) cells[start + j] = batchCells[copied] ?? ignored
      else if (images[j] === image) cells[start + j] = ofOwn
      else cells[start + j] = its < 0 ? none : its === label ? same : other
    }
  }
  return { ...relation, columns, cells }
}

/** How many others of each kind an anchor has. */
export interface PairCounts {
  /** `[rows]` */
  readonly positives: Int32Array
  /** `[rows]` */
  readonly negatives: Int32Array
  readonly allPositives: number
  readonly allNegatives: number
}

export function countPairs({ rows, columns, cells }: Relation): PairCounts {
  const positives = new Int32Array(rows)
  const negatives = new Int32Array(rows)
  let allPositives = 0
  let allNegatives = 0
  for (let i = 0; i < rows; i++) {
    let plus = 0
    let minus = 0
    for (let j = 0; j < columns; j++) {
      const cell = cells[i * columns + j]
      if (cell === positive) plus++
      else if (cell === negative) minus++
    }
    positives[i] = plus
    negatives[i] = minus
    allPositives += plus
    allNegatives += minus
  }
  return { positives, negatives, allPositives, allNegatives }
}

/** Pairs of a first view with a second one, and those with a memory; all pairs where there is one view. */
export function acrossViews(relation: Relation): Relation {
  const { rows, firstViews } = relation
  if (firstViews === undefined) return relation
  return restricted(relation, (i, j) => j >= rows || i < firstViews !== j < firstViews)
}

/** The pairs within each view, one relation a view; without memory. One relation where there is one view. */
export function withinViews(relation: Relation): readonly Relation[] {
  const { rows, firstViews } = relation
  if (firstViews === undefined) return [restricted(relation, (_, j) => j < rows)]
  return [
    restricted(relation, (i, j) => i < firstViews && j < firstViews),
    restricted(relation, (i, j) => i >= firstViews && j >= firstViews && j < rows),
  ]
}

/** The relation with all other pairs ignored. */
function restricted(
  relation: Relation,
  isKept: (anchor: number, other: number) => boolean,
): Relation {
  const { columns, cells } = relation
  const kept = cells.map((cell, at) =>
    isKept(Math.floor(at / columns), at % columns) ? cell : ignored,
  )
  return { ...relation, cells: kept }
}

/** Ordered positive pairs, by anchor and then by other. */
export interface PositivePairs {
  readonly anchors: Int32Array
  readonly positives: Int32Array
}

export function positivePairs({ columns, cells }: Relation): PositivePairs {
  const found: number[] = []
  for (let at = 0; at < cells.length; at++) if (cells[at] === positive) found.push(at)
  return {
    anchors: Int32Array.from(found, (at) => Math.floor(at / columns)),
    positives: Int32Array.from(found, (at) => at % columns),
  }
}

/** Anchors that have at least one pair. */
export function countAnchors(relation: Relation): number {
  const { positives, negatives } = countPairs(relation)
  return positives.filter((count, i) => count + (negatives[i] ?? 0) > 0).length
}
