import type { ImageId, ImageTable } from '../../src-main/contract/images.ts'
import type { QualityReport } from '../../src-main/contract/quality.ts'
import type { GroupColumns } from './arrange.ts'

/**
 * Images that are the same picture as another one, by row of the table: by their bytes, and once the
 * quality was checked also by their looks. Larger groups come first.
 */
export function twinColumns(
  { ids, hashes }: Pick<ImageTable, 'ids' | 'hashes'>,
  rowOf: ReadonlyMap<ImageId, number>,
  report: QualityReport | null,
): GroupColumns {
  const parents = Int32Array.from(ids, (_, row) => row)
  const rootOf = (row: number): number => {
    let at = row
    while ((parents[at] ?? at) !== at) at = parents[at] ?? at
    return at
  }
  const join = (a: number, b: number): void => {
    const [first, second] = [rootOf(a), rootOf(b)].sort((one, other) => one - other)
    if (first !== undefined && second !== undefined) parents[second] = first
  }
  const firstOf = new Map<string, number>()
  hashes.forEach((hash, row) => {
    const first = firstOf.get(hash)
    if (first === undefined) firstOf.set(hash, row)
    else join(first, row)
  })
  for (const { kind, groups } of report?.issues ?? []) {
    if (kind !== 'near') continue
    for (const [first = -1, ...others] of groups)
      for (const other of others) {
        const [a, b] = [rowOf.get(first), rowOf.get(other)]
        if (a !== undefined && b !== undefined) join(a, b)
      }
  }
  const sizes = new Map<number, number>()
  for (let row = 0; row < ids.length; row++) {
    const root = rootOf(row)
    sizes.set(root, (sizes.get(root) ?? 0) + 1)
  }
  const groups = [...sizes]
    .filter(([, size]) => size > 1)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
  const keyOf = new Map(groups.map(([root], key) => [root, key]))
  return {
    titles: groups.map((_, key) => `Duplicates ${key + 1}`),
    keys: Int32Array.from(ids, (_, row) => keyOf.get(rootOf(row)) ?? -1),
  }
}
