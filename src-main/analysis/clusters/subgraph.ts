import type { Affinities } from '../neighbourView/affinities.ts'

/**
 * Some nodes of a graph and the edges among them, numbered anew.
 *
 * @param nodes ascending
 */
export function subgraph(graph: Affinities, nodes: Int32Array): Affinities {
  const places = new Int32Array(graph.count).fill(-1)
  nodes.forEach((node, place) => (places[node] = place))
  const offsets = new Int32Array(nodes.length + 1)
  const ids: number[] = []
  const weights: number[] = []
  nodes.forEach((node, place) => {
    const end = graph.offsets[node + 1] as number
    for (let e = graph.offsets[node] as number; e < end; e++) {
      const other = places[graph.ids[e] as number] as number
      if (other < 0) continue
      ids.push(other)
      weights.push(graph.weights[e] as number)
    }
    offsets[place + 1] = ids.length
  })
  return {
    count: nodes.length,
    offsets,
    ids: Int32Array.from(ids),
    weights: Float64Array.from(weights),
  }
}
