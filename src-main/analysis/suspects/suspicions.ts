import type { RowProducts } from '../rowProducts.ts'
import { forEachRow } from './pairScores.ts'
import type { PairScores } from './pairScores.ts'
import type { IsPair } from './topPairs.ts'

/**
 * The highest score among each image's pairs.
 *
 * @param isPair which pairs count; symmetric
 * @returns `[n]`, NaN for images without such a pair
 */
export async function suspicionsOf(
  scores: PairScores,
  products: RowProducts,
  { isPair, onRow }: { readonly isPair: IsPair; readonly onRow: (image: number) => void },
): Promise<Float32Array> {
  const highest = new Float32Array(scores.count).fill(NaN)
  await forEachRow(scores, products, (i, row) => {
    onRow(i)
    let best = -Infinity
    for (let j = 0; j < row.length; j++) {
      const score = row[j] as number
      if (score > best && j !== i && isPair(i, j)) best = score
    }
    if (best > -Infinity) highest[i] = best
  })
  return highest
}
