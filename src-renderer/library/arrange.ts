import type { ImageTable } from '../../src-main/contract/images.ts'
import type { Predicate } from './query.ts'

export const groupings = ['label', 'group', 'split', 'cluster', 'duplicate', 'none'] as const
export type GroupBy = (typeof groupings)[number]
export const sortings = ['added', 'name', 'date', 'size', 'outlier', 'loss'] as const
export type SortBy = (typeof sortings)[number]

/** Images in the order in which the grid shows them, group by group. */
export interface Arrangement {
  /** Rows of the image table. */
  readonly order: Int32Array
  readonly groups: readonly Group[]
}

export interface Group {
  /** Null where everything is one group. */
  readonly title: string | null
  /** The label that all of the group have, for its colour; −1 for none. */
  readonly label: number
  /** Places in the order, `to` not included. */
  readonly from: number
  readonly to: number
}

/** Groups that are no property of the table: clusters of a run, duplicates. */
export interface GroupColumns {
  /** In the order of the library. */
  readonly titles: readonly string[]
  /** Index into `titles`; −1 for none. `[n]` */
  readonly keys: Int32Array
}

/**
 * Groups without images are left out; what belongs to none comes last.
 *
 * @param columns for groups of clusters or duplicates; null where they are not known yet
 * @param values to sort by outlier score or loss, the highest first, NaN last; null where they are not
 *   known yet. `[n]`
 */
export function arrange(
  table: ImageTable,
  {
    groupBy,
    sortBy,
    isShown,
    columns = null,
    values = null,
  }: {
    readonly groupBy: GroupBy
    readonly sortBy: SortBy
    readonly isShown: Predicate
    readonly columns?: GroupColumns | null
    readonly values?: Float32Array | null
  },
): Arrangement {
  const { titles, keyOf } = keysOf(table, groupBy, columns)
  const sorted = sortedRows(table, sortBy, values)
  const counts = new Int32Array(titles.length)
  const shown = new Int32Array(sorted.length)
  let found = 0
  for (const row of sorted) {
    if (!isShown(row)) continue
    shown[found++] = row
    increment(counts, keyOf(row))
  }
  const groups: Group[] = []
  const next = new Int32Array(titles.length)
  let total = 0
  counts.forEach((count, key) => {
    next[key] = total
    const label = groupBy === 'label' && key < titles.length - 1 ? key : -1
    const title = titles[key] ?? null
    if (count > 0) groups.push({ title, label, from: total, to: total + count })
    total += count
  })
  const order = new Int32Array(total)
  for (const row of shown.subarray(0, found)) order[increment(next, keyOf(row))] = row
  return { order, groups }
}

/**
 * Groups that were found elsewhere, in their order: duplicates, or all images of one kind.
 *
 * @param groups ids of images; those that are not wanted or gone are left out
 */
export function arrangeGroups(
  groups: readonly Int32Array[],
  {
    rowOf,
    isShown,
    titleOf,
  }: {
    readonly rowOf: ReadonlyMap<number, number>
    readonly isShown: Predicate
    /** Null where everything is one group. */
    readonly titleOf: (group: number) => string | null
  },
): Arrangement {
  const order: number[] = []
  const arranged = groups.flatMap((ids, i): Group[] => {
    const rows = [...ids].flatMap((id) => rowOf.get(id) ?? []).filter(isShown)
    const from = order.length
    order.push(...rows)
    if (rows.length === 0) return []
    return [{ title: titleOf(i), label: -1, from, to: order.length }]
  })
  return { order: Int32Array.from(order), groups: arranged }
}

interface Keys {
  readonly titles: readonly (string | null)[]
  readonly keyOf: (row: number) => number
}

function keysOf(
  { labels, labelRows, splits }: ImageTable,
  groupBy: GroupBy,
  columns: GroupColumns | null,
): Keys {
  switch (groupBy) {
    case 'label':
      return {
        titles: [...labelRows.map(({ name }) => name), 'without a label'],
        keyOf: (row) => slotOf(labels[row] ?? -1, labelRows.length),
      }
    case 'group': {
      const names = [...new Set(labelRows.flatMap(({ parent }) => parent ?? []))].sort()
      const keys = labelRows.map(({ parent }) => names.indexOf(parent ?? ''))
      return {
        titles: [...names, 'in no group'],
        keyOf: (row) => slotOf(keys[labels[row] ?? -1] ?? -1, names.length),
      }
    }
    case 'split':
      return {
        titles: ['wherever the run says', 'always in training', 'always held out'],
        keyOf: (row) => splits[row] ?? 0,
      }
    case 'cluster':
      return keysOfColumns(columns, 'in no cluster')
    case 'duplicate':
      return keysOfColumns(columns, 'without a duplicate')
    case 'none':
      return { titles: [null], keyOf: () => 0 }
    default:
      return groupBy satisfies never
  }
}

function keysOfColumns(columns: GroupColumns | null, others: string): Keys {
  const titles = columns?.titles ?? []
  return {
    titles: [...titles, others],
    keyOf: (row) => slotOf(columns?.keys[row] ?? -1, titles.length),
  }
}

function slotOf(key: number, last: number): number {
  return key < 0 ? last : key
}

/**
 * Paths, times and sizes do not change when labels do: an order is worked out once for all tables that
 * share them.
 */
const knownOrders = new WeakMap<object, Partial<Record<SortBy, Int32Array>>>()

function sortedRows(table: ImageTable, sortBy: SortBy, values: Float32Array | null): Int32Array {
  const isMeasured = sortBy === 'outlier' || sortBy === 'loss'
  const source = isMeasured ? values : table.paths
  if (source === null) return sortedRows(table, 'added', null)
  const known = knownOrders.get(source) ?? {}
  const order = known[sortBy] ?? orderOf(table, sortBy, values)
  knownOrders.set(source, { ...known, [sortBy]: order })
  return order
}

function orderOf(
  { ids, paths, modifiedMs, widths, heights }: ImageTable,
  sortBy: SortBy,
  values: Float32Array | null,
): Int32Array {
  const rows = new Int32Array(ids.length)
  for (let row = 0; row < rows.length; row++) rows[row] = row
  switch (sortBy) {
    case 'added':
      return rows
    case 'name': {
      const naturally = new Intl.Collator('en', { numeric: true })
      return rows.sort((a, b) => naturally.compare(paths[a] ?? '', paths[b] ?? ''))
    }
    case 'date':
      return rows.sort((a, b) => (modifiedMs[b] ?? 0) - (modifiedMs[a] ?? 0) || a - b)
    case 'size': {
      const pixels = (row: number): number => (widths[row] ?? 0) * (heights[row] ?? 0)
      return rows.sort((a, b) => pixels(b) - pixels(a) || a - b)
    }
    case 'outlier':
    case 'loss': {
      const known = (row: number): number => (Number.isNaN(values?.[row] ?? NaN) ? 0 : 1)
      return rows.sort(
        (a, b) => known(b) - known(a) || (values?.[b] ?? 0) - (values?.[a] ?? 0) || a - b,
      )
    }
    default:
      return sortBy satisfies never
  }
}

/** Adds one and returns what was there before. */
function increment(counts: Int32Array, slot: number): number {
  const before = counts[slot] ?? 0
  counts[slot] = before + 1
  return before
}
