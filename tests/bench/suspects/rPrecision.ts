import { forEachRow } from '../../../src-main/analysis/suspects/pairScores.ts'
import { cosineScores } from '../../../src-main/analysis/suspects/rowScores.ts'
import type { RowProducts } from '../../../src-main/analysis/rowProducts.ts'

/**
 * Mean over some images of the share of an image's R nearest that have its label, R the number of images of
 * its label; looked for among the same images.
 */
export async function rPrecision(
  rows: Float32Array,
  dim: number,
  labels: Int32Array,
  images: Int32Array,
  products: RowProducts,
): Promise<number> {
  const part = new Float32Array(images.length * dim)
  images.forEach((image, i) => part.set(rows.subarray(image * dim, (image + 1) * dim), i * dim))
  let sum = 0
  await forEachRow(cosineScores({ data: part, dim }), products, (i, cosines) => {
    const labelOf = (j: number) => labels[images[j] ?? 0]
    const others = Array.from(images.keys()).filter((j) => j !== i)
    const fellows = others.filter((j) => labelOf(j) === labelOf(i)).length
    const nearest = others.sort((a, b) => (cosines[b] ?? 0) - (cosines[a] ?? 0)).slice(0, fellows)
    sum += nearest.filter((j) => labelOf(j) === labelOf(i)).length / Math.max(fellows, 1)
  })
  return sum / images.length
}
