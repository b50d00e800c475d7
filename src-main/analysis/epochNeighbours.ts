import { createHash } from 'node:crypto'
import { nearestNeighbours } from './nearestNeighbours.ts'
import type { NearestNeighbours, NearestNeighboursOptions } from './nearestNeighbours.ts'
import type { Rows } from './neighbours.ts'
import { neighboursAsked } from './neighbourView/affinities.ts'

/** Two epochs: the one that is shown, and the one that its picture departs from. */
const keptLists = 2

/** What tells rows from others: stored pictures are good only for the rows that they were made of. */
export function fingerprintOf({ data, dim }: Rows): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return createHash('sha1').update(`${dim} `).update(bytes).digest('hex')
}

/** Nearest neighbours of whole epochs, found once: views and clusters of an epoch ask for the same. */
export class EpochNeighbours {
  private readonly lists = new Map<string, NearestNeighbours>()

  /** @throws the signal's reason when it is aborted */
  async of(
    rows: Rows,
    fingerprint: string,
    options: Pick<NearestNeighboursOptions, 'signal' | 'onProgress'>,
  ): Promise<NearestNeighbours> {
    const known = this.lists.get(fingerprint)
    const found =
      known ??
      (await nearestNeighbours(rows.data, { dim: rows.dim, k: neighboursAsked, ...options }))
    this.lists.delete(fingerprint)
    this.lists.set(fingerprint, found)
    for (const oldest of this.lists.keys()) {
      if (this.lists.size <= keptLists) break
      this.lists.delete(oldest)
    }
    return found
  }
}
