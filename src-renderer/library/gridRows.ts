/** Images in the order in which the grid shows them: label by label, those without one last. */
export interface Grouping {
  /** Rows of the image table. */
  readonly order: Int32Array
  readonly groups: readonly Group[]
}

export interface Group {
  /** −1: without a label. */
  readonly label: number
  /** Places in the order, `to` not included. */
  readonly from: number
  readonly to: number
}

export type GridRow =
  | { readonly kind: 'label'; readonly group: number }
  | { readonly kind: 'images'; readonly group: number; readonly from: number; readonly to: number }

/**
 * Groups images by label; within one they keep the order of the table.
 *
 * @param isShown whether images of a label (−1: none) are wanted
 */
export function groupByLabel(
  labels: Int32Array,
  labelCount: number,
  isShown: (label: number) => boolean,
): Grouping {
  const counts = new Int32Array(labelCount + 1)
  const slotOf = (label: number): number => (label < 0 ? labelCount : label)
  for (const label of labels) if (isShown(label)) increment(counts, slotOf(label))
  const groups: Group[] = []
  const next = new Int32Array(labelCount + 1)
  let total = 0
  counts.forEach((count, slot) => {
    next[slot] = total
    if (count > 0)
      groups.push({ label: slot === labelCount ? -1 : slot, from: total, to: total + count })
    total += count
  })
  const order = new Int32Array(total)
  labels.forEach((label, row) => {
    if (isShown(label)) order[increment(next, slotOf(label))] = row
  })
  return { order, groups }
}

/** The rows of a grid with so many columns: a header for each group, then its images. */
export function gridRows(groups: readonly Group[], columns: number): readonly GridRow[] {
  const rows: GridRow[] = []
  groups.forEach(({ from, to }, group) => {
    rows.push({ kind: 'label', group })
    for (let start = from; start < to; start += columns)
      rows.push({ kind: 'images', group, from: start, to: Math.min(to, start + columns) })
  })
  return rows
}

/**
 * The place that an arrow key leads to. Up and down keep the column, over the borders of groups.
 *
 * @param rows of {@link gridRows}
 */
export function placeAfter(
  rows: readonly GridRow[],
  place: number,
  move: { readonly columns: number; readonly rows: number },
): number {
  const last = rows.at(-1)
  const total = last?.kind === 'images' ? last.to : 0
  if (total === 0) return 0
  if (move.rows === 0) return Math.min(total - 1, Math.max(0, place + move.columns))
  const images = rows.filter((row) => row.kind === 'images')
  const at = images.findIndex(({ from, to }) => place >= from && place < to)
  const here = images[at]
  const there = images[Math.min(images.length - 1, Math.max(0, at + move.rows))]
  if (here === undefined || there === undefined) return 0
  return Math.min(there.to - 1, there.from + (place - here.from))
}

/** Adds one and returns what was there before. */
function increment(counts: Int32Array, slot: number): number {
  const before = counts[slot] ?? 0
  counts[slot] = before + 1
  return before
}
