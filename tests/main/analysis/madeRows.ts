import { random } from '../../../src-main/numeric/random.ts'

export interface MadeRows {
  /** Row i belongs to centre i % centres. */
  readonly count: number
  readonly dim: number
  readonly centres: number
  /** Standard deviation of each number around its centre, whose length is 1. */
  readonly spread: number
  /** Centres below this one stand elsewhere than without it. */
  readonly moved?: number
  /** Another draw of the noise around moved centres. */
  readonly draw?: number
}

/** Unit rows around random directions: a mixture that is close to von Mises and Fisher's. */
export function madeRows({ count, dim, centres, spread, moved = 0, draw = 1 }: MadeRows) {
  const middles = Array.from({ length: centres }, (_, c) => {
    const stream = random(1, c < moved ? 'moved centre' : 'centre', c)
    return unit(Float64Array.from({ length: dim }, () => stream.normal()))
  })
  const data = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) {
    const c = i % centres
    const noise = random(c < moved ? draw : 1, 'noise', i)
    data.set(unit(middles[c]!.map((value) => value + spread * noise.normal())), i * dim)
  }
  return { data, dim }
}

function unit(row: Float64Array): Float64Array {
  const norm = Math.hypot(...row)
  return row.map((value) => value / norm)
}
