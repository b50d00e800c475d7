import { PointTree } from './pointTree.ts'

/** Nodes that wait while one is looked into: two a level are more than enough for 2³² points. */
const mostWaiting = 64

/**
 * The k nearest points of each point in the picture: exact, in float64 (cosines of points that are 1e-4
 * rad apart are equal in float32). Of equally near ones the same are taken each time.
 *
 * @param positions `[n, 3]`, finite
 * @returns points, nearest first, `[n, k]`; −1 where there are fewer
 */
export function picturedNeighbours(positions: Float32Array, k: number): Int32Array {
  const n = positions.length / 3
  const found = new Int32Array(n * k).fill(-1)
  if (n < 2 || k < 1) return found
  const tree = new PointTree(n)
  tree.build(Float64Array.from(positions))
  const search = new Search(tree, k)
  // In the tree's order, so that one search finds the nodes of the last one still in the cache.
  for (let place = 0; place < n; place++) {
    search.around(place)
    const row = tree.order[place] as number
    for (let j = 0; j < search.size; j++)
      found[row * k + j] = tree.order[search.places[j] as number] as number
  }
  return found
}

class Search {
  /** Places in the tree of the best so far, nearest first. */
  readonly places: Int32Array
  size = 0
  private readonly squares: Float64Array
  private readonly tree: PointTree
  private readonly k: number
  private readonly waiting = new Int32Array(mostWaiting)

  constructor(tree: PointTree, k: number) {
    this.tree = tree
    this.k = k
    this.places = new Int32Array(k)
    this.squares = new Float64Array(k)
  }

  around(place: number): void {
    const { tree, waiting } = this
    const x = tree.x[place] as number
    const y = tree.y[place] as number
    const z = tree.z[place] as number
    this.size = 0
    let top = 0
    waiting[top++] = 0
    while (top > 0) {
      const node = waiting[--top] as number
      if (this.isTooFar(this.leastDistance(node, x, y, z))) continue
      if (node >= tree.firstLeaf) {
        this.lookInto(node, place, x, y, z)
        continue
      }
      const left = this.leastDistance(2 * node + 1, x, y, z)
      const right = this.leastDistance(2 * node + 2, x, y, z)
      // The nearer one is looked into first.
      waiting[top++] = left <= right ? 2 * node + 2 : 2 * node + 1
      waiting[top++] = left <= right ? 2 * node + 1 : 2 * node + 2
    }
  }

  private isTooFar(distance: number): boolean {
    return this.size === this.k && distance * distance >= (this.squares[this.k - 1] as number)
  }

  private leastDistance(node: number, x: number, y: number, z: number): number {
    const { meanX, meanY, meanZ, radius } = this.tree
    const dx = (meanX[node] as number) - x
    const dy = (meanY[node] as number) - y
    const dz = (meanZ[node] as number) - z
    return Math.max(0, Math.sqrt(dx * dx + dy * dy + dz * dz) - (radius[node] as number))
  }

  private lookInto(leaf: number, own: number, x: number, y: number, z: number): void {
    const { tree, squares, places, k } = this
    for (let place = tree.from[leaf] as number; place < (tree.to[leaf] as number); place++) {
      if (place === own) continue
      const dx = (tree.x[place] as number) - x
      const dy = (tree.y[place] as number) - y
      const dz = (tree.z[place] as number) - z
      const square = dx * dx + dy * dy + dz * dz
      if (this.size === k && square >= (squares[k - 1] as number)) continue
      let at = this.size < k ? this.size++ : k - 1
      while (at > 0 && square < (squares[at - 1] as number)) {
        squares[at] = squares[at - 1] as number
        places[at] = places[at - 1] as number
        at -= 1
      }
      squares[at] = square
      places[at] = place
    }
  }
}
