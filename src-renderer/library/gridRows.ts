import type { Group } from './arrange.ts'

export type GridRow =
  | { readonly kind: 'head'; readonly group: number }
  | { readonly kind: 'images'; readonly group: number; readonly from: number; readonly to: number }

/** The rows of a grid with so many columns: a header for each group that has a title, then its images. */
export function gridRows(groups: readonly Group[], columns: number): readonly GridRow[] {
  const rows: GridRow[] = []
  groups.forEach(({ title, from, to }, group) => {
    if (title !== null) rows.push({ kind: 'head', group })
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
