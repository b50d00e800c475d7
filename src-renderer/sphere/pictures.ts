import type { Vector3, WebGLRenderer } from 'three'
import { Vector2 } from 'three'
import type { Eye } from './eye.ts'
import { radiusPx } from './hemispheres.ts'
import type { SphereLook } from './look.ts'
import { PictureLevel } from './pictureLevel.ts'
import type { LevelOptions, ScenePoints } from './pictureLevel.ts'
import { thumbSizePx } from './thumbs.ts'

/** For all, or as many as the device has room for. */
const coarse: LevelOptions = { cellPx: 48, most: Infinity, turn: 0.15, order: 2.5 }
/** As sharp as thumbnails are, for those before the eye: 38 MB on the device. */
const fine: LevelOptions = { cellPx: 128, most: 576, turn: 0.04, order: 2.6 }

export interface PicturesPlace {
  readonly eye: Eye
  readonly eyeInBall: Vector3
  readonly farAlpha: number
  readonly pixelRatio: number
}

/** Images that stand as pictures instead of points; sharper ones lie over the others from near by. */
export class Pictures {
  readonly #coarse: PictureLevel
  readonly #fine: PictureLevel
  readonly #points: ScenePoints
  #urlOf: ((id: number) => string | null) | null = null

  /** `changed` is called after each picture that has come. */
  constructor(renderer: WebGLRenderer, points: ScenePoints, changed: () => void) {
    this.#points = points
    this.#coarse = new PictureLevel(renderer, points, coarse, changed)
    this.#fine = new PictureLevel(renderer, points, fine, changed)
  }

  get areShown(): boolean {
    return this.#urlOf !== null
  }

  get meshes() {
    return this.#levels.map(({ thumbs }) => thumbs.mesh)
  }

  /** Null for points alone. */
  setUrls(urlOf: ((id: number) => string | null) | null): void {
    this.#urlOf = urlOf
    for (const level of this.#levels) level.hide()
  }

  setLook(look: SphereLook): void {
    for (const { thumbs } of this.#levels) thumbs.setLook(look)
  }

  /** After rows, colours or what is hidden have changed. */
  chooseAgain(): void {
    for (const level of this.#levels) level.chooseAgain()
  }

  /** After marks have changed: the same pictures, in other frames. */
  refresh(): void {
    for (const level of this.#levels) level.refresh()
  }

  /** Pictures that were copied to the graphics device went with it. */
  restore(): void {
    for (const level of this.#levels) level.restore()
  }

  /** Edge of a picture, CSS pixels. */
  sizePx(eye: Eye): number {
    return thumbSizePx(this.#points.travel.rows.ids.length, 2 * radiusPx(eye))
  }

  place({ eye, eyeInBall, farAlpha, pixelRatio }: PicturesPlace): void {
    if (this.#urlOf === null) return
    const towards = eyeInBall.clone().normalize()
    const size = this.sizePx(eye)
    const isFlat = eye.flatness > 0
    this.#coarse.place(this.#urlOf, towards, isFlat)
    // Where the coarse ones are not stretched, sharper ones look no better.
    if (isSharpWanted(size, pixelRatio)) this.#fine.place(this.#urlOf, towards, isFlat)
    else this.#fine.hide()
    const halfView = new Vector2(eye.width, eye.height).multiplyScalar(pixelRatio / 2)
    // Faint ones of the far side would be twice as plain where both levels drew them.
    this.#coarse.thumbs.set('farAlpha', farAlpha)
    this.#fine.thumbs.set('farAlpha', 0)
    for (const { thumbs } of this.#levels) {
      thumbs.set('progress', this.#points.travel.way)
      thumbs.set('size', size)
      thumbs.set('pixelRatio', pixelRatio)
      thumbs.set('halfView', halfView)
      thumbs.set('eye', eyeInBall)
    }
  }

  dispose(): void {
    for (const level of this.#levels) level.dispose()
  }

  get #levels(): readonly PictureLevel[] {
    return [this.#coarse, this.#fine]
  }
}

/** Whether pictures of this size, CSS pixels, are drawn larger than the coarse ones are. */
export function isSharpWanted(sizePx: number, pixelRatio: number): boolean {
  return sizePx * pixelRatio > 1.15 * coarse.cellPx
}
