import type { ImageTable } from '../../contract/images.ts'
import { handSplits } from '../../contract/journal.ts'
import type { Issue, IssueKind, Looks, QualityReport } from '../../contract/quality.ts'
import { nearDuplicates } from './nearDuplicates.ts'

/** Beyond these an image is worth a look; chosen by eye on photographs and drawings. */
export const qualityLimits = {
  /** Mean luma in [0, 1]. */
  dark: 0.08,
  light: 0.97,
  /** Bits; a picture in one colour has 0. */
  plain: 0.6,
  /** Of the Laplacian, in units of luma. */
  blurry: 0.012,
  /** Longer side by the shorter. */
  shape: 4,
} as const

/**
 * What may be wrong with the images that are not in the trash. Every group is for a person to judge:
 * nothing is changed.
 *
 * @param looks of some or all of them, in any order
 */
export function qualityReport(table: ImageTable, looks: Looks): QualityReport {
  const { ids, hashes, labels, labelRows, trashed, widths, heights } = table
  const rows = [...ids.keys()].filter((row) => trashed[row] !== 1)
  const placeOf = new Map(looks.hashes.map((hash, place) => [hash, place]))
  const looksAt = (row: number): number => placeOf.get(hashes[row] ?? '') ?? -1
  const measured = rows.filter((row) => looksAt(row) >= 0)
  const withLook = (column: Float32Array, isOdd: (value: number) => boolean): Int32Array =>
    idsOf(measured.filter((row) => isOdd(column[looksAt(row)] ?? 0)))
  const idsOf = (chosen: readonly number[]): Int32Array =>
    Int32Array.from(chosen, (row) => ids[row] ?? 0)

  const exact = groupedBy(rows, (row) => hashes[row] ?? '')
  const counts = new Array<number>(labelRows.length).fill(0)
  for (const row of rows) {
    const label = labels[row] ?? -1
    if (label >= 0) counts[label] = (counts[label] ?? 0) + 1
  }
  const used = counts.filter((count) => count > 0)
  const isPlain = (place: number): boolean => (looks.entropy[place] ?? 0) < qualityLimits.plain
  const near = nearOf(rows, looksAt, looks, isPlain)
  const single: Readonly<Record<Exclude<IssueKind, 'exact' | 'near'>, Int32Array>> = {
    dark: withLook(looks.brightness, (value) => value < qualityLimits.dark),
    light: withLook(looks.brightness, (value) => value > qualityLimits.light),
    plain: withLook(looks.entropy, (value) => value < qualityLimits.plain),
    blurry: idsOf(
      measured.filter((row) => {
        const place = looksAt(row)
        return (looks.sharpness[place] ?? 1) < qualityLimits.blurry && !isPlain(place)
      }),
    ),
    shape: idsOf(
      rows.filter((row) => {
        const [width = 1, height = 1] = [widths[row], heights[row]]
        return Math.max(width / height, height / width) > qualityLimits.shape
      }),
    ),
    lonely: idsOf(rows.filter((row) => counts[labels[row] ?? -1] === 1)),
  }
  const issues: Issue[] = [
    { kind: 'exact', groups: exact.map(bestFirst(table)).map(idsOf) },
    { kind: 'near', groups: near.map(bestFirst(table)).map(idsOf) },
    ...Object.entries(single).map(([kind, group]) => ({
      kind: kind as IssueKind,
      groups: group.length > 0 ? [group] : [],
    })),
  ]
  const duplicates = [...exact, ...near]
  return {
    issues: issues.filter(({ groups }) => groups.length > 0),
    unmeasured: rows.length - measured.length,
    imbalance: used.length < 2 ? null : Math.max(...used) / Math.min(...used),
    leaks: {
      acrossSplits: duplicates.filter((group) => isAcrossSplits(group, table)).length,
      acrossLabels: duplicates.filter((group) => differ(group, (row) => labels[row] ?? -1)).length,
    },
  }
}

/** Exact duplicates count once here: they have a group of their own. */
function nearOf(
  rows: readonly number[],
  looksAt: (row: number) => number,
  looks: Looks,
  isPlain: (place: number) => boolean,
): readonly (readonly number[])[] {
  const rowOf = new Map<number, number>()
  for (const row of rows) {
    const place = looksAt(row)
    if (place >= 0 && !rowOf.has(place)) rowOf.set(place, row)
  }
  const groups = nearDuplicates(looks, (place) => rowOf.has(place) && !isPlain(place))
  return groups.map((group) => [...group].map((place) => rowOf.get(place) ?? 0))
}

/** The one with most pixels first, then the one that came first: the one to keep. */
function bestFirst({
  widths,
  heights,
}: ImageTable): (group: readonly number[]) => readonly number[] {
  const pixels = (row: number): number => (widths[row] ?? 0) * (heights[row] ?? 0)
  return (group) => [...group].sort((a, b) => pixels(b) - pixels(a) || a - b)
}

function groupedBy(
  rows: readonly number[],
  keyOf: (row: number) => string,
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return [...groups.values()].filter(({ length }) => length > 1)
}

function differ(group: readonly number[], valueOf: (row: number) => number): boolean {
  return new Set(group.map(valueOf)).size > 1
}

function isAcrossSplits(group: readonly number[], { splits }: ImageTable): boolean {
  const sides = new Set(group.map((row) => handSplits[splits[row] ?? 0]))
  return sides.has('training') && sides.has('heldOut')
}
