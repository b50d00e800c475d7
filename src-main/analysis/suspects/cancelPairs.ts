import type { GroupSize } from '../../contract/suspectPolicy.ts'
import { bitOf } from '../../losses/suspects.ts'
import type { CancelledPairs } from '../../losses/suspects.ts'
import type { Rows } from '../neighbours.ts'
import { openRowProducts } from '../rowProducts.ts'
import { Detector } from './detector.ts'
import { forEachRow } from './pairScores.ts'
import { thresholdOfShare } from './shareThreshold.ts'
import type { IsPair } from './topPairs.ts'

/** Up to so many images each pair is remembered by a bit; of more, what scores it. */
const mostListed = 3000

/**
 * The share of pairs among some images that the default method suspects most.
 *
 * @param options.embedding unit rows of all images, `[all, dim]`
 * @param options.images that are looked at, ascending: those that training sees
 * @param options.isPair which pairs are negatives at all; only they count for the share
 * @param options.share in [0, 1)
 */
export async function cancelPairs(options: {
  readonly embedding: Rows
  readonly features: Rows
  readonly images: Int32Array
  readonly isPair: IsPair
  readonly groupSize: GroupSize
  readonly share: number
}): Promise<{ readonly pairs: CancelledPairs; readonly share: number }> {
  const { images, isPair, groupSize, share } = options
  const products = await openRowProducts()
  try {
    const input = {
      embedding: chosen(options.embedding, images),
      features: chosen(options.features, images),
      pixels: null,
      views: null,
    }
    const detector = new Detector(input, products)
    const scores = await detector.scores({ method: 'random-walk', groupSize, share })
    const isNegative: IsPair = (i, j) => isPair(images[i] ?? -1, images[j] ?? -1)
    if (scores.kind === 'factors' && images.length > mostListed) {
      // What is near gets no bonus here: the edges would be a hundred numbers an image to remember.
      const { count, factors, dim } = scores
      const threshold = thresholdOfShare(
        { kind: 'factors', count, factors, dim },
        share,
        isNegative,
      )
      const pairs = { kind: 'factors', images, factors, dim, threshold: threshold.score } as const
      return { pairs, share: threshold.share }
    }
    const threshold = thresholdOfShare(scores, share, isNegative)
    const bits = new Int32Array(Math.ceil((images.length * (images.length - 1)) / 2 / 32))
    await forEachRow(scores, products, (i, row) => {
      for (let j = i + 1; j < row.length; j++)
        if ((row[j] as number) > threshold.score && isNegative(i, j)) {
          const bit = bitOf(i, j, images.length)
          bits[bit >> 5] = (bits[bit >> 5] as number) | (1 << (bit & 31))
        }
    })
    return { pairs: { kind: 'listed', images, bits }, share: threshold.share }
  } finally {
    products.dispose()
  }
}

function chosen({ data, dim }: Rows, images: Int32Array): Rows {
  const part = new Float32Array(images.length * dim)
  images.forEach((image, i) => part.set(data.subarray(image * dim, (image + 1) * dim), i * dim))
  return { data: part, dim }
}
