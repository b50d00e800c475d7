import type { Quaternion } from 'three'
import { Matrix4, Vector3 } from 'three'

/**
 * A perspective eye on +z that looks at the centre of the unit ball. Pixels are CSS pixels from the
 * view's upper left corner, y down.
 */
export interface Eye {
  /** From the ball's centre, in radii; > 1. */
  readonly distance: number
  /** Focal length in pixels. */
  readonly focal: number
  readonly width: number
  readonly height: number
}

/** Half the field of view along the shorter side: narrow, so that the ball's rim is not stretched. */
const halfField = Math.PI / 12

export function eyeOf(width: number, height: number, distance: number): Eye {
  const shorter = Math.max(1, Math.min(width, height))
  return { distance, focal: shorter / 2 / Math.tan(halfField), width, height }
}

/** Radius of the ball's outline, in pixels. */
export function outlinePx(eye: Eye): number {
  return eye.focal / Math.sqrt(eye.distance ** 2 - 1)
}

/** Point of the near side under a pixel, as a unit vector in view space; null beside the ball. */
export function hitOf(eye: Eye, x: number, y: number): Vector3 | null {
  const ray = new Vector3(x - eye.width / 2, eye.height / 2 - y, -eye.focal).normalize()
  const towards = -ray.z * eye.distance
  const discriminant = towards ** 2 - (eye.distance ** 2 - 1)
  if (discriminant < 0) return null
  const hit = ray.multiplyScalar(towards - Math.sqrt(discriminant))
  hit.z += eye.distance
  return hit.normalize()
}

/** The ball as it stands before the eye: the view's axes in the ball's own coordinates. */
export interface Pose {
  readonly eye: Eye
  readonly right: Vector3
  readonly up: Vector3
  /** From the ball's centre to the eye. */
  readonly towards: Vector3
}

export function poseOf(eye: Eye, orientation: Quaternion): Pose {
  const turned = new Matrix4().makeRotationFromQuaternion(orientation).elements
  const row = (i: number) => new Vector3(turned[i], turned[4 + i], turned[8 + i])
  return { eye, right: row(0), up: row(1), towards: row(2) }
}

export interface ScreenPoint {
  readonly x: number
  readonly y: number
  /** On the side of the ball that faces the eye. */
  readonly isFront: boolean
}

export function screenOf({ eye, right, up, towards }: Pose, point: Vector3): ScreenPoint {
  const depth = towards.dot(point)
  const scale = eye.focal / (eye.distance - depth)
  return {
    x: eye.width / 2 + scale * right.dot(point),
    y: eye.height / 2 - scale * up.dot(point),
    isFront: depth * eye.distance >= 1,
  }
}
