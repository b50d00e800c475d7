import { Vector3 } from 'three'
import type { Eye, Pose } from './eye.ts'
import { discHit, discPlace } from './hemispheres.ts'

export interface ScreenPoint {
  readonly x: number
  readonly y: number
  /** On the side of the ball that faces the eye; on flat discs nothing hides, inside the view. */
  readonly isFront: boolean
  /** No line joins points of different sheets: on flat discs, those of the near and the far half. */
  readonly sheet: 'near' | 'far'
}

/** Where a point is drawn, given in the ball's coordinates; as the shaders place it. */
export function screenOf(pose: Pose, point: Vector3): ScreenPoint {
  const { flatness } = pose.eye
  const onBall = ballPlace(pose, point)
  if (flatness === 0) return onBall
  const onDisc = discPlace(pose, point)
  return {
    x: onBall.x + flatness * (onDisc.x - onBall.x),
    y: onBall.y + flatness * (onDisc.y - onBall.y),
    isFront: flatness < 0.5 ? onBall.isFront : onDisc.isFront,
    sheet: onDisc.sheet,
  }
}

/** Point of the ball under a pixel, as a unit vector in view space; null where there is none. */
export function hitOf(eye: Eye, x: number, y: number): Vector3 | null {
  return eye.flatness < 0.5 ? ballHit(eye, x, y) : discHit(eye, x, y)
}

function ballPlace({ eye, right, up, towards }: Pose, point: Vector3): ScreenPoint {
  const depth = towards.dot(point)
  const scale = eye.focal / (eye.distance - depth)
  return {
    x: eye.width / 2 + scale * right.dot(point),
    y: eye.height / 2 - scale * up.dot(point),
    isFront: depth * eye.distance >= 1,
    sheet: 'near',
  }
}

function ballHit(eye: Eye, x: number, y: number): Vector3 | null {
  const ray = new Vector3(x - eye.width / 2, eye.height / 2 - y, -eye.focal).normalize()
  const towards = -ray.z * eye.distance
  const discriminant = towards ** 2 - (eye.distance ** 2 - 1)
  if (discriminant < 0) return null
  const hit = ray.multiplyScalar(towards - Math.sqrt(discriminant))
  hit.z += eye.distance
  return hit.normalize()
}
