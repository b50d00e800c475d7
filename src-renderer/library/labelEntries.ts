import type { LabelId, LabelRow } from '../../src-main/contract/labels.ts'

/** A row of the list of labels: a label, or the head of those that share a super-label. */
export type LabelEntry =
  | {
      readonly kind: 'label'
      readonly key: string
      /** Index into the table's labels; −1 stands for images without one. */
      readonly label: number
      /** Null: without a label. */
      readonly id: LabelId | null
      readonly name: string
      readonly count: number
      /** The key that gives this label; null for all after the ninth. */
      readonly digit: number | null
    }
  | { readonly kind: 'group'; readonly key: string; readonly name: string; readonly count: number }

/**
 * Labels group by group, those in no group first, then images without a label.
 *
 * @param counts images of each label, and last those without one
 * @param query part of the names that are wanted
 */
export function labelEntries(
  labels: readonly LabelRow[],
  counts: Int32Array,
  query: string,
): readonly LabelEntry[] {
  const wanted = query.trim().toLowerCase()
  const groups = [null, ...[...new Set(labels.flatMap(({ parent }) => parent ?? []))].sort()]
  const entries: LabelEntry[] = []
  let digit = 0
  for (const group of groups) {
    const members = labels.flatMap((row, label) =>
      row.parent === group ? [{ ...row, label, count: counts[label] ?? 0 }] : [],
    )
    const rows = members.map(({ id, name, label, count }): LabelEntry => {
      digit += 1
      const own = digit <= 9 ? digit : null
      return { kind: 'label', key: `label ${id}`, label, id, name, count, digit: own }
    })
    const found = rows.filter(({ name }) => name.toLowerCase().includes(wanted))
    const count = members.reduce((sum, member) => sum + member.count, 0)
    if (group !== null && found.length > 0)
      entries.push({ kind: 'group', key: `group ${group}`, name: group, count })
    entries.push(...found)
  }
  const unlabelled = counts[labels.length] ?? 0
  if (unlabelled > 0 && wanted === '')
    entries.push({
      kind: 'label',
      key: 'none',
      label: -1,
      id: null,
      name: 'without a label',
      count: unlabelled,
      digit: null,
    })
  return entries
}

/** The label that a digit key gives; null where there are not so many. */
export function labelOfDigit(
  labels: readonly LabelRow[],
  counts: Int32Array,
  digit: number,
): LabelId | null {
  const entry = labelEntries(labels, counts, '').find(
    (one) => one.kind === 'label' && one.digit === digit,
  )
  return entry?.kind === 'label' ? entry.id : null
}
