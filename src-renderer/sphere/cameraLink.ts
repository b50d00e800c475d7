import type { BallPose, Trackball } from './trackball.ts'

/** A view that can be turned together with others. */
export interface LinkedView {
  readonly trackball: Trackball
  invalidate(): void
}

/** Turns several balls as one: whichever is turned or zoomed, the others lie the same way. */
export class CameraLink {
  readonly #views = new Set<LinkedView>()
  #pose: BallPose | null = null

  /** Whether a view was drawn, or turned by hand; then later ones begin where it stands. */
  get isPlaced(): boolean {
    return this.#pose !== null
  }

  /** The view takes the place of those that are here already. Returns its stop. */
  join(view: LinkedView): () => void {
    this.#views.add(view)
    if (this.#pose !== null) view.trackball.follow(this.#pose)
    return () => this.#views.delete(view)
  }

  /** To be called whenever a view was drawn; one that only followed changes nothing. */
  moved(view: LinkedView): void {
    const { pose } = view.trackball
    if (this.#pose !== null && isSame(pose, this.#pose)) return
    this.#pose = pose
    for (const other of this.#views)
      if (other !== view) {
        other.trackball.follow(pose)
        other.invalidate()
      }
  }
}

function isSame(a: BallPose, b: BallPose): boolean {
  return a.distance === b.distance && a.orientation.equals(b.orientation)
}
