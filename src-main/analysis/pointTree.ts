/** Points of a leaf, on average; more of them cost more exact pairs, fewer more pairs of nodes. */
const pointsALeaf = 6

/**
 * A balanced binary tree over points in space. Node i has the children 2i + 1 and 2i + 2; the nodes of
 * a level share its points out evenly, so that equal points need no special care. The tree copies the
 * points into its own order, in which each node's points lie side by side.
 */
export class PointTree {
  readonly count: number
  readonly nodes: number
  /** The first node that is a leaf; all later ones are leaves too. */
  readonly firstLeaf: number
  /** First point of each node, and one past its last, in the tree's order, `[nodes]`. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** The tree's order: the point that stands at each place, `[count]`. */
  readonly order: Int32Array
  /** Points in the tree's order, `[count]` each. */
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  /** Mean of each node's points, `[nodes]` each. */
  readonly meanX: Float64Array
  readonly meanY: Float64Array
  readonly meanZ: Float64Array
  /** No point of a node is further from its mean, `[nodes]`. */
  readonly radius: Float64Array

  /** @param count at least 1 */
  constructor(count: number) {
    const levels = Math.max(0, Math.ceil(Math.log2(count / pointsALeaf)))
    this.count = count
    this.nodes = 2 ** (levels + 1) - 1
    this.firstLeaf = 2 ** levels - 1
    this.from = new Int32Array(this.nodes)
    this.to = new Int32Array(this.nodes)
    for (let level = 0; level <= levels; level++)
      for (let i = 0; i < 2 ** level; i++) {
        this.from[2 ** level - 1 + i] = Math.floor((count * i) / 2 ** level)
        this.to[2 ** level - 1 + i] = Math.floor((count * (i + 1)) / 2 ** level)
      }
    this.order = Int32Array.from({ length: count }, (_, i) => i)
    const perPoint = (): Float64Array => new Float64Array(count)
    const perNode = (): Float64Array => new Float64Array(this.nodes)
    ;[this.x, this.y, this.z] = [perPoint(), perPoint(), perPoint()]
    ;[this.meanX, this.meanY, this.meanZ] = [perNode(), perNode(), perNode()]
    this.radius = perNode()
  }

  /** Sorts points into the tree anew. @param points `[count, 3]` */
  build(points: Float64Array): void {
    // From the same order each time, so that the same points give the same tree.
    for (let i = 0; i < this.count; i++) this.order[i] = i
    for (let node = 0; node < this.firstLeaf; node++) {
      const from = this.from[node] as number
      const to = this.to[node] as number
      const axis = widestAxis(points, this.order, from, to)
      select(points, axis, this.order, { from, to, at: this.to[2 * node + 1] as number })
    }
    this.refit(points)
  }

  /** Keeps the order, and takes over where the points are now. */
  refit(points: Float64Array): void {
    const { order, x, y, z, meanX, meanY, meanZ, radius } = this
    for (let i = 0; i < this.count; i++) {
      const at = 3 * (order[i] as number)
      x[i] = points[at] as number
      y[i] = points[at + 1] as number
      z[i] = points[at + 2] as number
    }
    for (let node = this.nodes - 1; node >= 0; node--) {
      const from = this.from[node] as number
      const to = this.to[node] as number
      let [sumX, sumY, sumZ] = [0, 0, 0]
      if (node >= this.firstLeaf)
        for (let i = from; i < to; i++) {
          sumX += x[i] as number
          sumY += y[i] as number
          sumZ += z[i] as number
        }
      else
        for (let child = 2 * node + 1; child <= 2 * node + 2; child++) {
          const mass = (this.to[child] as number) - (this.from[child] as number)
          sumX += mass * (meanX[child] as number)
          sumY += mass * (meanY[child] as number)
          sumZ += mass * (meanZ[child] as number)
        }
      const mass = Math.max(to - from, 1)
      meanX[node] = sumX / mass
      meanY[node] = sumY / mass
      meanZ[node] = sumZ / mass
      radius[node] = node >= this.firstLeaf ? this.reachOf(node) : this.reachOfChildren(node)
    }
  }

  private reachOf(leaf: number): number {
    let most = 0
    for (let i = this.from[leaf] as number; i < (this.to[leaf] as number); i++) {
      const dx = (this.x[i] as number) - (this.meanX[leaf] as number)
      const dy = (this.y[i] as number) - (this.meanY[leaf] as number)
      const dz = (this.z[i] as number) - (this.meanZ[leaf] as number)
      most = Math.max(most, dx * dx + dy * dy + dz * dz)
    }
    return Math.sqrt(most)
  }

  private reachOfChildren(node: number): number {
    let most = 0
    for (let child = 2 * node + 1; child <= 2 * node + 2; child++) {
      if (this.from[child] === this.to[child]) continue
      const dx = (this.meanX[child] as number) - (this.meanX[node] as number)
      const dy = (this.meanY[child] as number) - (this.meanY[node] as number)
      const dz = (this.meanZ[child] as number) - (this.meanZ[node] as number)
      const reach = Math.sqrt(dx * dx + dy * dy + dz * dz) + (this.radius[child] as number)
      most = Math.max(most, reach)
    }
    return most
  }
}

function widestAxis(points: Float64Array, order: Int32Array, from: number, to: number): number {
  let widest = 0
  let most = -1
  for (let axis = 0; axis < 3; axis++) {
    let low = Infinity
    let high = -Infinity
    for (let i = from; i < to; i++) {
      const value = points[3 * (order[i] as number) + axis] as number
      if (value < low) low = value
      if (value > high) high = value
    }
    if (high - low > most) {
      most = high - low
      widest = axis
    }
  }
  return widest
}

/** Puts the points whose coordinate is smaller before `at` and the others behind it (quickselect). */
function select(
  points: Float64Array,
  axis: number,
  order: Int32Array,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): void {
  const valueAt = (i: number): number => points[3 * (order[i] as number) + axis] as number
  let low = from
  let high = to - 1
  while (low < high) {
    const pivot = middleOf(valueAt(low), valueAt((low + high) >> 1), valueAt(high))
    let i = low
    let j = high
    while (i <= j) {
      while (valueAt(i) < pivot) i++
      while (valueAt(j) > pivot) j--
      if (i > j) break
      const other = order[i] as number
      order[i++] = order[j] as number
      order[j--] = other
    }
    if (at <= j) high = j
    else if (at >= i) low = i
    else return
  }
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
