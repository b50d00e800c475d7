import { Vector3 } from 'three'
import type { Eye, Pose } from './eye.ts'
import { homeDistance, outlinePx } from './eye.ts'

/**
 * The ball cut open along its outline and laid flat: the half that faces the eye on one disc, the
 * other half on a second one, each seen from outside, so that the two rims touch where the ball was
 * last held together. Each disc is Lambert's azimuthal equal-area projection (J. H. Lambert, 1772;
 * J. P. Snyder, Map Projections, 1987, p. 182): equal areas of the ball are equal areas here.
 */
export type Half = 'near' | 'far'

/** Clear of the view's border, for names and tools around the discs, px. */
const sideMargin = 56
const margin = 30
/** Between the rims where they are nearest, px. */
const gap = 12

/** Pixels from the middle of the view, y up. */
export interface Disc {
  readonly x: number
  readonly y: number
  /** What is to the right, and what is up, of the view: −1 where the disc shows it the other way. */
  readonly facing: readonly [number, number]
}

export interface Discs {
  /** Pixels; 1 on the disc is a quarter of a great circle away from its middle. */
  readonly radius: number
  readonly isBeside: boolean
  readonly near: Disc
  readonly far: Disc
}

/** Radius of the ball's outline or, flat, of a disc, px; on the way between, something between. */
export function radiusPx(eye: Eye): number {
  const onBall = outlinePx(eye)
  return eye.flatness === 0 ? onBall : onBall + eye.flatness * (discsOf(eye).radius - onBall)
}

/**
 * Side by side, or one above the other in a view that is higher than wide. From nearer by the discs
 * are larger, each within its half of the view.
 */
export function discsOf(eye: Eye): Discs {
  const isBeside = eye.width >= eye.height
  const [long, short] = isBeside ? [eye.width, eye.height] : [eye.height, eye.width]
  const fit = Math.max(8, Math.min((long - 2 * sideMargin - gap) / 4, short / 2 - margin))
  const radius = (fit * outlinePx(eye)) / outlinePx({ ...eye, distance: homeDistance })
  const apart = Math.min(long / 4, radius + gap / 2)
  return isBeside
    ? {
        radius,
        isBeside,
        near: { x: -apart, y: 0, facing: [1, 1] },
        far: { x: apart, y: 0, facing: [-1, 1] },
      }
    : {
        radius,
        isBeside,
        near: { x: 0, y: apart, facing: [1, 1] },
        far: { x: 0, y: -apart, facing: [1, -1] },
      }
}

/** Smaller discs leave no room between them. */
const leastCaptionedPx = 60

/** Where captions may end: CSS pixels from the view's upper left corner. */
export interface DiscPlaces {
  readonly near: { readonly x: number; readonly y: number }
  readonly far: { readonly x: number; readonly y: number }
}

/** Outside of each disc to the lower left; null where the discs do not lie flat, or fill the view. */
export function captionPlaces(eye: Eye): DiscPlaces | null {
  if (eye.flatness < 1) return null
  const discs = discsOf(eye)
  const { radius, isBeside } = discs
  const fits = radius <= (isBeside ? eye.height / 2 : eye.height / 4)
  if (!fits || radius < leastCaptionedPx) return null
  const off = radius * (Math.SQRT1_2 + 0.03)
  const beside = ({ x, y }: Disc) => ({ x: eye.width / 2 + x - off, y: eye.height / 2 - y + off })
  return { near: beside(discs.near), far: beside(discs.far) }
}

/** Where a point is drawn; it is seen where it lies within the half of the view that its disc has. */
export function discPlace({ eye, right, up, towards }: Pose, point: Vector3) {
  const discs = discsOf(eye)
  const length = point.length() || 1
  const depth = towards.dot(point) / length
  const sheet: Half = depth >= 0 ? 'near' : 'far'
  const { x, y, facing } = discs[sheet]
  // Lambert's √2 / √(1 + depth), over the √2 of the rim. A point off the ball is as far off the middle.
  const scale = discs.radius / Math.sqrt(1 + Math.abs(depth))
  const offX = x + facing[0] * scale * right.dot(point)
  const offY = y + facing[1] * scale * up.dot(point)
  const isFront = halfAt(discs, offX, offY) === sheet
  return { x: eye.width / 2 + offX, y: eye.height / 2 - offY, isFront, sheet }
}

/** Point under a pixel, as a unit vector in view space; null beside the disc. */
export function discHit(eye: Eye, x: number, y: number): Vector3 | null {
  const half = halfUnder(eye, x, y)
  return offDisc(eye, x, y, half) > 1 ? null : onDisc(eye, x, y, half)
}

/** Whose half of the view a pixel lies in. */
export function halfUnder(eye: Eye, x: number, y: number): Half {
  return halfAt(discsOf(eye), x - eye.width / 2, eye.height / 2 - y)
}

/** How far a pixel lies from the middle of a disc, in its radii. */
export function offDisc(eye: Eye, x: number, y: number, half: Half): number {
  const discs = discsOf(eye)
  const { x: middleX, y: middleY } = discs[half]
  return Math.hypot(x - eye.width / 2 - middleX, eye.height / 2 - y - middleY) / discs.radius
}

/**
 * Unit vector in view space that one half's projection, going on beyond its rim, has under a pixel;
 * `most` radii from the middle at most.
 */
export function onDisc(eye: Eye, x: number, y: number, half: Half, most = 1): Vector3 {
  const discs = discsOf(eye)
  const { x: middleX, y: middleY, facing } = discs[half]
  const across = (facing[0] * (x - eye.width / 2 - middleX)) / discs.radius
  const upwards = (facing[1] * (eye.height / 2 - y - middleY)) / discs.radius
  const off = Math.hypot(across, upwards)
  const held = Math.min(off, most)
  const scale = off === 0 ? 0 : (held / off) * Math.sqrt(2 - held ** 2)
  const depth = 1 - held ** 2
  return new Vector3(scale * across, scale * upwards, half === 'near' ? depth : -depth).normalize()
}

function halfAt({ isBeside }: Discs, x: number, y: number): Half {
  return (isBeside ? x < 0 : y > 0) ? 'near' : 'far'
}
