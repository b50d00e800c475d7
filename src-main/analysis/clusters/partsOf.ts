import { pack } from '../nearestNeighbours.ts'
import type { Rows } from '../neighbours.ts'
import type { Affinities } from '../neighbourView/affinities.ts'
import { bySize } from './bySize.ts'
import { clusterMeans, productsWith } from './clusterMeans.ts'
import { louvain } from './louvain.ts'
import { sphericalKMeans } from './sphericalKMeans.ts'
import { subgraph } from './subgraph.ts'

/** From one where only what hangs together by nothing parts, up to where crumbs break off. */
const resolutions = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 2.8, 4] as const

/** A part has this share of the cluster at least; what is smaller goes with the part it is most like. */
const leastShare = 0.1

/**
 * The parts that a cluster falls into: the communities of its own part of the graph at the lowest
 * resolution at which it has several; where it has none, the two of spherical k-means.
 *
 * @param members rows of the cluster, ascending and finite
 * @param graph of all rows
 * @returns the part of each member, from 0, the largest first; null where nothing tells members apart
 * @throws the signal's reason when it is aborted
 */
export async function partsOf(
  rows: Rows,
  members: Int32Array,
  graph: Affinities,
  signal?: AbortSignal,
): Promise<Int32Array | null> {
  const { dim } = rows
  const own = pack(rows.data, dim, members)
  if (members.length < 2 || areAllEqual(own, dim)) return null
  const inside = subgraph(graph, members)
  for (const resolution of resolutions) {
    const parts = withoutCrumbs(own, dim, louvain(inside, resolution))
    if (parts !== null) return parts
  }
  const halves = renumbered(await sphericalKMeans(own, { dim, k: 2, signal }))
  return halves.includes(1) ? halves : null
}

function areAllEqual(rows: Float32Array, dim: number): boolean {
  return rows.every((value, at) => value === rows[at % dim])
}

/** Null where fewer than two parts are large enough to be one. */
function withoutCrumbs(
  rows: Float32Array,
  dim: number,
  communities: Int32Array,
): Int32Array | null {
  const means = clusterMeans(rows, dim, communities)
  const least = Math.max(2, leastShare * communities.length)
  // Communities come the largest first.
  const large = means.sizes.filter((size) => size >= least).length
  if (large < 2) return null
  const directions = means.directions.subarray(0, large * dim)
  const cosines = new Float64Array(large)
  const parts = communities.map((community, i) => {
    if (community < large) return community
    productsWith(rows, dim, i, directions, cosines)
    return cosines.indexOf(cosines.reduce((most, value) => Math.max(most, value), -Infinity))
  })
  return renumbered(parts)
}

/** Numbered from 0, the largest first. */
function renumbered(parts: Int32Array): Int32Array {
  const order = bySize(parts)
  return parts.map((part) => order.indexOf(part))
}
