import type { Augmenter } from '../data/augment.ts'
import type { Encoder } from '../model/encoder.ts'
import { random } from '../numeric/random.ts'
import { nextTurn } from './nextTurn.ts'

/** Images that are prepared and embedded at a time. */
const imagesAtOnce = 256

/**
 * Embeddings of random views of all images, in evaluation mode: what a rule sees that only has the
 * batches of training. The same seed gives the same views.
 *
 * @returns one `[images, dim]` a view
 */
export async function embedViews(options: {
  readonly encoder: Encoder
  readonly augmenter: Augmenter
  readonly pixelsOf: (image: number) => Uint8Array
  readonly images: number
  readonly dim: number
  /** Numbers of one prepared image. */
  readonly imageLength: number
  readonly views: number
  readonly seed: number
}): Promise<readonly Float32Array[]> {
  const { encoder, augmenter, pixelsOf, images, dim, imageLength, views, seed } = options
  const pixels = new Float32Array(Math.min(imagesAtOnce, images) * imageLength)
  const embedded: Float32Array[] = []
  for (let view = 0; view < views; view++) {
    const rows = new Float32Array(images * dim)
    for (let start = 0; start < images; start += imagesAtOnce) {
      const count = Math.min(imagesAtOnce, images - start)
      for (let i = 0; i < count; i++) {
        const stream = random(seed, 'views that are only looked at', view, start + i)
        augmenter.view(pixelsOf(start + i), pixels, i * imageLength, stream)
      }
      const { embedding } = await encoder.embed(pixels, count)
      rows.set(embedding.subarray(0, count * dim), start * dim)
      await nextTurn()
    }
    embedded.push(rows)
  }
  return embedded
}
