import { random } from '../numeric/random.ts'
import { countOf, everyIndex } from './neighbours.ts'
import type { Rows } from './neighbours.ts'

/** Multiplications that the second moment takes at most, unless a row has over 2,000 numbers. */
const mostProducts = 4e9

/**
 * rowsᵀ·rows / n in float64, `[dim, dim]`; rows that are not finite are left out. Where there is too much
 * to multiply, a sample of the rows has to do.
 */
export function secondMoment(rows: Rows): Float64Array {
  const { data, dim } = rows
  const chosen = sampleOf(countOf(rows), Math.max(1000, Math.floor(mostProducts / dim ** 2)))
  const count = chosen.length
  const moment = new Float64Array(dim * dim)
  // Four rows at a time, since reading and writing the sums costs more than adding.
  const four = new Float64Array(4 * dim)
  for (let i = 0; i < count; i += 4) {
    four.fill(0)
    for (let n = 0; n < Math.min(4, count - i); n++) {
      const at = (chosen[i + n] ?? 0) * dim
      const row = data.subarray(at, at + dim)
      if (row.every(Number.isFinite)) four.set(row, n * dim)
    }
    addOuterProducts(moment, four, dim)
  }
  for (let a = 0; a < dim; a++)
    for (let b = 0; b < dim; b++) {
      const sum = moment[Math.min(a, b) * dim + Math.max(a, b)] ?? 0
      moment[a * dim + b] = a <= b ? sum / count : sum
    }
  return moment
}

function sampleOf(count: number, most: number): Int32Array {
  const all = everyIndex(count)
  if (count <= most) return all
  return random(0, 'principal axes').shuffle(all).subarray(0, most).sort()
}

/** Adds Σ row · rowᵀ of four rows to the upper half of a matrix. */
function addOuterProducts(moment: Float64Array, four: Float64Array, dim: number): void {
  const first = four.subarray(0, dim)
  const second = four.subarray(dim, 2 * dim)
  const third = four.subarray(2 * dim, 3 * dim)
  const fourth = four.subarray(3 * dim)
  for (let a = 0; a < dim; a++) {
    const p = first[a] as number
    const q = second[a] as number
    const r = third[a] as number
    const s = fourth[a] as number
    const at = a * dim
    for (let b = a; b < dim; b++)
      moment[at + b] =
        (moment[at + b] as number) +
        (p * (first[b] as number) + q * (second[b] as number)) +
        (r * (third[b] as number) + s * (fourth[b] as number))
  }
}
