import type { Vector3, WebGLRenderer } from 'three'
import { Vector2 } from 'three'
import type { Eye } from './eye.ts'
import { outlinePx } from './eye.ts'
import { nearestRows } from './nearestRows.ts'
import type { PointCloud } from './points.ts'
import { ThumbAtlas } from './thumbAtlas.ts'
import { Thumbs, thumbSizePx } from './thumbs.ts'
import type { Travel } from './travel.ts'

/** Where not all pictures fit, those nearest to the eye are chosen anew when it has turned so far. */
const chooseAgainCosine = Math.cos(0.15)

export interface PicturesPlace {
  readonly eye: Eye
  readonly eyeInBall: Vector3
  readonly farAlpha: number
  readonly pixelRatio: number
}

/** Which images stand as pictures instead of points, and where: the thumbnails and their atlas. */
export class Pictures {
  readonly thumbs = new Thumbs()
  readonly #atlas: ThumbAtlas
  readonly #travel: Travel
  readonly #cloud: PointCloud
  #urlOf: ((id: number) => string | null) | null = null
  #chosen: readonly number[] = []
  /** Where the eye was when pictures were chosen; null where they have to be chosen again. */
  #chosenFrom: Vector3 | null = null
  #isOld = false

  /** `changed` is called after each picture that has come. */
  constructor(
    renderer: WebGLRenderer,
    { travel, cloud }: { readonly travel: Travel; readonly cloud: PointCloud },
    changed: () => void,
  ) {
    this.#travel = travel
    this.#cloud = cloud
    this.#atlas = new ThumbAtlas(renderer, () => {
      this.#isOld = true
      changed()
    })
  }

  get areShown(): boolean {
    return this.#urlOf !== null
  }

  /** Null for points alone. */
  setUrls(urlOf: ((id: number) => string | null) | null): void {
    this.#urlOf = urlOf
    this.chooseAgain()
    if (urlOf === null) this.thumbs.mesh.visible = false
  }

  /** After rows, colours or what is hidden have changed. */
  chooseAgain(): void {
    this.#chosenFrom = null
  }

  /** After marks have changed: the same pictures, in other frames. */
  refresh(): void {
    this.#isOld = true
  }

  /** Pictures that were copied to the graphics device went with it. */
  restore(): void {
    this.#atlas.clear()
    this.chooseAgain()
  }

  sizePx(eye: Eye): number {
    return thumbSizePx(this.#travel.rows.ids.length, 2 * outlinePx(eye))
  }

  place({ eye, eyeInBall, farAlpha, pixelRatio }: PicturesPlace): void {
    if (this.#urlOf === null) return
    this.#choose(this.#urlOf, eyeInBall.clone().normalize())
    if (this.#isOld) this.#fill()
    const halfView = new Vector2(eye.width, eye.height).multiplyScalar(pixelRatio / 2)
    this.thumbs.set('atlas', this.#atlas.texture)
    this.thumbs.set('side', Math.max(1, this.#atlas.side))
    this.thumbs.set('progress', this.#travel.way)
    this.thumbs.set('size', this.sizePx(eye))
    this.thumbs.set('pixelRatio', pixelRatio)
    this.thumbs.set('farAlpha', farAlpha)
    this.thumbs.set('halfView', halfView)
    this.thumbs.set('eye', eyeInBall)
  }

  dispose(): void {
    this.thumbs.dispose()
    this.#atlas.dispose()
  }

  #fill(): void {
    this.#isOld = false
    const { rows, start } = this.#travel
    const cells = this.#chosen.flatMap((row) => {
      const cell = this.#atlas.cellOf(rows.ids[row] ?? -1)
      return cell < 0 ? [] : [{ row, cell }]
    })
    const { positions } = rows
    const { bytes: colours, marks } = this.#cloud
    this.thumbs.setRows(cells, { start, positions, colours, marks })
  }

  /** Those nearest to the eye, where not all of them fit into the atlas. */
  #choose(urlOf: (id: number) => string | null, towards: Vector3): void {
    const { positions, ids } = this.#travel.rows
    const { capacity } = this.#atlas
    const from = this.#chosenFrom
    const areAllHere = ids.length <= capacity
    if (from !== null && (areAllHere || from.dot(towards) > chooseAgainCosine)) return
    this.#chosenFrom = towards
    this.#chosen = nearestRows(positions, this.#cloud.alphas, towards, capacity)
    this.#atlas.want(
      this.#chosen.map((row) => ids[row] ?? -1),
      urlOf,
    )
    this.#isOld = true
  }
}
