import { availableParallelism } from 'node:os'

/**
 * Maps with a bounded number of calls under way and gives the results in the order of the items. Twice
 * the cores keep them busy while some calls wait for the disk.
 *
 * The first rejection, in the order of the items, ends the mapping.
 */
export async function* mapInOrder<Item, Result>(
  items: Iterable<Item>,
  map: (item: Item) => Promise<Result>,
  atOnce = 2 * availableParallelism(),
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = []
  for (const item of items) {
    const result = map(item)
    // Those after the first rejection reject unseen, which would end the process.
    result.catch(() => undefined)
    underWay.push(result)
    const first = underWay[0]
    if (underWay.length >= atOnce && first) {
      yield await first
      void underWay.shift()
    }
  }
  for (const result of underWay) yield await result
}
