import { Vector3 } from 'three'
import { pickArc } from './arcPicking.ts'
import type { ArcPickOptions } from './arcPicking.ts'
import type { ArcRows } from './arcs.ts'
import type { Pose } from './eye.ts'
import { pickRow } from './picking.ts'
import type { PointGrid } from './pointGrid.ts'
import { gridOf } from './pointGrid.ts'
import type { ScreenPoint } from './projection.ts'
import { screenOf } from './projection.ts'
import { stepRow } from './stepping.ts'
import type { Area } from './sweeping.ts'
import { rowsWithin } from './sweeping.ts'
import type { Travel } from './travel.ts'

/** What is seen at which pixel, in ids. */
export class Sight {
  readonly #travel: Travel
  readonly #alphas: () => Uint8Array
  readonly #pose: () => Pose
  #grid: PointGrid | null = null
  #gridOf: Float32Array | null = null

  /** `alphas`: of each row, 0–255; 0 is hidden. */
  constructor(travel: Travel, alphas: () => Uint8Array, pose: () => Pose) {
    this.#travel = travel
    this.#alphas = alphas
    this.#pose = pose
  }

  /** Id of the point under a pixel. */
  pick(x: number, y: number, options: { radiusPx: number; isSeeThrough: boolean }): number | null {
    const grid = this.#currentGrid()
    const row = pickRow(grid, this.#pose(), [x, y], { ...options, alphas: this.#alphas() })
    return this.#travel.idOf(row)
  }

  /** Place of the arc of a suspected pair under a pixel. */
  pickArc(arcs: readonly ArcRows[], x: number, y: number, options: ArcPickOptions): number | null {
    return pickArc(arcs, this.#travel.shown(), this.#pose(), [x, y], options)
  }

  /** Ids of the visible points inside an area of the view. */
  within(area: Area, isSeeThrough: boolean): number[] {
    const options = { area, isSeeThrough }
    const rows = rowsWithin(this.#travel.shown(), this.#alphas(), this.#pose(), options)
    return rows.flatMap((row) => this.#travel.rows.ids[row] ?? [])
  }

  screenOf(id: number): ScreenPoint | null {
    const row = this.#travel.rowOf(id)
    if (row === null || this.#alphas()[row] === 0) return null
    return screenOf(this.#pose(), new Vector3().fromArray(this.#travel.shown(), 3 * row))
  }

  /** Where a direction of the ball is drawn, so many radii from its centre. */
  placeOf([x, y, z]: readonly [number, number, number], radii: number): ScreenPoint {
    const pose = this.#pose()
    const point = new Vector3(x, y, z)
    const { isFront } = screenOf(pose, point)
    return { ...screenOf(pose, point.multiplyScalar(radii)), isFront }
  }

  /** Nearest visible point on the near side in a direction from another one, as seen. */
  stepFrom(id: number | null, direction: readonly [number, number]): number | null {
    const from = id === null ? null : this.#travel.rowOf(id)
    const shown = this.#travel.shown()
    const row = stepRow(shown, this.#alphas(), this.#pose(), { from, direction })
    return this.#travel.idOf(row)
  }

  /** Points that rest are sorted once. */
  #currentGrid(): PointGrid {
    if (this.#travel.isMoving) return gridOf(this.#travel.shown())
    const { positions } = this.#travel.rows
    if (this.#grid === null || this.#gridOf !== positions) {
      this.#grid = gridOf(positions)
      this.#gridOf = positions
    }
    return this.#grid
  }
}
