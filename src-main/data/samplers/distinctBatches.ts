import { random } from '../../numeric/random.ts'

/**
 * Every image once an epoch, and never two of one group in a batch: copies of a picture would be each
 * other's negatives. Copies are placed first, the most numerous before the others, each into the emptiest
 * batch that has none of them; a group of more images than there are batches shows only so many an epoch.
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
  const stream = random(seed, 'distinct batches', epoch)
  const order = stream.shuffle(groups.map((_, image) => image))
  const members = new Map<number, number[]>()
  for (const image of order) {
    const group = groups[image] ?? image
    members.set(group, [...(members.get(group) ?? []), image])
  }
  const batches = Array.from({ length: Math.ceil(order.length / batchSize) }, (): number[] => [])
  const copied = [...members.values()].filter((images) => images.length > 1)
  for (const images of copied.sort((a, b) => b.length - a.length)) {
    const emptiest = stream.shuffle([...batches]).sort((a, b) => a.length - b.length)
    for (const [i, image] of images.slice(0, batches.length).entries()) {
      const batch = emptiest[i]
      if (batch && batch.length < batchSize) batch.push(image)
    }
  }
  let next = 0
  for (const image of order) {
    if ((members.get(groups[image] ?? image)?.length ?? 0) > 1) continue
    while ((batches[next]?.length ?? 0) >= batchSize) next++
    batches[next]?.push(image)
  }
  return stream
    .shuffle(batches.filter((images) => images.length > 1))
    .map((images) => Int32Array.from(images))
}
