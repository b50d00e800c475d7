import { Vector3 } from 'three'
import type { FrameRows } from './frameRows.ts'
import { noRows, rowById, rowsOf } from './frameRows.ts'
import { easeInOut, easeOut, slerpRows, startOf } from './transition.ts'

const transitionMs = 600

/** Rows of the frame that is shown, on their way from where they were. Knows no clock and no screen. */
export class Travel {
  rows: FrameRows = noRows
  /** Where each row set out from, `[n, 3]`. */
  start: Float32Array = new Float32Array(0)
  #rowOf = new Map<number, number>()
  #progress = 1
  #ease = easeInOut

  /** Ids that are shown already set out from where they are; all are there at once if `isStill`. */
  setFrame(ids: Int32Array, positions: Float32Array, isStill: boolean): void {
    const next = rowsOf(ids, positions)
    const isMoving = this.isMoving
    const start = startOf({ ...this.rows, positions: this.shown() }, next)
    const travels = start !== null && !isStill
    this.rows = next
    this.#rowOf = rowById(next.ids)
    this.start = travels ? start : next.positions
    this.#progress = travels ? 0 : 1
    this.#ease = isMoving ? easeOut : easeInOut
  }

  get isMoving(): boolean {
    return this.#progress < 1
  }

  /** Share of the time, in [0, 1]. */
  get progress(): number {
    return this.#progress
  }

  /** Share of the way, in [0, 1]. */
  get way(): number {
    return this.#ease(this.#progress)
  }

  advance(ms: number): void {
    this.#progress = Math.min(1, this.#progress + ms / transitionMs)
  }

  arrive(): void {
    this.#progress = 1
  }

  /** Positions as they are drawn at this moment, `[n, 3]`. */
  shown(): Float32Array {
    if (!this.isMoving) return this.rows.positions
    return slerpRows(this.start, this.rows.positions, this.way)
  }

  rowOf(id: number): number | null {
    return this.#rowOf.get(id) ?? null
  }

  /** Ids that are not in the frame are left out. */
  rowsOf(ids: readonly number[]): number[] {
    return ids.flatMap((id) => this.#rowOf.get(id) ?? [])
  }

  idOf(row: number | null): number | null {
    return row === null ? null : (this.rows.ids[row] ?? null)
  }

  /** Where a row stands at the end of its way. */
  target(row: number): Vector3 {
    return new Vector3().fromArray(this.rows.positions, 3 * row)
  }
}
