import { WorkbenchError } from '../../contract/errors.ts'
import type { SuspectMethod } from '../../contract/suspects.ts'
import type { GroupSize } from '../../contract/suspectPolicy.ts'
import { countOf } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import { nearestNeighbours } from '../nearestNeighbours.ts'
import type { NearestNeighbours } from '../nearestNeighbours.ts'
import type { RowProducts } from '../rowProducts.ts'
import { coAssociationScores } from './coAssociation.ts'
import { joinedRows } from './joinedRows.ts'
import type { PairScores } from './pairScores.ts'
import { randomWalk, walkNeighbours } from './randomWalk.ts'
import {
  cosineScores,
  cslsNeighbours,
  cslsScores,
  jaccardNeighbours,
  jaccardScores,
  perAnchorScores,
  randomScores,
} from './rowScores.ts'
import { fncScores } from './viewScores.ts'

/** What is known of a set of images; rows have unit length and stand in one order. */
export interface DetectorInput {
  /** Of the un-augmented images, in evaluation mode. */
  readonly embedding: Rows
  /** What the backbone makes of them, not normalised; null where it was not kept. */
  readonly features: Rows | null
  /** Small pictures, centred; null where nobody asks for them. */
  readonly pixels: Rows | null
  /** Embeddings of random views, two or more; null where nobody asks for them. */
  readonly views: readonly Rows[] | null
}

export interface ScoresRequest {
  readonly method: SuspectMethod
  readonly groupSize: GroupSize
  /** Share of pairs that per-anchor thresholds are made for, in (0, 1). */
  readonly share: number
}

/** Weight of S beside the walk. */
const edgeWeight = 0.02

/** Scores the pairs of a set of images by any method; lists of neighbours are made once. */
export class Detector {
  /** u, see {@link joinedRows}. */
  readonly rows: Rows
  /** z. */
  readonly embedding: Rows
  readonly count: number
  private readonly input: DetectorInput
  private readonly products: RowProducts
  private lists: Promise<NearestNeighbours> | null = null

  constructor(input: DetectorInput, products: RowProducts) {
    this.input = input
    this.products = products
    this.embedding = input.embedding
    this.rows = joinedRows(input.features, input.embedding)
    this.count = countOf(this.rows)
  }

  /** Nearest neighbours in u; fewer than k where there are fewer images. */
  async neighbours(k: number): Promise<NearestNeighbours> {
    const most = Math.max(Math.min(k, this.count - 1), 1)
    const usual = Math.max(Math.min(jaccardNeighbours(this.count), this.count - 1), 1)
    if (most > usual) return nearestNeighbours(this.rows.data, { dim: this.rows.dim, k: most })
    // The longest lists that any method asks for cost hardly more than the shortest.
    this.lists ??= nearestNeighbours(this.rows.data, { dim: this.rows.dim, k: usual })
    return firstOf(await this.lists, most)
  }

  /**
   * Scores of all pairs.
   *
   * @throws WorkbenchError `bad-request` when a method needs pixels or views that were not given
   */
  async scores({ method, groupSize, share }: ScoresRequest): Promise<PairScores> {
    const { rows, products } = this
    switch (method) {
      case 'random-walk':
        return groupSize === 'tiny'
          ? cslsScores(rows, await this.neighbours(cslsNeighbours))
          : randomWalk(await this.neighbours(walkNeighbours(this.count)), {
              edgeWeight: groupSize === 'large' ? 0 : edgeWeight,
              products,
            })
      case 'jaccard':
        return jaccardScores(await this.neighbours(jaccardNeighbours(this.count)))
      case 'co-association':
        return coAssociationScores(rows, products)
      case 'csls':
        return cslsScores(rows, await this.neighbours(cslsNeighbours))
      case 'per-anchor':
        return perAnchorScores(rows, share, products)
      case 'cosine':
        return cosineScores(rows)
      case 'fnc':
        return fncScores(this.expect('views', method), products)
      case 'one-view': {
        const [first] = this.expect('views', method)
        return cosineScores(first ?? this.input.embedding)
      }
      case 'pixels':
        return cosineScores(this.expect('pixels', method))
      case 'random':
        return randomScores(this.count)
      default:
        return method satisfies never
    }
  }

  private expect<Part extends 'pixels' | 'views'>(
    part: Part,
    method: SuspectMethod,
  ): NonNullable<DetectorInput[Part]> {
    const found = this.input[part]
    if (found) return found
    const what = part === 'pixels' ? 'the images themselves' : 'random views of the images'
    throw new WorkbenchError(
      'bad-request',
      `The method ${method} needs ${what}, and they are not at hand. Choose another method.`,
    )
  }
}

/** Shorter lists. */
function firstOf(lists: NearestNeighbours, k: number): NearestNeighbours {
  if (k === lists.k) return lists
  const count = lists.ids.length / lists.k
  const ids = new Int32Array(count * k)
  const cosines = new Float32Array(count * k)
  for (let i = 0; i < count; i++) {
    ids.set(lists.ids.subarray(i * lists.k, i * lists.k + k), i * k)
    cosines.set(lists.cosines.subarray(i * lists.k, i * lists.k + k), i * k)
  }
  return { ...lists, ids, cosines, k }
}
