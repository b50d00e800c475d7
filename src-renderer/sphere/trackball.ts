import { Quaternion, Vector3 } from 'three'
import type { Eye } from './eye.ts'
import { eyeOf, homeDistance, outlinePx } from './eye.ts'
import { halfUnder, onDisc } from './hemispheres.ts'
import type { Half } from './hemispheres.ts'
import { hitOf } from './projection.ts'
import { easeInOut } from './transition.ts'

const nearest = 1.05
const farthest = 9
const flightMs = 450
/** Time in which a thrown ball loses 63 % of its speed, and in which a zoom goes 63 % of its way. */
const inertiaMs = 260
const zoomMs = 70
/** In which the ball is cut open and laid flat, or closed again. */
const flattenMs = 700
/** Radians a second; a turn takes two minutes. */
const spinRate = (2 * Math.PI) / 120
const forwards = new Vector3(0, 0, 1)

/** North leans towards the eye and a little aside, so that the graticule reads as a ball. */
function homeOrientation(): Quaternion {
  const lean = new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), 0.38)
  return lean.multiply(new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), -0.45))
}

/** How a ball lies, and from how far it is looked at, in radii. */
export interface BallPose {
  readonly orientation: Quaternion
  readonly distance: number
}

/**
 * Turns the ball under the pointer and brings it nearer. Unlike orbit controls it has no poles to jam
 * at: what is grabbed stays under the pointer. It moves only in `advance`, so it needs no clock.
 */
export class Trackball {
  readonly orientation = homeOrientation()
  /** No inertia, no flights, no spin. */
  isStill = false
  /** Turns slowly by itself until the first touch. */
  isSpinning = false
  /** Holds the spin while nobody looks, or while somebody looks at one point. */
  isHeld = false
  isNorthUp = false
  #distance = homeDistance
  #width = 1
  #height = 1
  #grip: Vector3 | null = null
  /** The disc that is held, also where the pointer goes beyond it. */
  #gripHalf: Half = 'near'
  #isFlat = false
  /** Share of the time from ball to flat discs. */
  #flattened = 0
  /** Axis times radians a millisecond. */
  readonly #velocity = new Vector3()
  #zoom: { x: number; y: number; distance: number } | null = null
  #flight: { from: Quaternion; to: Quaternion; distances: [number, number]; ms: number } | null =
    null
  #flown = 0

