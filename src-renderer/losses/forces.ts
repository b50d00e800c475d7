import type { LossPicture } from '../../src-main/contract/lossPicture.ts'

/** How a point is moved along the circle, in the loss's own units per radian; > 0 is anticlockwise. */
export interface Force {
  readonly point: number
  readonly kind: 'pull' | 'push' | 'net'
  readonly value: number
}

/** Smaller ones are noise of float32. */
const least = 1e-5

/**
 * The negative gradient of every point, split into what draws it towards others and what drives it away
 * from them; whole where the loss is not made of pairs.
 */
export function forcesOf(
  { slopes, pairSlopes }: LossPicture,
  angles: readonly number[],
): readonly Force[] {
  const forces: Force[] = []
  const count = slopes.length
  for (let point = 0; point < count; point++) {
    if (pairSlopes === null) {
      forces.push({ point, kind: 'net', value: -(slopes[point] ?? 0) })
      continue
    }
    let [pull, push] = [0, 0]
    for (let other = 0; other < count; other++) {
      // As an anchor's other, and as the anchor itself.
      const asOther = -(pairSlopes[other * count + point] ?? 0)
      const asAnchor = pairSlopes[point * count + other] ?? 0
      const towards = Math.sin((angles[other] ?? 0) - (angles[point] ?? 0))
      for (const value of [asOther, asAnchor]) {
        if (value * towards > 0) pull += value
        else push += value
      }
    }
    forces.push({ point, kind: 'pull', value: pull }, { point, kind: 'push', value: push })
  }
  return forces.filter(({ value }) => Math.abs(value) > least)
}

/** What two points have to do with each other: > 0 draws them together. */
export interface Tie {
  readonly from: number
  readonly to: number
  readonly value: number
}

/** The ties of one point, strongest first; none where the loss is not made of pairs. */
export function tiesOf(
  { slopes, pairSlopes }: LossPicture,
  angles: readonly number[],
  point: number,
): readonly Tie[] {
  if (pairSlopes === null) return []
  const count = slopes.length
  const ties: Tie[] = []
  for (let other = 0; other < count; other++) {
    if (other === point) continue
    const value =
      (pairSlopes[point * count + other] ?? 0) - (pairSlopes[other * count + point] ?? 0)
    const towards = Math.sin((angles[other] ?? 0) - (angles[point] ?? 0))
    if (Math.abs(value) > least)
      ties.push({ from: point, to: other, value: Math.sign(towards) * value })
  }
  return ties.sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
}
