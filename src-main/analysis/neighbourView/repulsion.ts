import { PointTree } from '../pointTree.ts'

/** Numbers of a node's expansion: Σ u, Σ u²·d (3), and that one's derivatives (6, symmetric). */
const width = 10

/**
 * Nodes are far apart when their radii together are below this share of their distance. In a finished
 * picture of 10,000 points forces are then off by 9 % in the median, which it does not show: at .7 it is
 * as true, and takes a tenth more time.
 */
const opening = 0.8

/**
 * Roughly what the parts cost, in ns: one pair of far nodes, one pair of points, and sorting one point
 * into one level of the tree. As points move, the nodes of a tree grow into each other, and what is then
 * met point by point soon costs many times as much as sorting them anew.
 */
const cost = { farPair: 40, pointPair: 5, sorting: 25 }

/**
 * Repulsion of all points by all others under the kernel u = 1/(1 + s·chord²), Σ u²·d, and the
 * partition function Σ u, in time linear in the points: pairs of nodes that are far apart, as measured
 * by their radii, act on each other through their means, and what a node receives is expanded to first
 * order around its mean and handed down to its points; the other pairs are summed exactly. It is a
 * fast multipole method of the lowest order that keeps the force's derivative (Greengard & Rokhlin,
 * J. Comput. Phys. 1987), in place of Barnes & Hut's tree. Action is reaction in every pair, so the
 * whole never drifts. Deterministic.
 */
export class Repulsion {
  /** Σ over other points of u²·(point − other), `[count, 3]`. */
  readonly forces: Float64Array
  private readonly tree: PointTree
  private readonly sharpness: number
  /** `[nodes, width]` */
  private readonly expansions: Float64Array
  /** Σ u, Σ u²·d of each point, in the tree's order, `[count, 4]`. */
  private readonly sums: Float64Array
  private stack = new Int32Array(1024)
  /** Pairs of far nodes, and of points, that the last update met. */
  farPairs = 0
  pointPairs = 0
  /** What meeting all cost with the tree as it was built, and what it has cost beyond that since. */
  private costAtBuild = 0
  private extraCost = Infinity
  private readonly buildCost: number

  /**
   * @param sharpness s of the kernel
   */
  constructor(count: number, sharpness: number) {
    this.tree = new PointTree(count)
    this.forces = new Float64Array(3 * count)
    this.sharpness = sharpness
    this.expansions = new Float64Array(width * this.tree.nodes)
    this.sums = new Float64Array(4 * count)
    this.buildCost = cost.sorting * count * Math.log2(this.tree.firstLeaf + 1)
  }

  /** Fills `forces`. @returns Σ of the kernel over all ordered pairs of different points */
  update(points: Float64Array): number {
    const isBuilt = this.extraCost > this.buildCost
    if (isBuilt) this.tree.build(points)
    else this.tree.refit(points)
    this.expansions.fill(0)
    this.sums.fill(0)
    this.farPairs = 0
    this.pointPairs = 0
    this.meetAll()
    const spent = cost.farPair * this.farPairs + cost.pointPair * this.pointPairs
    if (isBuilt) {
      this.costAtBuild = spent
      this.extraCost = 0
    } else this.extraCost += spent - this.costAtBuild
    return this.handDown()
  }