  get eye(): Eye {
    const flatness = easeInOut(this.#flattened)
    return eyeOf(this.#width, this.#height, this.#distance, flatness)
  }

  get pose(): BallPose {
    return { orientation: this.orientation.clone(), distance: this.#distance }
  }

  /** Takes the place of another ball, and gives up what it was about to do itself. */
  follow({ orientation, distance }: BallPose): void {
    this.#touch()
    this.orientation.copy(orientation)
    this.#distance = distance
  }

  resize(width: number, height: number): void {
    this.#width = width
    this.#height = height
  }

  grab(x: number, y: number): void {
    this.#touch()
    this.#gripHalf = halfUnder(this.eye, x, y)
    this.#grip = gripOf(this.eye, x, y, this.#gripHalf)
  }

  /** `ms` since the last call, for the speed at which the ball is let go. */
  drag(x: number, y: number, ms: number): void {
    if (this.#grip === null) return
    const grip = gripOf(this.eye, x, y, this.#gripHalf)
    const turn = new Quaternion().setFromUnitVectors(this.#grip, grip)
    this.#grip = grip
    this.#turn(turn)
    const speed = 2 * Math.acos(Math.min(1, Math.abs(turn.w)))
    const axis = new Vector3(turn.x, turn.y, turn.z).normalize()
    const share = 1 - Math.exp(-Math.max(1, ms) / 40)
    this.#velocity.lerp(axis.multiplyScalar(speed / Math.max(1, ms)), share)
  }

  /** `ms` since the last drag: a hand that rests before it lets go does not throw. */
  release(ms: number): void {
    this.#grip = null
    if (this.isStill || ms > 80) this.#velocity.set(0, 0, 0)
  }

  /** Nearer by `factor` > 1; what is under the pixel stays there. */
  zoomAt(x: number, y: number, factor: number): void {
    const target = this.#zoom?.distance ?? this.#distance
    this.#touch()
    const distance = Math.max(nearest, Math.min(farthest, 1 + (target - 1) / factor))
    this.#zoom = { x, y, distance }
    if (this.isStill) this.#zoomBy(1)
  }

  /** About the axis through the eye, radians, anticlockwise. */
  twist(radians: number): void {
    this.#touch()
    this.#turn(new Quaternion().setFromAxisAngle(forwards, radians))
  }

  /** Radians to the right and up, as seen. */
  turnBy(right: number, up: number): void {
    // A key that repeats goes on from where the last step leads.
    const from = this.#flight?.to ?? this.orientation
    this.#touch()
    const angle = Math.hypot(right, up)
    if (angle === 0) return
    const axis = new Vector3(-up / angle, right / angle, 0)
    const to = new Quaternion().setFromAxisAngle(axis, angle).multiply(from)
    this.#flyTo(to, this.#distance, 160)
  }

  /** Brings a direction of the ball to the front; at once where nobody has seen it otherwise yet. */
  face(direction: Vector3, isAtOnce = false): void {
    this.#touch()
    const seen = direction.clone().normalize().applyQuaternion(this.orientation)
    const turn = new Quaternion().setFromUnitVectors(seen, forwards)
    this.#flyTo(turn.multiply(this.orientation), this.#distance, flightMs)
    if (isAtOnce) this.#fly(flightMs)
  }

  reset(): void {
    this.#touch()
    this.#flyTo(homeOrientation(), homeDistance, flightMs)
  }

  /** The two halves as flat discs, or the ball again. */
  setFlat(isFlat: boolean): void {
    if (isFlat === this.#isFlat) return
    this.#isFlat = isFlat
    this.#touch()
    if (this.isStill) this.#flatten(flattenMs)
  }

  /** On the way between ball and discs. */
  get isFlattening(): boolean {
    return this.#flattened !== (this.#isFlat ? 1 : 0)
  }

  setNorthUp(isNorthUp: boolean): void {
    this.isNorthUp = isNorthUp
    if (isNorthUp) level(this.orientation)
  }

  /** Lets time pass; says whether the ball still moves. */
  advance(ms: number): boolean {
    if (this.isFlattening) this.#flatten(ms)
    if (this.#flight !== null) this.#fly(ms)
    if (this.#zoom !== null) this.#zoomBy(1 - Math.exp(-ms / zoomMs))
    if (this.#grip === null && this.#velocity.lengthSq() > 0) {
      const speed = this.#velocity.length()
      const axis = this.#velocity.clone().divideScalar(speed)
      const left = Math.exp(-ms / inertiaMs)
      this.#turn(new Quaternion().setFromAxisAngle(axis, speed * inertiaMs * (1 - left)))
      this.#velocity.multiplyScalar(left)
      if (speed * left < 2e-5) this.#velocity.set(0, 0, 0)
    }
    if (this.#isFree() && this.isSpinning && !this.isStill && !this.isHeld) {
      const angle = (spinRate * Math.min(ms, 100)) / 1000
      this.orientation.multiply(new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), angle))
      return true
    }
    const isLed = this.#flight !== null || this.#zoom !== null || this.isFlattening
    return isLed || !this.#isFree()
  }

  #flatten(ms: number): void {
    const step = (this.#isFlat ? 1 : -1) * (ms / flattenMs)
    this.#flattened = Math.max(0, Math.min(1, this.#flattened + step))
  }

  #isFree(): boolean {
    return this.#grip === null && this.#velocity.lengthSq() === 0
  }

  #touch(): void {
    this.isSpinning = false
    this.#flight = null
    this.#zoom = null
    this.#velocity.set(0, 0, 0)
  }

  #turn(turn: Quaternion): void {
    this.orientation.premultiply(turn).normalize()
    if (this.isNorthUp) level(this.orientation)
  }

  #flyTo(to: Quaternion, distance: number, ms: number): void {
    if (this.isNorthUp) level(to)
    const from = this.orientation.clone()
    this.#flight = { from, to, distances: [this.#distance, distance], ms }
    this.#flown = 0
    if (this.isStill) this.#fly(ms)
  }

  #fly(ms: number): void {
    if (this.#flight === null) return
    const { from, to, distances } = this.#flight
    this.#flown = Math.min(1, this.#flown + ms / this.#flight.ms)
    const t = easeInOut(this.#flown)
    this.orientation.slerpQuaternions(from, to, t)
    this.#distance = 1 + (distances[0] - 1) ** (1 - t) * (distances[1] - 1) ** t
    if (this.#flown === 1) this.#flight = null
  }

  #zoomBy(share: number): void {
    if (this.#zoom === null) return
    const { x, y, distance } = this.#zoom
    const before = hitOf(this.eye, x, y)
    const way = Math.log((distance - 1) / (this.#distance - 1))
    const isThere = Math.abs(way) < 1e-3 || share >= 1
    this.#distance = isThere ? distance : 1 + (this.#distance - 1) * Math.exp(way * share)
    if (isThere) this.#zoom = null
    const after = hitOf(this.eye, x, y)
    if (before !== null && after !== null) {
      this.#turn(new Quaternion().setFromUnitVectors(before, after))
    }
  }
}

/**
 * The direction that a pointer holds: the point of the ball under it, and towards the outline and
 * beyond it a smooth continuation, so that a drag around the outside rolls the ball. A flat disc goes on
 * beyond its rim by itself.
 */
function gripOf(eye: Eye, x: number, y: number, half: Half): Vector3 {
  if (eye.flatness >= 0.5) return onDisc(eye, x, y, half, farthestGrip)
  const border = 0.8
  const dx = x - eye.width / 2
  const dy = eye.height / 2 - y
  const off = Math.hypot(dx, dy)
  const share = off / outlinePx(eye)
  const direct = share <= border ? hitOf(eye, x, y) : null
  if (direct !== null) return direct
  const step = 0.01
  const polar = polarAt(eye, border)
  const slope = (polar - polarAt(eye, border - step)) / step
  const angle = polar + slope * Math.min(share - border, 1)
  const across = Math.sin(angle) / off
  return new Vector3(across * dx, across * dy, Math.cos(angle))
}

/** Radii from a disc's middle; at √2 the other half's middle would be spread around it. */
const farthestGrip = 1.25

function polarAt(eye: Eye, share: number): number {
  const angle = Math.atan((share * outlinePx(eye)) / eye.focal)
  return Math.asin(Math.min(1, eye.distance * Math.sin(angle))) - angle
}

/** Takes the roll out, so that north is up; over a pole there is nothing to take. */
function level(orientation: Quaternion): void {
  const north = new Vector3(0, 1, 0).applyQuaternion(orientation)
  if (Math.hypot(north.x, north.y) < 1e-3) return
  const roll = Math.atan2(north.x, north.y)
  orientation.premultiply(new Quaternion().setFromAxisAngle(forwards, roll)).normalize()
}
