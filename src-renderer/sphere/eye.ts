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
  /** 0: the ball; 1: its two halves as flat discs; between, on the way from one to the other. */
  readonly flatness: number
}

/** From where the whole ball is seen, in radii. */
export const homeDistance = 4.45

/** Half the field of view along the shorter side: narrow, so that the ball's rim is not stretched. */
const halfField = Math.PI / 12

export function eyeOf(width: number, height: number, distance: number, flatness = 0): Eye {
  const shorter = Math.max(1, Math.min(width, height))
  return { distance, focal: shorter / 2 / Math.tan(halfField), width, height, flatness }
}

/** Radius of the ball's outline, in pixels. */
export function outlinePx(eye: Eye): number {
  return eye.focal / Math.sqrt(eye.distance ** 2 - 1)
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
