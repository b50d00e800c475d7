import type { Rows } from '../../../src-main/analysis/neighbours.ts'
import { random } from '../../../src-main/numeric/random.ts'
import type { RandomStream } from '../../../src-main/numeric/random.ts'

export interface MixtureOptions {
  readonly count: number
  readonly dim: number
  /** Row i belongs to centre i % centres. */
  readonly centres: number
  /** κ of each centre; the rows' mean cosine with their centre is about .6 for 115 in 128 dimensions. */
  readonly concentration: number
  /** Centres below this one stand elsewhere than without it, with new rows around them. */
  readonly moved?: number
}

/** A mixture of von Mises–Fisher distributions around random directions of the unit sphere. */
export function mixture({ count, dim, centres, concentration, moved = 0 }: MixtureOptions): Rows {
  const middles = Array.from({ length: centres }, (_, c) =>
    unit(normals(random(1, c < moved ? 'moved centre' : 'centre', c), dim)),
  )
  const data = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) {
    const c = i % centres
    const stream = random(1, c < moved ? 'row of a moved centre' : 'row', i)
    data.set(around(middles[c] as Float64Array, concentration, stream), i * dim)
  }
  return { data, dim }
}

/** Wood's rejection sampler (Communications in Statistics, 1994). */
function around(centre: Float64Array, kappa: number, stream: RandomStream): Float64Array {
  const m = centre.length - 1
  const b = m / (2 * kappa + Math.sqrt(4 * kappa ** 2 + m ** 2))
  const x = (1 - b) / (1 + b)
  const c = kappa * x + m * Math.log(1 - x ** 2)
  for (;;) {
    const first = squares(normals(stream, m))
    const z = first / (first + squares(normals(stream, m)))
    const cosine = (1 - (1 + b) * z) / (1 - (1 - b) * z)
    if (kappa * cosine + m * Math.log(1 - x * cosine) - c < Math.log(1 - stream.next())) continue
    const noise = normals(stream, m + 1)
    const along = noise.reduce((sum, value, d) => sum + value * (centre[d] as number), 0)
    const side = unit(noise.map((value, d) => value - along * (centre[d] as number)))
    const sine = Math.sqrt(1 - cosine ** 2)
    return unit(centre.map((value, d) => cosine * value + sine * (side[d] as number)))
  }
}

function normals(stream: RandomStream, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => stream.normal())
}

function squares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value ** 2, 0)
}

function unit(values: Float64Array): Float64Array {
  const norm = Math.sqrt(squares(values))
  return values.map((value) => value / norm)
}
