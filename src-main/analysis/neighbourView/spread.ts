import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Affinities } from './affinities.ts'
import { Attraction } from './Attraction.ts'
import { Repulsion } from './repulsion.ts'

/**
 * The kernel of the picture is 1/(1 + sharpness·chord²): two points are at its half that are .03 rad
 * apart where there are 10,000 and more, and as many points apart where there are fewer, so that few
 * points use the whole sphere as many do. Measured at 300, 1,000 and 3,000 rows: more neighbours are
 * kept, and trustworthiness and continuity are no lower.
 */
export function sharpnessOf(count: number): number {
  return Math.max(4, Math.min(1000, count / 10))
}

/** No point goes further in one iteration, rad. */
const longestStep = 0.1

export interface SpreadOptions {
  readonly iterations: number
  /** How many times stronger than its share attraction is. */
  readonly exaggeration: number
  /** Last iterations, in which the rate falls to 0. */
  readonly cooling: number
  /** First iterations, with the lower momentum: .5 in place of .8. */
  readonly heating: number
  /** Forces that are not obeyed, `[count, 3]`: those an earlier layout still felt. */
  readonly bias?: Float64Array | undefined
  readonly signal?: AbortSignal | undefined
  /** Told the share that is done, in [0, 1]. */
  readonly onProgress?: ((share: number) => void) | undefined
}

/** Long enough that yielding costs nothing, short enough that stopping feels immediate. */
const pointsATurn = 50_000

/**
 * Moves points on the unit sphere until they lie as their affinities ask: t-SNE (van der Maaten &
 * Hinton, JMLR 2008) in the tangent planes, by momentum and a gain for each point (Jacobs, 1988), with
 * the rate count/exaggeration (Belkina et al., Nature Communications 2019). The same points and
 * affinities give the same result to the bit.
 *
 * @param points unit vectors, `[count, 3]`; changed in place
 * @throws the signal's reason when it is aborted
 */
export async function spreadOut(
  points: Float64Array,
  affinities: Affinities,
  options: SpreadOptions,
): Promise<void> {
  const { count } = affinities
  if (count < 2) return
  const { iterations, exaggeration, cooling, heating, bias, signal, onProgress } = options
  const forces = new Forces(affinities, true)
  const motion = new Motion(count)
  const everyTurn = Math.max(1, Math.floor(pointsATurn / count))
  try {
    for (let iteration = 0; iteration < iterations; iteration++) {
      const net = forces.at(points, exaggeration)
      if (bias)
        for (let d = 0; d < net.length; d++) net[d] = (net[d] as number) - (bias[d] as number)
      const left = iterations - iteration
      const hasMoved = motion.step(points, net, {
        rate: (count / exaggeration) * (left < cooling ? left / cooling : 1),
        momentum: iteration < heating ? 0.5 : 0.8,
      })
      // The next iteration would see the same points, and do as little.
      if (!hasMoved) return
      if ((iteration + 1) % everyTurn === 0 || left === 1) {
        onProgress?.((iteration + 1) / iterations)
        await nextTurn()
        signal?.throwIfAborted()
      }
    }
  } finally {
    forces.dispose()
  }
}

/** The force that a layout still feels, in the tangent planes, `[count, 3]`. */
export function forcesOf(points: Float64Array, affinities: Affinities): Float64Array {
  return affinities.count < 2
    ? new Float64Array(3 * affinities.count)
    : new Forces(affinities, false).at(points, 1)
}

/** A quarter of the gradient of the Kullback–Leibler divergence, in the tangent planes. */
class Forces {
  private readonly attraction: Attraction
  private readonly repulsion: Repulsion
  private readonly net: Float64Array

  constructor(affinities: Affinities, canUseThread: boolean) {
    const sharpness = sharpnessOf(affinities.count)
    this.attraction = new Attraction(affinities, sharpness, canUseThread)
    this.repulsion = new Repulsion(affinities.count, sharpness)
    this.net = new Float64Array(3 * affinities.count)
  }

  /** The array is valid until the next call, which fills it anew. */
  at(points: Float64Array, exaggeration: number): Float64Array {
    const { net, repulsion, attraction } = this
    attraction.begin(points)
    const total = repulsion.update(points)
    const pulls = attraction.finish()
    for (let at = 0; at < net.length; at += 3) {
      const x = points[at] as number
      const y = points[at + 1] as number
      const z = points[at + 2] as number
      const fx = exaggeration * (pulls[at] as number) - (repulsion.forces[at] as number) / total
      const fy =
        exaggeration * (pulls[at + 1] as number) - (repulsion.forces[at + 1] as number) / total
      const fz =
        exaggeration * (pulls[at + 2] as number) - (repulsion.forces[at + 2] as number) / total
      const outward = fx * x + fy * y + fz * z
      net[at] = fx - outward * x
      net[at + 1] = fy - outward * y
      net[at + 2] = fz - outward * z
    }
    return net
  }

  dispose(): void {
    this.attraction.dispose()
  }
}

/** Velocities in the tangent planes, and the gain of each point. */
class Motion {
  private readonly velocities: Float64Array
  private readonly gains: Float64Array

  constructor(count: number) {
    this.velocities = new Float64Array(3 * count)
    this.gains = new Float64Array(count).fill(1)
  }

  /** @returns whether any point moved */
  step(
    points: Float64Array,
    net: Float64Array,
    { rate, momentum }: { readonly rate: number; readonly momentum: number },
  ): boolean {
    const { velocities, gains } = this
    let hasMoved = false
    for (let i = 0; i < gains.length; i++) {
      const at = 3 * i
      const gx = net[at] as number
      const gy = net[at + 1] as number
      const gz = net[at + 2] as number
      let vx = velocities[at] as number
      let vy = velocities[at + 1] as number
      let vz = velocities[at + 2] as number
      const agreement = gx * vx + gy * vy + gz * vz
      let gain = gains[i] as number
      if (agreement < 0) gain = Math.min(gain + 0.2, 10)
      else if (agreement > 0) gain = Math.max(gain * 0.8, 0.01)
      gains[i] = gain
      vx = momentum * vx - rate * gain * gx
      vy = momentum * vy - rate * gain * gy
      vz = momentum * vz - rate * gain * gz
      const length = Math.sqrt(vx * vx + vy * vy + vz * vz)
      // A point at rest keeps its bits.
      if (length === 0) continue
      hasMoved = true
      const short = length > longestStep ? longestStep / length : 1
      vx *= short
      vy *= short
      vz *= short
      let x = (points[at] as number) + vx
      let y = (points[at + 1] as number) + vy
      let z = (points[at + 2] as number) + vz
      const norm = 1 / Math.sqrt(x * x + y * y + z * z)
      x *= norm
      y *= norm
      z *= norm
      const outward = vx * x + vy * y + vz * z
      points[at] = x
      points[at + 1] = y
      points[at + 2] = z
      velocities[at] = vx - outward * x
      velocities[at + 1] = vy - outward * y
      velocities[at + 2] = vz - outward * z
    }
    return hasMoved
  }
}
