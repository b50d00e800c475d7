import type { Regime } from '../contract/catalogue.ts'
import type { Augmenter } from '../data/augment.ts'
import type { BatchRows } from '../losses/relation.ts'
import { random } from '../numeric/random.ts'
import { viewsOf } from './views.ts'

/** A batch as the encoder and the relation take it; valid until the next one. */
export interface FilledBatch {
  /** `[rows, size, size, 3]` */
  readonly pixels: Float32Array
  /** Rows: images, or twice as many where each gives two views. */
  readonly count: number
  readonly rows: BatchRows
}

export interface BatchFiller {
  /**
   * Augments the images of a batch. All randomness derives from (seed, epoch, step, row), so that a
   * run that goes on in the middle of an epoch draws the same views.
   *
   * @param batch images
   * @param epoch 1 …
   * @param step within the epoch
   */
  fill(batch: Int32Array, epoch: number, step: number): FilledBatch
}

export interface BatchOptions {
  readonly regime: Regime
  readonly seed: number
  /** Most images in a batch. */
  readonly batchSize: number
  /** Numbers of one augmented image. */
  readonly imageLength: number
  readonly pixelsOf: (image: number) => Uint8Array
  readonly augmenter: Augmenter
  /** One an image, −1 for none. */
  readonly labels: Int32Array
  /** The same number where two files have the same bytes. */
  readonly contents: Int32Array
}

/**
 * Contrastive and mixed batches are [first views; second views], and files with the same bytes count as
 * one image; metric ones hold one view of each. The one buffer is filled again and again.
 */
export function createBatchFiller(options: BatchOptions): BatchFiller {
  const { regime, seed, batchSize, imageLength, pixelsOf, augmenter, labels, contents } = options
  const views = viewsOf(regime)
  const pixels = new Float32Array(views * batchSize * imageLength)
  return {
    fill(batch, epoch, step) {
      const count = views * batch.length
      const rows = { images: new Int32Array(count), labels: new Int32Array(count) }
      for (let row = 0; row < count; row++) {
        const image = batch[row % batch.length] ?? 0
        const stream = random(seed, 'views', epoch, step, row)
        augmenter.view(pixelsOf(image), pixels, row * imageLength, stream)
        rows.images[row] = views === 2 ? (contents[image] ?? image) : image
        rows.labels[row] = labels[image] ?? -1
      }
      return { pixels: pixels.subarray(0, count * imageLength), count, rows }
    },
  }
}

/**
 * The same images in the same order, cut into batches of one size: engines prepare a batch's size once.
 * The last batch is filled up from the beginning.
 *
 * @param size at least 1; fewer images than that become one batch
 * @param steps number of batches; as many as the images fill if missing. What does not fit is left
 *   out, so that every epoch has the same number, also where a sampler deals more or fewer images
 */
export function evenBatches(
  batches: readonly Int32Array[],
  size: number,
  steps?: number,
): readonly Int32Array[] {
  const order = batches.flatMap((batch) => [...batch])
  const length = Math.min(size, order.length)
  const count = length === 0 ? 0 : (steps ?? Math.ceil(order.length / length))
  return Array.from({ length: count }, (_, b) =>
    Int32Array.from({ length }, (_, i) => order[(b * length + i) % order.length] ?? 0),
  )
}

/** For each image the first that has the same bytes. */
export function contentsOf(hashes: readonly string[]): Int32Array {
  const first = new Map<string, number>()
  return Int32Array.from(hashes, (hash, i) => {
    const known = first.get(hash)
    if (known !== undefined) return known
    first.set(hash, i)
    return i
  })
}
