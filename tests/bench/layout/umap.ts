import umapPackage from 'umap-js'
import type { NearestNeighbours } from '../../../src-main/analysis/nearestNeighbours.ts'
import type { Rows } from '../../../src-main/analysis/neighbours.ts'
import { random } from '../../../src-main/numeric/random.ts'

/** As umap-js has it by default, the row itself counted. */
const neighbours = 15

/**
 * umap-js in three dimensions with its defaults, from exact neighbour lists, its picture centred and
 * brought to the sphere.
 */
export function umapOf(
  { data, dim }: Rows,
  nearest: NearestNeighbours,
): { readonly positions: Float32Array; readonly seconds: number } {
  const n = data.length / dim
  const indices: number[][] = []
  const distances: number[][] = []
  for (let i = 0; i < n; i++) {
    const from = i * nearest.k
    indices.push([i, ...nearest.ids.subarray(from, from + neighbours - 1)])
    distances.push([
      0,
      ...Array.from(nearest.cosines.subarray(from, from + neighbours - 1), (cosine) =>
        Math.max(0, 1 - cosine),
      ),
    ])
  }
  const stream = random(1, 'umap')
  const umap = new umapPackage.UMAP({
    nComponents: 3,
    nNeighbors: neighbours,
    random: () => stream.next(),
  })
  umap.setPrecomputedKNN(indices, distances)
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from(data.subarray(i * dim, (i + 1) * dim)),
  )
  const begin = performance.now()
  const points = umap.fit(rows)
  const seconds = (performance.now() - begin) / 1000
  const mean = [0, 1, 2].map((d) => points.reduce((sum, point) => sum + (point[d] ?? 0) / n, 0))
  const positions = new Float32Array(3 * n)
  points.forEach((point, i) => {
    const centred = point.map((value, d) => value - (mean[d] ?? 0))
    const norm = Math.hypot(...centred)
    centred.forEach((value, d) => (positions[3 * i + d] = value / norm))
  })
  return { positions, seconds }
}
