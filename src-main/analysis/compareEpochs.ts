import type { Regime } from '../contract/catalogue.ts'
import type { Delta, DeltaName } from '../contract/deltas.ts'
import type { Rows } from './neighbours.ts'
import { pairedDifference } from './pairedDifference.ts'
import { queryScores } from './retrieval.ts'
import { negativesOf } from './suspects/findSuspects.ts'
import { Laboratory } from './temperature/Laboratory.ts'
import { pushOf } from './temperature/shares.ts'

/** Two embeddings of the same images, in the same order. */
export interface EpochPair {
  readonly left: Rows
  readonly right: Rows
  /** One an image, −1 for none. */
  readonly labels: Int32Array
  readonly hashes: readonly string[]
  /** Who is asked for, and among whom. */
  readonly queries: Int32Array
  readonly gallery: Int32Array
  /** Images that training pushes; empty where no push can be false. */
  readonly anchors: Int32Array
  readonly regime: Regime
  /** Of the two runs. */
  readonly temperatures: readonly [left: number, right: number]
}

/** How two epochs differ, image by image; empty where no image has a label. */
export async function compareEpochs(pair: EpochPair): Promise<readonly Delta[]> {
  const { left, right, labels, queries, gallery } = pair
  const [a, b] = [
    await queryScores({ rows: left.data, dim: left.dim, labels, queries, gallery }),
    await queryScores({ rows: right.data, dim: right.dim, labels, queries, gallery }),
  ]
  const [tauLeft, tauRight] = pair.temperatures
  return [
    ...deltaOf('recallAt1', a.hitAtOne, b.hitAtOne),
    ...deltaOf('rPrecision', a.rPrecision, b.rPrecision),
    ...deltaOf('mapAtR', a.mapAtR, b.mapAtR),
    ...deltaOf('falsePush', falsePushes(pair, left, tauLeft), falsePushes(pair, right, tauRight)),
  ]
}

function deltaOf(name: DeltaName, left: Float64Array, right: Float64Array): readonly Delta[] {
  const found = pairedDifference(left, right)
  return found ? [{ name, ...found, images: left.length }] : []
}

/**
 * Share of each labelled anchor's softmax repulsion that lands on images of its label. The anchors are drawn
 * by their number alone, so that both embeddings are asked about the same ones.
 */
function falsePushes(
  { labels, hashes, anchors, regime }: EpochPair,
  rows: Rows,
  temperature: number,
): Float64Array {
  const labelled = anchors.filter((image) => (labels[image] ?? -1) >= 0)
  const isSeen = new Uint8Array(labels.length)
  for (const image of anchors) isSeen[image] = 1
  const isNegative = negativesOf({ regime, labels, hashes })
  const laboratory = new Laboratory(
    {
      rows,
      labels,
      isNegative: (i, j) => isSeen[j] === 1 && isNegative(i, j),
      isSuspect: () => false,
    },
    labelled,
  )
  return Float64Array.from(laboratory.anchors, ({ cosines, hasSameLabel }) => {
    const { shares } = pushOf(cosines, 1, { kind: 'softmax', temperature })
    return shares.reduce((sum, share, n) => sum + (hasSameLabel[n] === 1 ? share : 0), 0)
  })
}
