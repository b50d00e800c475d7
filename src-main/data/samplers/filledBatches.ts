/**
 * The batches at one size, since engines prepare a batch's size once: a short one borrows from those after
 * it, and where there are too few they come again.
 *
 * @param size that every batch gets if there are enough images
 * @param steps number of batches; as many as there are if missing
 * @param mayJoin whether a batch may borrow an image; it never has one twice
 */
export function filledBatches(
  batches: readonly Int32Array[],
  size: number,
  {
    steps = batches.length,
    mayJoin = () => true,
  }: {
    readonly steps?: number
    readonly mayJoin?: (batch: ReadonlySet<number>, image: number) => boolean
  } = {},
): readonly Int32Array[] {
  if (batches.length === 0) return []
  return Array.from({ length: steps }, (_, step) => {
    const batch = new Set(batches[step % batches.length])
    for (let ahead = 1; ahead < batches.length && batch.size < size; ahead++)
      for (const image of batches[(step + ahead) % batches.length] ?? []) {
        if (batch.size === size) break
        if (!batch.has(image) && mayJoin(batch, image)) batch.add(image)
      }
    return Int32Array.from(batch)
  })
}
