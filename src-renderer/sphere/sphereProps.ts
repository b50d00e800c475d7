import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import type { CameraLink } from './cameraLink.ts'
import type { SceneCap } from './caps.ts'
import type { SphereArc } from './neighbourArcs.ts'
import type { SceneTail } from './tails.ts'

/** What a sphere shows, and how. */
export interface SphereProps {
  frame: SphereFrame | null
  /** `[n, 3]`, sRGB in [0, 1], in the order of the frame's ids. */
  colours: Float32Array
  /** `[n]`: 1 shown, .15 context, 0 hidden; null shows all. */
  alphas: Float32Array | null
  /** Ids of images. */
  selected: ReadonlySet<number>
  arcs?: readonly SphereArc[]
  /** Round patches of the ball. */
  caps?: readonly SceneCap[]
  /** `[n]`: shape of each point, 0 to 4; null for discs. */
  shapes?: Uint8Array | null
  /** `[n]`: step of size of each point, 1 to 15; null for all alike. */
  sizes?: Uint8Array | null
  /** Ways through earlier epochs. */
  tails?: readonly SceneTail[]
  /** Address of an image's small picture, which then stands for its point. */
  thumbOf?: ((id: number) => string | null) | null
  seeThrough?: boolean
  northUp?: boolean
  /** The two halves side by side as flat discs instead of the ball. */
  flat?: boolean
  autoRotate?: boolean
  /** Turns with the other views of the link. */
  link?: CameraLink | null
  /** The image under the pointer in another view. */
  echo?: number | null
}

/** Plain points on a ball that turns by itself. */
export const sphereDefaults = {
  arcs: () => [],
  caps: () => [],
  shapes: null,
  sizes: null,
  tails: () => [],
  thumbOf: null,
  seeThrough: false,
  northUp: false,
  flat: false,
  autoRotate: true,
  link: null,
  echo: null,
}