  /** Walks pairs of nodes from the root's with itself; each unordered pair of points is met once. */
  private meetAll(): void {
    const { firstLeaf, meanX, meanY, meanZ, radius } = this.tree
    const softening = 1 / this.sharpness
    let top = 0
    const push = (a: number, b: number): void => {
      if (top + 2 > this.stack.length) {
        const larger = new Int32Array(2 * this.stack.length)
        larger.set(this.stack)
        this.stack = larger
      }
      this.stack[top++] = a
      this.stack[top++] = b
    }
    push(0, 0)
    while (top > 0) {
      const b = this.stack[--top] as number
      const a = this.stack[--top] as number
      if (a === b) {
        if (a >= firstLeaf) this.meetInside(a)
        else {
          push(2 * a + 1, 2 * a + 1)
          push(2 * a + 2, 2 * a + 2)
          push(2 * a + 1, 2 * a + 2)
        }
        continue
      }
      const dx = (meanX[a] as number) - (meanX[b] as number)
      const dy = (meanY[a] as number) - (meanY[b] as number)
      const dz = (meanZ[a] as number) - (meanZ[b] as number)
      const square = dx * dx + dy * dy + dz * dz
      const reach = (radius[a] as number) + (radius[b] as number)
      // The kernel is flat below 1/√s, where nearness does no harm.
      if (reach * reach < opening ** 2 * (square + softening))
        this.meetFar(a, b, dx, dy, dz, square)
      else if (a >= firstLeaf && b >= firstLeaf) this.meetNear(a, b)
      else if (
        b >= firstLeaf ||
        (a < firstLeaf && (radius[a] as number) >= (radius[b] as number))
      ) {
        push(2 * a + 1, b)
        push(2 * a + 2, b)
      } else {
        push(a, 2 * b + 1)
        push(a, 2 * b + 2)
      }
    }
  }

  private meetFar(a: number, b: number, dx: number, dy: number, dz: number, square: number): void {
    const { from, to } = this.tree
    const e = this.expansions
    const s = this.sharpness
    this.farPairs++
    const massA = (to[a] as number) - (from[a] as number)
    const massB = (to[b] as number) - (from[b] as number)
    const u = 1 / (1 + s * square)
    const u2 = u * u
    const bend = -4 * s * u2 * u
    const i = width * a
    const j = width * b
    e[i] = (e[i] as number) + massB * u
    e[j] = (e[j] as number) + massA * u
    e[i + 1] = (e[i + 1] as number) + massB * u2 * dx
    e[j + 1] = (e[j + 1] as number) - massA * u2 * dx
    e[i + 2] = (e[i + 2] as number) + massB * u2 * dy
    e[j + 2] = (e[j + 2] as number) - massA * u2 * dy
    e[i + 3] = (e[i + 3] as number) + massB * u2 * dz
    e[j + 3] = (e[j + 3] as number) - massA * u2 * dz
    const xx = u2 + bend * dx * dx
    const xy = bend * dx * dy
    const xz = bend * dx * dz
    const yy = u2 + bend * dy * dy
    const yz = bend * dy * dz
    const zz = u2 + bend * dz * dz
    e[i + 4] = (e[i + 4] as number) + massB * xx
    e[j + 4] = (e[j + 4] as number) + massA * xx
    e[i + 5] = (e[i + 5] as number) + massB * xy
    e[j + 5] = (e[j + 5] as number) + massA * xy
    e[i + 6] = (e[i + 6] as number) + massB * xz
    e[j + 6] = (e[j + 6] as number) + massA * xz
    e[i + 7] = (e[i + 7] as number) + massB * yy
    e[j + 7] = (e[j + 7] as number) + massA * yy
    e[i + 8] = (e[i + 8] as number) + massB * yz
    e[j + 8] = (e[j + 8] as number) + massA * yz
    e[i + 9] = (e[i + 9] as number) + massB * zz
    e[j + 9] = (e[j + 9] as number) + massA * zz
  }

  private meetNear(a: number, b: number): void {
    const { from, to } = this.tree
    for (let i = from[a] as number; i < (to[a] as number); i++)
      this.meetPoints(i, from[b] as number, to[b] as number)
  }

  private meetInside(leaf: number): void {
    const { from, to } = this.tree
    for (let i = from[leaf] as number; i < (to[leaf] as number); i++)
      this.meetPoints(i, i + 1, to[leaf] as number)
  }

