import type { Faithfulness } from '../contract/sphere.ts'
import { lengthShareOf } from './linearView.ts'
import { countOf } from './neighbours.ts'
import type { Rows } from './neighbours.ts'
import { pictureQuality } from './pictureQuality.ts'
import type { Axes } from './principalAxes.ts'

/** Neighbours of an image that should also be its neighbours in the picture. */
export const faithfulNeighbours = 10

/** How far a picture of the rows along three axes can be trusted. */
export async function faithfulnessOf(
  rows: Rows,
  axes: Axes,
  positions: Float32Array,
): Promise<Faithfulness> {
  const k = Math.min(faithfulNeighbours, Math.max(countOf(rows) - 1, 0))
  const isExact = rows.dim <= 3
  const quality = isExact ? perfect : await pictureQuality(rows, positions, { k })
  return { isExact, lengthShare: lengthShareOf(rows, axes), ...quality, k }
}

const perfect = { trustworthiness: 1, continuity: 1, neighboursKept: 1 }
