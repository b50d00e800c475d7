import type { Rows } from '../neighbours.ts'
import { countOf } from '../neighbours.ts'

/** How the pairs of a set lie; see `embeddingStatistics`, of which it is the part that is quick. */
export interface PairStatistics {
  /** Mean squared distance of pairs of one label, in [0, 4]; null where there is none. */
  readonly alignment: number | null
  /** log mean e^{−2 d²} over all pairs, ≤ 0; null below two images. */
  readonly uniformity: number | null
  /** Mean over all pairs of the cosine where labels are equal, else 0; null where no two are. */
  readonly tolerance: number | null
}

/** @param labels one an image, −1 for none, which is alike to no other */
export function pairStatistics(rows: Rows, labels: Int32Array): PairStatistics {
  const { data, dim } = rows
  const count = countOf(rows)
  let nearness = 0
  let cosines = 0
  let alike = 0
  for (let i = 0; i < count; i++) {
    const label = labels[i] ?? -1
    for (let j = i + 1; j < count; j++) {
      let cosine = 0
      for (let d = 0; d < dim; d++)
        cosine += (data[i * dim + d] as number) * (data[j * dim + d] as number)
      nearness += Math.exp(-4 * Math.max(1 - cosine, 0))
      if (label < 0 || labels[j] !== label) continue
      cosines += cosine
      alike += 1
    }
  }
  const pairs = (count * (count - 1)) / 2
  return {
    alignment: alike === 0 ? null : 2 - (2 * cosines) / alike,
    uniformity: pairs === 0 ? null : Math.log(nearness / pairs),
    tolerance: alike === 0 ? null : cosines / pairs,
  }
}
