import { describe, expect, it } from 'vitest'
import { louvain } from '../../../../src-main/analysis/clusters/louvain.ts'
import { matchClusters } from '../../../../src-main/analysis/clusters/matchClusters.ts'
import { sphericalKMeans } from '../../../../src-main/analysis/clusters/sphericalKMeans.ts'
import { nearestNeighbours } from '../../../../src-main/analysis/nearestNeighbours.ts'
import { affinitiesOf } from '../../../../src-main/analysis/neighbourView/affinities.ts'
import type { Affinities } from '../../../../src-main/analysis/neighbourView/affinities.ts'
import { madeRows } from '../madeRows.ts'

const made = { count: 400, dim: 24, centres: 8, spread: 0.1 }

/** A graph of undirected edges of weight 1. */
function graphOf(count: number, edges: readonly (readonly [number, number])[]): Affinities {
  const rows = Array.from({ length: count }, (_, i) =>
    edges.flatMap(([a, b]) => (a === i ? [b] : b === i ? [a] : [])).sort((a, b) => a - b),
  )
  const offsets = Int32Array.of(0, ...rows.map(() => 0))
  rows.forEach((row, i) => (offsets[i + 1] = offsets[i]! + row.length))
  const ids = Int32Array.from(rows.flat())
  return { count, offsets, ids, weights: new Float64Array(ids.length).fill(1) }
}

function modularity(graph: Affinities, communities: Int32Array, resolution: number): number {
  const whole = graph.weights.reduce((sum, weight) => sum + weight, 0)
  const strength = (i: number) =>
    graph.weights.subarray(graph.offsets[i], graph.offsets[i + 1]).reduce((a, b) => a + b, 0)
  let sum = 0
  for (let i = 0; i < graph.count; i++)
    for (let j = 0; j < graph.count; j++) {
      if (communities[i] !== communities[j]) continue
      const at = graph.ids.subarray(graph.offsets[i], graph.offsets[i + 1]).indexOf(j)
      const weight = at < 0 ? 0 : graph.weights[graph.offsets[i]! + at]!
      sum += weight / whole - (resolution * strength(i) * strength(j)) / whole ** 2
    }
  return sum
}

/** Two cliques of four with one edge between, and a node alone. */
const cliques = graphOf(9, [
  ...[0, 4].flatMap((first) =>
    [0, 1, 2, 3].flatMap((a) =>
      [0, 1, 2, 3].filter((b) => b > a).map((b) => [first + a, first + b] as const),
    ),
  ),
  [3, 4],
])

describe('louvain', () => {
  it('finds cliques, and leaves a node without edges alone', () => {
    expect(Array.from(louvain(cliques, 1))).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2])
  })

  it('joins with a low resolution and parts with a high one', () => {
    expect(new Set(louvain(cliques, 0.01).subarray(0, 8)).size).toBe(1)
    expect(new Set(louvain(cliques, 20)).size).toBe(9)
  })

  it('reaches the modularity of the best partition of a small graph', () => {
    // A ring of six: three pairs, or two triples; both beat everything else.
    const ring = graphOf(6, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 0],
    ])
    let best = -Infinity
    for (let code = 0; code < 6 ** 5; code++) {
      const partition = Int32Array.from({ length: 6 }, (_, i) => Math.floor(code / 6 ** i) % 6)
      best = Math.max(best, modularity(ring, partition, 1))
    }
    expect(modularity(ring, louvain(ring, 1), 1)).toBeGreaterThan(best - 0.06)
  })

  it('finds the groups of rows, the largest first, the same each time', async () => {
    const rows = madeRows(made)
    const graph = affinitiesOf(await nearestNeighbours(rows.data, { dim: 24, k: 20 }))
    const communities = louvain(graph, 1)
    const together = (i: number, j: number) => communities[i] === communities[j]
    for (let i = 8; i < 400; i++) expect(together(i, i - 8)).toBe(true)
    expect(new Set(communities).size).toBe(8)
    expect(louvain(graph, 1)).toEqual(communities)
    const sizes = Array.from({ length: 8 }, (_, c) => communities.filter((x) => x === c).length)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  it('does nothing with no nodes', () => {
    expect(louvain(graphOf(0, []), 1)).toHaveLength(0)
  })
})

describe('sphericalKMeans', () => {
  it('finds the groups of rows, the same each time', async () => {
    const rows = madeRows(made)
    const clusters = await sphericalKMeans(rows.data, { dim: 24, k: 8 })
    let wrong = 0
    for (let i = 8; i < 400; i++) if (clusters[i] !== clusters[i - 8]) wrong += 1
    // k-means++ may have put two means into one group.
    expect(wrong).toBeLessThan(100)
    expect(await sphericalKMeans(rows.data, { dim: 24, k: 8 })).toEqual(clusters)
    // Each row is with the mean that it is nearest to.
    const means = Array.from({ length: 8 }, () => new Float64Array(24))
    clusters.forEach((c, i) =>
      means[c]!.forEach((_, d) => (means[c]![d]! += rows.data[i * 24 + d]!)),
    )
    clusters.forEach((c, i) => {
      const cosines = means.map((mean) => {
        const norm = Math.hypot(...mean)
        return mean.reduce((sum, value, d) => sum + (value / norm) * rows.data[i * 24 + d]!, 0)
      })
      expect(cosines[c]).toBeGreaterThan(Math.max(...cosines) - 1e-5)
    })
  })

  it('gives every row a cluster where there are more clusters than rows, or all rows are equal', async () => {
    const few = await sphericalKMeans(madeRows({ ...made, count: 3 }).data, { dim: 24, k: 9 })
    expect(new Set(few).size).toBe(3)
    const equal = new Float32Array(80).map((_, at) => (at % 4 === 0 ? 1 : 0))
    const clusters = await sphericalKMeans(equal, { dim: 4, k: 3 })
    expect(clusters.every((c) => c >= 0 && c < 3)).toBe(true)
    expect(await sphericalKMeans(new Float32Array(0), { dim: 4, k: 3 })).toHaveLength(0)
  })
})

describe('matchClusters', () => {
  it('keeps numbers where clusters go on, gives the larger part of a split the number, and never reuses one', () => {
    const earlier = Int32Array.of(7, 7, 7, 7, 7, 3, 3, 3, 4, 4)
    const now = Int32Array.of(1, 1, 1, 2, 2, 0, 0, 0, 0, 0)
    const { numbers, nextNumber } = matchClusters(now, earlier, 9)
    expect(Array.from(numbers)).toEqual([7, 7, 7, 9, 9, 3, 3, 3, 3, 3])
    expect(nextNumber).toBe(10)
  })

  it('numbers the first epoch from 0, and leaves rows without a cluster out', () => {
    const { numbers, nextNumber } = matchClusters(
      Int32Array.of(1, 0, -1, 0),
      new Int32Array(4).fill(-1),
      0,
    )
    expect(Array.from(numbers)).toEqual([1, 0, -1, 0])
    expect(nextNumber).toBe(2)
  })

  it('does not call clusters the same that share next to nothing', () => {
    const earlier = new Int32Array(30).fill(5)
    const now = Int32Array.from({ length: 30 }, (_, i) => Math.floor(i / 2))
    expect(matchClusters(now, earlier, 6).numbers.includes(5)).toBe(false)
  })
})
