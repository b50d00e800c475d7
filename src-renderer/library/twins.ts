import type { ImageId, ImageTable } from '../../src-main/contract/images.ts'
import type { QualityReport } from '../../src-main/contract/quality.ts'

/** Other images that are the same picture as one, or nearly. */
export interface Twins {
  /** With the same bytes. */
  readonly exact: readonly ImageId[]
  /** That only look alike; none until the images were checked. */
  readonly near: readonly ImageId[]
}

export function twinsOf(table: ImageTable, row: number, report: QualityReport | null): Twins {
  const id = table.ids[row] ?? -1
  const hash = table.hashes[row]
  const exact: ImageId[] = []
  table.hashes.forEach((other, i) => {
    if (other === hash && i !== row) exact.push(table.ids[i] ?? -1)
  })
  const groups = report?.issues.find(({ kind }) => kind === 'near')?.groups ?? []
  const group = groups.find((one) => one.includes(id)) ?? new Int32Array(0)
  const near = [...group].filter((other) => other !== id && !exact.includes(other))
  return { exact, near }
}
