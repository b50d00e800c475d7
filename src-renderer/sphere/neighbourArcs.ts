import type { Neighbours, SphereFrame } from '../../src-main/contract/sphere.ts'
import type { ArcKind } from './arcs.ts'
import { rowById } from './frameRows.ts'

/** Between two images, by id. */
export interface SphereArc {
  readonly from: number
  readonly to: number
  readonly kind: ArcKind
  /** In (0, 1]. */
  readonly strength: number
}

/**
 * Arcs from an image to its first `count` true neighbours. One is torn when the picture has at least
 * as many other images nearer than the frame counts as neighbours.
 */
export function neighbourArcs(
  frame: SphereFrame,
  neighbours: Neighbours,
  count: number,
): readonly SphereArc[] {
  const { positions, faithfulness } = frame
  const rowOf = rowById(frame.ids)
  const from = rowOf.get(neighbours.of)
  if (from === undefined) return []
  const cosines = new Float32Array(frame.ids.length)
  for (let row = 0; row < cosines.length; row++) {
    let cosine = 0
    for (let c = 0; c < 3; c++) {
      cosine += (positions[3 * from + c] ?? 0) * (positions[3 * row + c] ?? 0)
    }
    cosines[row] = cosine
  }
  return [...neighbours.ids.subarray(0, count)].flatMap((id) => {
    const to = rowOf.get(id)
    if (to === undefined || to === from) return []
    const reached = cosines[to] ?? -1
    let nearer = 0
    cosines.forEach((cosine, row) => {
      if (row !== from && cosine > reached) nearer++
    })
    const kind = nearer >= faithfulness.k ? 'torn' : 'near'
    return [{ from: neighbours.of, to: id, kind, strength: 1 }]
  })
}
