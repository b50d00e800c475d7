import { random } from '../../../../src-main/numeric/random.ts'

/** Unit rows around centres at random places, `perCluster` each, the clusters one after the other. */
export function clusteredRows(options: {
  readonly clusters: number
  readonly perCluster: number
  readonly dim: number
  readonly noise: number
  readonly seed?: number
}): { readonly data: Float32Array; readonly dim: number; readonly labels: Int32Array } {
  const { clusters, perCluster, dim, noise, seed = 1 } = options
  const stream = random(seed, 'clustered rows')
  const centres = Array.from({ length: clusters }, () =>
    unit(Array.from({ length: dim }, () => stream.normal())),
  )
  const count = clusters * perCluster
  const data = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) {
    const centre = centres[Math.floor(i / perCluster)]!
    data.set(unit(centre.map((x) => x + noise * stream.normal())), i * dim)
  }
  return {
    data,
    dim,
    labels: Int32Array.from({ length: count }, (_, i) => Math.floor(i / perCluster)),
  }
}

/** Two arcs of the unit circle, lifted apart a little: each image is near the next only. */
export function arcs(perArc: number): {
  readonly data: Float32Array
  readonly dim: number
  readonly labels: Int32Array
} {
  const rows = Array.from({ length: 2 * perArc }, (_, i) => {
    const arc = Math.floor(i / perArc)
    const angle = ((i % perArc) / perArc) * 2.5
    return unit([Math.cos(angle), Math.sin(angle), arc === 0 ? 0.25 : -0.25])
  })
  return {
    data: Float32Array.from(rows.flat()),
    dim: 3,
    labels: Int32Array.from({ length: 2 * perArc }, (_, i) => Math.floor(i / perArc)),
  }
}

export function unit(row: readonly number[]): number[] {
  const norm = Math.hypot(...row)
  return row.map((x) => x / norm)
}

export function dot(data: Float32Array, dim: number, i: number, j: number): number {
  let sum = 0
  for (let d = 0; d < dim; d++) sum += data[i * dim + d]! * data[j * dim + d]!
  return sum
}

export const everyOne = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i)
