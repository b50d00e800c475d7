import type { Affinities } from './affinities.ts'

/**
 * Fills `net` with how points attract each other under the kernel 1/(1 + sharpness·chord²): for each
 * point Σ weight · kernel · (point − other), both ends of an edge at once.
 *
 * @param points `[count, 3]`
 * @param net `[count, 3]`
 */
export function attract(
  points: Float64Array,
  { count, offsets, ids, weights }: Affinities,
  sharpness: number,
  net: Float64Array,
): void {
  net.fill(0)
  for (let i = 0; i < count; i++) {
    const at = 3 * i
    const x = points[at] as number
    const y = points[at + 1] as number
    const z = points[at + 2] as number
    let [fx, fy, fz] = [0, 0, 0]
    for (let e = (offsets[i + 1] as number) - 1; e >= (offsets[i] as number); e--) {
      const j = ids[e] as number
      if (j <= i) break
      const other = 3 * j
      const dx = x - (points[other] as number)
      const dy = y - (points[other + 1] as number)
      const dz = z - (points[other + 2] as number)
      const pull = (weights[e] as number) / (1 + sharpness * (dx * dx + dy * dy + dz * dz))
      fx += pull * dx
      fy += pull * dy
      fz += pull * dz
      net[other] = (net[other] as number) - pull * dx
      net[other + 1] = (net[other + 1] as number) - pull * dy
      net[other + 2] = (net[other + 2] as number) - pull * dz
    }
    net[at] = (net[at] as number) + fx
    net[at + 1] = (net[at + 1] as number) + fy
    net[at + 2] = (net[at + 2] as number) + fz
  }
}
