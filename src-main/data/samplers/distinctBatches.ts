import { random } from '../../numeric/random.ts'

/**
 * Every image once an epoch, and never two of one group in a batch: copies of a picture would be each
 * other's negatives. An image whose batch already has its copy waits for the next one; what cannot be
 * placed apart in the end (a group of more images than there are batches) is left out of this epoch.
 *
 * @param groups of each image; equal for copies
 * @param epoch 1 …
 * @returns indices into `groups`, a row a batch
 */
export function distinctBatches(options: {
  readonly groups: Int32Array
  readonly batchSize: number
  readonly seed: number
  readonly epoch: number
}): readonly Int32Array[] {
  const { groups, batchSize, seed, epoch } = options
  const order = random(seed, 'distinct batches', epoch).shuffle(groups.map((_, image) => image))
  const count = Math.ceil(order.length / batchSize)
  const batches = Array.from({ length: count }, () => ({
    images: [] as number[],
    groups: new Set<number>(),
  }))
  let first = 0
  for (const image of order) {
    const group = groups[image] ?? image
    while (first < count && (batches[first]?.images.length ?? batchSize) >= batchSize) first++
    const batch = batches
      .slice(first)
      .find((each) => each.images.length < batchSize && !each.groups.has(group))
    batch?.images.push(image)
    batch?.groups.add(group)
  }
  return batches
    .filter(({ images }) => images.length > 1)
    .map(({ images }) => Int32Array.from(images))
}
