import type { Vector3, WebGLRenderer } from 'three'
import { nearestRows } from './nearestRows.ts'
import type { PointCloud } from './points.ts'
import { ThumbAtlas } from './thumbAtlas.ts'
import { Thumbs } from './thumbs.ts'
import type { Travel } from './travel.ts'

/** How sharp the pictures of a level are, and how many it holds. */
export interface LevelOptions {
  /** Edge of a picture in the atlas, px. */
  readonly cellPx: number
  /** Pictures at most; fewer where the device has no room for them. */
  readonly most: number
  /** Where not all fit, the nearest ones are chosen anew when the eye has turned so far, radians. */
  readonly turn: number
  /** Levels with a higher one are drawn over the others. */
  readonly order: number
}

export interface ScenePoints {
  readonly travel: Travel
  readonly cloud: PointCloud
}

/** Pictures of one sharpness: those nearest to the eye, with an atlas and a draw call of their own. */
export class PictureLevel {
  readonly thumbs: Thumbs
  readonly #atlas: ThumbAtlas
  readonly #points: ScenePoints
  readonly #options: LevelOptions
  #chosen: readonly number[] = []
  /** Where the eye was when pictures were chosen; null where they have to be chosen again. */
  #chosenFrom: Vector3 | null = null
  /** Whether they were chosen from both sides. */
  #isEitherWay = false
  #isOld = false

  /** `changed` is called after each picture that has come. */
  constructor(
    renderer: WebGLRenderer,
    points: ScenePoints,
    options: LevelOptions,
    changed: () => void,
  ) {
    this.#points = points
    this.#options = options
    this.thumbs = new Thumbs(options.cellPx, options.order)
    this.#atlas = new ThumbAtlas(renderer, options.cellPx, () => {
      this.#isOld = true
      changed()
    })
  }

  hide(): void {
    this.thumbs.mesh.visible = false
    this.chooseAgain()
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

  /**
   * @param towards the eye from the ball's centre, a unit vector
   * @param isEitherWay on flat discs, both middles are before the eye
   */
  place(urlOf: (id: number) => string | null, towards: Vector3, isEitherWay: boolean): void {
    this.#choose(urlOf, towards, isEitherWay)
    if (this.#isOld) this.#fill()
    this.thumbs.set('atlas', this.#atlas.texture)
    this.thumbs.set('side', Math.max(1, this.#atlas.side))
  }

  dispose(): void {
    this.thumbs.dispose()
    this.#atlas.dispose()
  }

  #fill(): void {
    this.#isOld = false
    const { travel, cloud } = this.#points
    const { rows, start } = travel
    const cells = this.#chosen.flatMap((row) => {
      const cell = this.#atlas.cellOf(rows.ids[row] ?? -1)
      return cell < 0 ? [] : [{ row, cell }]
    })
    const { bytes: colours, marks } = cloud
    this.thumbs.setRows(cells, { start, positions: rows.positions, colours, marks })
  }

  #choose(urlOf: (id: number) => string | null, towards: Vector3, isEitherWay: boolean): void {
    const { travel, cloud } = this.#points
    const { positions, ids } = travel.rows
    const most = Math.min(this.#atlas.capacity, this.#options.most)
    const from = this.#chosenFrom
    const isNear =
      from !== null &&
      from.dot(towards) > Math.cos(this.#options.turn) &&
      isEitherWay === this.#isEitherWay
    if (from !== null && (ids.length <= most || isNear)) return
    this.#chosenFrom = towards
    this.#isEitherWay = isEitherWay
    this.#chosen = nearestRows(positions, cloud.alphas, towards, most, isEitherWay)
    this.#atlas.want(
      this.#chosen.map((row) => ids[row] ?? -1),
      urlOf,
    )
    this.#isOld = true
  }
}
