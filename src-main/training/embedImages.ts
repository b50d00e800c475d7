import type { Augmenter } from '../data/augment.ts'
import type { Embedded, Encoder } from '../model/encoder.ts'
import { nextTurn } from './nextTurn.ts'

/** Images that are prepared and embedded at a time. */
const imagesAtOnce = 256

export interface ImageEmbedder {
  /**
   * Rows and features of all images, un-augmented and in evaluation mode, valid until the next call;
   * null when `isStopping` said so before the end.
   */
  embedAll(encoder: Encoder, isStopping: () => boolean): Promise<Embedded | null>
}

/** Keeps its buffers from one epoch to the next. */
export function createImageEmbedder(options: {
  readonly images: number
  readonly dim: number
  /** Numbers that the backbone ends in. */
  readonly featureDim: number
  /** Numbers of one prepared image. */
  readonly imageLength: number
  readonly pixelsOf: (image: number) => Uint8Array
  readonly augmenter: Augmenter
}): ImageEmbedder {
  const { images, dim, featureDim, imageLength, pixelsOf, augmenter } = options
  const all = {
    embedding: new Float32Array(images * dim),
    features: new Float32Array(images * featureDim),
  }
  const pixels = new Float32Array(Math.min(imagesAtOnce, images) * imageLength)
  return {
    async embedAll(encoder, isStopping) {
      for (let start = 0; start < images; start += imagesAtOnce) {
        const count = Math.min(imagesAtOnce, images - start)
        for (let i = 0; i < count; i++)
          augmenter.plain(pixelsOf(start + i), pixels, i * imageLength)
        const { embedding, features } = await encoder.embed(pixels, count)
        all.embedding.set(embedding.subarray(0, count * dim), start * dim)
        all.features.set(features.subarray(0, count * featureDim), start * featureDim)
        await nextTurn()
        if (isStopping()) return null
      }
      return all
    },
  }
}
