import type { RowProducts } from '../rowProducts.ts'
import { largestEigenpairs } from './eigenpairs.ts'
import { invert } from './invert.ts'
import type { PairScores } from './pairScores.ts'
import { rankGraph } from './rankGraph.ts'
import type { SparseSymmetric } from './rankGraph.ts'

/**
 * Neighbours of each image in the graph: 50, which may as well be 20 or 100. In small sets a twentieth of
 * the images, or the lists would reach into every group.
 */
export function walkNeighbours(images: number): number {
  return Math.min(50, Math.max(5, Math.round(images / 20)))
}

/** Probability of another step. */
const persistence = 0.98

/** Up to so many images the walk is computed exactly; beyond, from this many eigenpairs. */
const mostExactly = 3000
const eigenpairs = 64

/** Powers of S behind the eigenpairs. */
const powers = 14

/**
 * Pairs by a random walk on the graph of nearest neighbours that stops with probability 1 − a before each
 * step: P = (1 − a)(I − aS)⁻¹, a = .98; the score is P + weight · S. A walk finds images that share
 * neighbours of neighbours, also where no two of them are near; S adds those that are near.
 *
 * @param ids lists of {@link walkNeighbours} nearest neighbours or fewer, `[count, k]`
 * @param edgeWeight .02 as a rule, 0 for large groups
 */
export async function randomWalk(
  lists: { readonly ids: Int32Array; readonly k: number },
  options: {
    readonly edgeWeight: number
    readonly products: RowProducts
    readonly mostExactly?: number
  },
): Promise<PairScores> {
  const { edgeWeight, products } = options
  const graph = rankGraph(lists.ids, lists.k)
  return graph.count <= (options.mostExactly ?? mostExactly)
    ? exactWalk(graph, edgeWeight, products)
    : walkOfEigenpairs(graph, edgeWeight, products)
}

function exactWalk(graph: SparseSymmetric, edgeWeight: number, products: RowProducts): PairScores {
  const { count } = graph
  const matrix = new Float32Array(count * count)
  for (let i = 0; i < count; i++) matrix[i * count + i] = 1
  addEdges(matrix, graph, -persistence)
  const values = invert(matrix, count, products)
  for (let i = 0; i < values.length; i++) values[i] = (1 - persistence) * (values[i] as number)
  addEdges(values, graph, edgeWeight)
  return { kind: 'matrix', count, values }
}

function addEdges(matrix: Float32Array, graph: SparseSymmetric, weight: number): void {
  const { count, starts, columns, values } = graph
  for (let i = 0; i < count; i++)
    for (let at = starts[i] as number; at < (starts[i + 1] as number); at++) {
      const cell = i * count + (columns[at] as number)
      matrix[cell] = (matrix[cell] as number) + weight * (values[at] as number)
    }
}

/** f_im = v_im · √((1 − a) / (1 − aλ_m)): then f_i · f_j is P_ij, less the pairs that were left out. */
async function walkOfEigenpairs(
  graph: SparseSymmetric,
  edgeWeight: number,
  products: RowProducts,
): Promise<PairScores> {
  const { count } = graph
  const { values, vectors } = await largestEigenpairs(graph, eigenpairs, powers, products)
  const dim = values.length
  const factors = new Float32Array(count * dim)
  for (let m = 0; m < dim; m++) {
    const weight = Math.sqrt(
      (1 - persistence) / (1 - persistence * Math.min(values[m] as number, 1)),
    )
    for (let i = 0; i < count; i++)
      factors[i * dim + m] = weight * (vectors[m * count + i] as number)
  }
  const scores = { kind: 'factors', count, factors, dim } as const
  return edgeWeight === 0 ? scores : { ...scores, edges: { graph, weight: edgeWeight } }
}
