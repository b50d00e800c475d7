/**
 * Unit vectors sorted into cells of about equal area: bands of latitude, each cut into longitudes.
 * Cells of a band lie side by side, so a cap asks each band for one or two runs of points.
 */
export interface PointGrid {
  /** Rows in the order of the cells, `[n]`. */
  readonly order: Int32Array
  /** The vectors in that order, `[n, 3]`. */
  readonly positions: Float32Array
  /** First place of each cell in `order`, `[cells + 1]`. */
  readonly starts: Int32Array
  /** First cell of each band, `[bands + 1]`. */
  readonly bands: Int32Array
}

/** Points a cell holds on the average when they are spread evenly. */
const pointsPerCell = 4

export function gridOf(positions: Float32Array): PointGrid {
  const n = Math.floor(positions.length / 3)
  const bands = bandsOf(n)
  const cells = new Int32Array(n)
  const starts = new Int32Array((bands[bands.length - 1] ?? 0) + 1)
  for (let i = 0; i < n; i++) {
    const y = positions[3 * i + 1] ?? 0
    const longitude = Math.atan2(positions[3 * i] ?? 0, positions[3 * i + 2] ?? 0)
    const band = bandAt(bands, Math.asin(Math.max(-1, Math.min(1, y))))
    const cell = (bands[band] ?? 0) + columnAt(columnsOf(bands, band), longitude)
    cells[i] = cell
    starts[cell + 1] = (starts[cell + 1] ?? 0) + 1
  }
  for (let c = 1; c < starts.length; c++) starts[c] = (starts[c] ?? 0) + (starts[c - 1] ?? 0)
  const next = starts.slice()
  const order = new Int32Array(n)
  const sorted = new Float32Array(3 * n)
  for (let i = 0; i < n; i++) {
    const cell = cells[i] ?? 0
    const at = next[cell] ?? 0
    next[cell] = at + 1
    order[at] = i
    sorted[3 * at] = positions[3 * i] ?? 0
    sorted[3 * at + 1] = positions[3 * i + 1] ?? 0
    sorted[3 * at + 2] = positions[3 * i + 2] ?? 0
  }
  return { order, positions: sorted, starts, bands }
}

export interface Cap {
  /** Unit vector. */
  readonly x: number
  readonly y: number
  readonly z: number
  /** Radians. */
  readonly radius: number
}

/**
 * Calls `visit(first, end)` with runs of places in `order` that hold every point of the cap, and
 * perhaps some around it. No run overlaps another.
 */
export function visitCap(
  { starts, bands }: PointGrid,
  cap: Cap,
  visit: (first: number, end: number) => void,
): void {
  const latitude = Math.asin(Math.max(-1, Math.min(1, cap.y)))
  const longitude = Math.atan2(cap.x, cap.z)
  const holdsPole = Math.abs(latitude) + cap.radius >= Math.PI / 2 - 1e-6
  const halfWidth = holdsPole
    ? Math.PI
    : Math.asin(Math.min(1, Math.sin(cap.radius) / Math.cos(latitude))) + 1e-6
  const lowest = bandAt(bands, latitude - cap.radius - 1e-6)
  const highest = bandAt(bands, latitude + cap.radius + 1e-6)
  for (let band = lowest; band <= highest; band++) {
    const first = bands[band] ?? 0
    const columns = columnsOf(bands, band)
    const run = (from: number, to: number): void => {
      const begin = starts[first + from] ?? 0
      const end = starts[first + to + 1] ?? 0
      if (end > begin) visit(begin, end)
    }
    const west = Math.floor(((longitude - halfWidth + Math.PI) / (2 * Math.PI)) * columns)
    const east = Math.floor(((longitude + halfWidth + Math.PI) / (2 * Math.PI)) * columns)
    if (holdsPole || east - west >= columns - 1) run(0, columns - 1)
    else if (west < 0) {
      run(0, east)
      run(west + columns, columns - 1)
    } else if (east >= columns) {
      run(west, columns - 1)
      run(0, east - columns)
    } else run(west, east)
  }
}

function bandsOf(n: number): Int32Array {
  const side = Math.sqrt((4 * Math.PI * pointsPerCell) / Math.max(pointsPerCell, n))
  const count = Math.max(1, Math.round(Math.PI / side))
  const bands = new Int32Array(count + 1)
  for (let b = 0; b < count; b++) {
    const middle = ((b + 0.5) / count - 0.5) * Math.PI
    const columns = Math.max(1, Math.round((2 * Math.PI * Math.cos(middle)) / side))
    bands[b + 1] = (bands[b] ?? 0) + columns
  }
  return bands
}

function bandAt(bands: Int32Array, latitude: number): number {
  const count = bands.length - 1
  const band = Math.floor((latitude / Math.PI + 0.5) * count)
  return Math.max(0, Math.min(count - 1, band))
}

function columnsOf(bands: Int32Array, band: number): number {
  return (bands[band + 1] ?? 0) - (bands[band] ?? 0)
}

function columnAt(columns: number, longitude: number): number {
  return Math.min(columns - 1, Math.floor((longitude / (2 * Math.PI) + 0.5) * columns))
}
