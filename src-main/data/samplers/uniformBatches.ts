import { random } from '../../numeric/random.ts'

/**
 * Batches in which every image comes once an epoch, in random order. A last batch that is smaller is
 * kept unless it holds a single image, which has nothing to be compared with.
 *
 * @param count images 0 … count − 1
 * @param epoch 1 …; each has its own order
 * @returns indices of images, a row a batch
 */
export function uniformBatches(options: {
  readonly count: number
  readonly batchSize: number
  readonly seed: number
  readonly epoch: number
}): readonly Int32Array[] {
  const { count, batchSize, seed, epoch } = options
  const order = random(seed, 'uniform batches', epoch).shuffle(
    Int32Array.from({ length: count }, (_, i) => i),
  )
  const batches: Int32Array[] = []
  for (let start = 0; start < count; start += batchSize) {
    const batch = order.slice(start, start + batchSize)
    if (batch.length > 1) batches.push(batch)
  }
  return batches
}
