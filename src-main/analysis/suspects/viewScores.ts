import { countOf } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import type { RowProducts } from '../rowProducts.ts'
import type { PairScores } from './pairScores.ts'

/**
 * False negative cancellation (Huynh et al., WACV 2022, arXiv:2011.11765): an image is looked for with
 * several random views of itself, and the nearest of them counts. Symmetric: the better of both ways.
 *
 * @param views embeddings of random views of all images; the first is what is looked for, the others are
 *   what it is looked for with. At least two
 */
export function fncScores(views: readonly Rows[], products: RowProducts): PairScores {
  const [candidates, ...supports] = views
  if (!candidates || supports.length === 0) throw new TypeError('FNC needs at least two views')
  const count = countOf(candidates)
  const { dim } = candidates
  const rowOf = ({ data }: Rows, i: number) => data.subarray(i * dim, (i + 1) * dim)
  const part = new Float32Array(count)
  const take = (from: Rows, i: number, to: Rows, out: Float32Array) => {
    products.multiply(rowOf(from, i), to.data, dim, part)
    for (let j = 0; j < count; j++)
      if ((part[j] as number) > (out[j] as number)) out[j] = part[j] as number
  }
  return {
    kind: 'rows',
    count,
    fill(i, out) {
      out.fill(-Infinity)
      for (const support of supports) {
        take(support, i, candidates, out)
        take(candidates, i, support, out)
      }
    },
    scoreOf: (i, j) =>
      Math.max(
        ...supports.flatMap((support) => [
          dot(rowOf(support, i), rowOf(candidates, j)),
          dot(rowOf(candidates, i), rowOf(support, j)),
        ]),
      ),
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += (a[d] as number) * (b[d] as number)
  return sum
}
