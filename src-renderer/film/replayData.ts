import type { ImageId } from '../../src-main/contract/images.ts'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import type { SpherePaint } from '../explore/painting.ts'

/** What a replay says in words. Goes into the page as JSON. */
export interface ReplayWords {
  readonly title: string
  /** How far the picture can be trusted. */
  readonly note: string
  readonly epochs: readonly number[]
  /** How the ball lies at first: a rotation by columns, `[3, 3]`. */
  readonly turn: readonly number[]
  readonly count: number
  /** Of each image. */
  readonly names: readonly string[]
  /** Index into the groups of each image, −1 for none. */
  readonly groupOf: readonly number[]
  readonly groups: readonly { readonly name: string; readonly colour: string }[]
}

export interface ReplayData {
  readonly words: ReplayWords
  /** Two numbers a point, octahedral, `[epochs, n, 2]`; see {@link octahedral}. */
  readonly places: Uint16Array<ArrayBuffer>
  /** `[n, 4]`: red, green, blue, and whether it is shown, 0–255. */
  readonly colours: Uint8Array<ArrayBuffer>
}

export interface ReplaySource {
  readonly title: string
  readonly note: string
  /** At least one; all of the same images. */
  readonly frames: readonly SphereFrame[]
  readonly paint: SpherePaint
  /** How the ball lies at first: a rotation by columns, `[3, 3]`. */
  readonly turn: readonly number[]
  /** The name that is shown of an image; without its folders, which are nobody else's business. */
  readonly nameOf: (id: ImageId) => string
}

/** Marks a point without a place. */
export const nowhere = 65_535

/** All that a replay needs, small: 4 bytes a point and epoch, exact to .004°. */
export function replayData({ title, note, frames, paint, turn, nameOf }: ReplaySource): ReplayData {
  const ids = frames[0]?.ids ?? new Int32Array(0)
  const keys = Array.from(ids, (id) => paint.keyOf(id))
  const groups = [...new Set(keys)].filter((key) => key >= 0).sort((a, b) => a - b)
  const places = new Uint16Array(2 * ids.length * frames.length)
  frames.forEach(({ positions }, i) => places.set(octahedral(positions), 2 * ids.length * i))
  const colours = new Uint8Array(4 * ids.length)
  ids.forEach((_, i) => {
    for (let c = 0; c < 3; c++)
      colours[4 * i + c] = Math.round(255 * (paint.colours[3 * i + c] ?? 0.6))
    colours[4 * i + 3] = Math.round(255 * (paint.alphas?.[i] ?? 1))
  })
  return {
    words: {
      title,
      note,
      epochs: frames.map(({ epoch }) => epoch),
      turn,
      count: ids.length,
      names: Array.from(ids, nameOf),
      groupOf: keys.map((key) => groups.indexOf(key)),
      groups: groups.map((key) => ({ name: paint.nameOf(key), colour: paint.colourOf(key) })),
    },
    places,
    colours,
  }
}

/**
 * Unit vectors as points of a square, 16 bits each way: the octahedron around the sphere, unfolded
 * (Meyer et al., "On Floating-Point Normal Vectors", EGSR 2010). What is not finite is {@link nowhere}.
 *
 * @param positions `[n, 3]`
 * @returns `[n, 2]`
 */
export function octahedral(positions: Float32Array): Uint16Array {
  const places = new Uint16Array((2 * positions.length) / 3)
  for (let i = 0; 3 * i < positions.length; i++) {
    const [x = NaN, y = NaN, z = NaN] = positions.subarray(3 * i, 3 * i + 3)
    const size = Math.abs(x) + Math.abs(y) + Math.abs(z)
    if (!Number.isFinite(size) || size === 0) {
      places.fill(nowhere, 2 * i, 2 * i + 2)
      continue
    }
    let [u, v] = [x / size, y / size]
    if (z < 0) [u, v] = [(1 - Math.abs(v)) * signOf(u), (1 - Math.abs(u)) * signOf(v)]
    places[2 * i] = toStep(u)
    places[2 * i + 1] = toStep(v)
  }
  return places
}

function signOf(value: number): 1 | -1 {
  return value < 0 ? -1 : 1
}

/** From [−1, 1] to 0 … 65,534. */
function toStep(value: number): number {
  return Math.round(((value + 1) / 2) * (nowhere - 1))
}
