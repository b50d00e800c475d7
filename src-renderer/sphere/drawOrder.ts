import type { Vector3 } from 'three'

/** Cells of the ball: bands of equal height, cut into columns. */
const bands = 32
const columns = 64
const cells = bands * columns

/** Rows that are drawn over those of a lower kind, wherever they lie. */
const kinds = 3

/**
 * The order in which rows are drawn: the far side, then the near one, and cell by cell, which in
 * software takes a third less time than all over the picture. Within a cell later rows lie over
 * earlier ones, so nothing flickers as the ball turns.
 */
export class DrawOrder {
  /** Rows by kind, then by cell, `[shown]`. */
  #rows = new Uint32Array(0)
  /** First place of each cell of each kind, `[kinds * cells + 1]`. */
  readonly #starts = new Int32Array(kinds * cells + 1)
  readonly #middles = middlesOf()
  #cellOf = new Uint16Array(0)

  /** Unit vectors, `[n, 3]`; shows nothing until kinds are set. */
  setPositions(positions: Float32Array): void {
    const n = Math.floor(positions.length / 3)
    this.#cellOf = new Uint16Array(n)
    for (let row = 0; row < n; row++)
      this.#cellOf[row] = cellAt(
        positions[3 * row] ?? 0,
        positions[3 * row + 1] ?? 0,
        positions[3 * row + 2] ?? 0,
      )
    this.#rows = new Uint32Array(0)
    this.#starts.fill(0)
  }

  /** `kindOf`: of each row, 0 to {@link kinds} − 1; below 0 it is not drawn. */
  setKinds(kindOf: (row: number) => number): void {
    const starts = this.#starts.fill(0)
    const n = this.#cellOf.length
    const places = new Int32Array(n)
    for (let row = 0; row < n; row++) {
      const kind = kindOf(row)
      const place = kind < 0 ? -1 : kind * cells + (this.#cellOf[row] ?? 0)
      places[row] = place
      if (place >= 0) starts[place + 1] = (starts[place + 1] ?? 0) + 1
    }
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0)
    const next = starts.slice()
    this.#rows = new Uint32Array(starts[starts.length - 1] ?? 0)
    for (let row = 0; row < n; row++) {
      const place = places[row] ?? -1
      if (place < 0) continue
      const at = next[place] ?? 0
      next[place] = at + 1
      this.#rows[at] = row
    }
  }

  /** Place after the last row of a kind. */
  endOf(kind: number): number {
    return this.#starts[(kind + 1) * cells] ?? 0
  }

  /** Writes the rows as the eye, in the ball's coordinates, sees them. */
  write(eye: Vector3, order: Uint32Array): void {
    const nearness = Float32Array.from({ length: cells }, (_, cell) => this.#nearness(cell, eye))
    let at = 0
    for (let kind = 0; kind < kinds; kind++) {
      for (const isNear of [false, true]) {
        for (let cell = 0; cell < cells; cell++) {
          if ((nearness[cell] ?? 0) > 1 !== isNear) continue
          const place = kind * cells + cell
          const [from, to] = [this.#starts[place] ?? 0, this.#starts[place + 1] ?? 0]
          if (from === to) continue
          order.set(this.#rows.subarray(from, to), at)
          at += to - from
        }
      }
    }
  }

  /** Above 1 on the near side. */
  #nearness(cell: number, { x, y, z }: Vector3): number {
    const middles = this.#middles
    return (
      (middles[3 * cell] ?? 0) * x +
      (middles[3 * cell + 1] ?? 0) * y +
      (middles[3 * cell + 2] ?? 0) * z
    )
  }
}

/** Around the axis by the corners of a square instead of an angle: cells need not be equal. */
function cellAt(x: number, y: number, z: number): number {
  const band = Math.min(bands - 1, Math.floor((0.5 + 0.5 * y) * bands))
  const share = x / (Math.abs(x) + Math.abs(z) || 1)
  const turn = z >= 0 ? 1 + share : 3 - share
  return band * columns + Math.min(columns - 1, Math.max(0, Math.floor((turn / 4) * columns)))
}

/** Unit vectors, `[cells, 3]`. */
function middlesOf(): Float32Array {
  const middles = new Float32Array(3 * cells)
  for (let band = 0; band < bands; band++) {
    const y = (2 * (band + 0.5)) / bands - 1
    const radius = Math.sqrt(1 - y * y)
    for (let column = 0; column < columns; column++) {
      const turn = (4 * (column + 0.5)) / columns
      const x = turn < 2 ? turn - 1 : 3 - turn
      const z = (turn < 2 ? 1 : -1) * (1 - Math.abs(x))
      const length = Math.hypot(x, z)
      middles.set([(radius * x) / length, y, (radius * z) / length], 3 * (band * columns + column))
    }
  }
  return middles
}