  private meetPoints(i: number, from: number, to: number): void {
    const { x, y, z } = this.tree
    const sums = this.sums
    const s = this.sharpness
    const px = x[i] as number
    const py = y[i] as number
    const pz = z[i] as number
    let [sum, fx, fy, fz] = [0, 0, 0, 0]
    this.pointPairs += to - from
    for (let j = from; j < to; j++) {
      const dx = px - (x[j] as number)
      const dy = py - (y[j] as number)
      const dz = pz - (z[j] as number)
      const u = 1 / (1 + s * (dx * dx + dy * dy + dz * dz))
      const u2 = u * u
      sum += u
      fx += u2 * dx
      fy += u2 * dy
      fz += u2 * dz
      const at = 4 * j
      sums[at] = (sums[at] as number) + u
      sums[at + 1] = (sums[at + 1] as number) - u2 * dx
      sums[at + 2] = (sums[at + 2] as number) - u2 * dy
      sums[at + 3] = (sums[at + 3] as number) - u2 * dz
    }
    const at = 4 * i
    sums[at] = (sums[at] as number) + sum
    sums[at + 1] = (sums[at + 1] as number) + fx
    sums[at + 2] = (sums[at + 2] as number) + fy
    sums[at + 3] = (sums[at + 3] as number) + fz
  }

  /** Hands expansions down to children, and at last to points. @returns Σ u of all points */
  private handDown(): number {
    const { tree, expansions, sums, forces } = this
    const moved = new Float64Array(4)
    for (let node = 0; node < tree.firstLeaf; node++)
      for (let child = 2 * node + 1; child <= 2 * node + 2; child++) {
        this.expand(
          node,
          (tree.meanX[child] as number) - (tree.meanX[node] as number),
          (tree.meanY[child] as number) - (tree.meanY[node] as number),
          (tree.meanZ[child] as number) - (tree.meanZ[node] as number),
          moved,
        )
        for (let n = 0; n < width; n++) {
          const at = width * child + n
          const value = n < 4 ? (moved[n] as number) : (expansions[width * node + n] as number)
          expansions[at] = (expansions[at] as number) + value
        }
      }
    let total = 0
    for (let leaf = tree.firstLeaf; leaf < tree.nodes; leaf++)
      for (let i = tree.from[leaf] as number; i < (tree.to[leaf] as number); i++) {
        this.expand(
          leaf,
          (tree.x[i] as number) - (tree.meanX[leaf] as number),
          (tree.y[i] as number) - (tree.meanY[leaf] as number),
          (tree.z[i] as number) - (tree.meanZ[leaf] as number),
          moved,
        )
        total += (sums[4 * i] as number) + (moved[0] as number)
        const at = 3 * (tree.order[i] as number)
        forces[at] = (sums[4 * i + 1] as number) + (moved[1] as number)
        forces[at + 1] = (sums[4 * i + 2] as number) + (moved[2] as number)
        forces[at + 2] = (sums[4 * i + 3] as number) + (moved[3] as number)
      }
    return total
  }

  /** Σ u and Σ u²·d at a displacement from a node's mean; the gradient of Σ u is −2s·Σ u²·d. */
  private expand(node: number, dx: number, dy: number, dz: number, out: Float64Array): void {
    const e = this.expansions
    const at = width * node
    const fx = e[at + 1] as number
    const fy = e[at + 2] as number
    const fz = e[at + 3] as number
    const [xx, xy, xz] = [e[at + 4] as number, e[at + 5] as number, e[at + 6] as number]
    const [yy, yz, zz] = [e[at + 7] as number, e[at + 8] as number, e[at + 9] as number]
    const jx = xx * dx + xy * dy + xz * dz
    const jy = xy * dx + yy * dy + yz * dz
    const jz = xz * dx + yz * dy + zz * dz
    const slope = fx * dx + fy * dy + fz * dz + 0.5 * (jx * dx + jy * dy + jz * dz)
    out[0] = (e[at] as number) - 2 * this.sharpness * slope
    out[1] = fx + jx
    out[2] = fy + jy
    out[3] = fz + jz
  }
}
