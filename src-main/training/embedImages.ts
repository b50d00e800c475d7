import type { Augmenter } from '../data/augment.ts'
import type { Encoder } from '../model/encoder.ts'
import { nextTurn } from './nextTurn.ts'

/** Images that are prepared and embedded at a time. */
const imagesAtOnce = 256

export interface ImageEmbedder {
  /**
   * Un-augmented unit rows of all images in evaluation mode, `[images, dim]`, valid until the next
   * call; null when `isStopping` said so before the end.
   */
  embedAll(encoder: Encoder, isStopping: () => boolean): Promise<Float32Array | null>
}

/** Keeps its buffers from one epoch to the next. */
export function createImageEmbedder(options: {
  readonly images: number
  readonly dim: number
  /** Numbers of one prepared image. */
  readonly imageLength: number
  readonly pixelsOf: (image: number) => Uint8Array
  readonly augmenter: Augmenter
}): ImageEmbedder {
  const { images, dim, imageLength, pixelsOf, augmenter } = options
  const rows = new Float32Array(images * dim)
  const pixels = new Float32Array(Math.min(imagesAtOnce, images) * imageLength)
  return {
    async embedAll(encoder, isStopping) {
      for (let start = 0; start < images; start += imagesAtOnce) {
        const count = Math.min(imagesAtOnce, images - start)
        for (let i = 0; i < count; i++)
          augmenter.plain(pixelsOf(start + i), pixels, i * imageLength)
        const { embedding } = await encoder.embed(pixels, count)
        rows.set(embedding.subarray(0, count * dim), start * dim)
        await nextTurn()
        if (isStopping()) return null
      }
      return rows
    },
  }
}
