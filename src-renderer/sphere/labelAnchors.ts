import type { SphereFrame } from '../../src-main/contract/sphere.ts'

/** Where a label's images stand on the ball, as one direction. */
export interface LabelAnchor {
  /** Index of the label. */
  readonly label: number
  /** Unit vector. */
  readonly direction: readonly [number, number, number]
  /** Length of the mean of its unit vectors, in [0, 1]: 1 where all stand in one place. */
  readonly concentration: number
  readonly count: number
}

/** A label all over the ball has no place that its name could stand at. */
const leastConcentration = 0.5

/**
 * Names that can be placed, the largest label first.
 *
 * @param labelOf the label of an image, −1 for none or one that is not shown
 */
export function labelAnchors(
  { ids, positions }: Pick<SphereFrame, 'ids' | 'positions'>,
  labelOf: (id: number) => number,
): readonly LabelAnchor[] {
  const sums = new Map<number, { x: number; y: number; z: number; count: number }>()
  ids.forEach((id, i) => {
    const label = labelOf(id)
    const [x = NaN, y = NaN, z = NaN] = positions.subarray(3 * i, 3 * i + 3)
    if (label < 0 || !Number.isFinite(x + y + z)) return
    const sum = sums.get(label) ?? { x: 0, y: 0, z: 0, count: 0 }
    sums.set(label, { x: sum.x + x, y: sum.y + y, z: sum.z + z, count: sum.count + 1 })
  })
  return [...sums]
    .flatMap(([label, { x, y, z, count }]): LabelAnchor[] => {
      const length = Math.hypot(x, y, z)
      const concentration = length / count
      if (concentration < leastConcentration) return []
      return [{ label, direction: [x / length, y / length, z / length], concentration, count }]
    })
    .sort((a, b) => b.count * b.concentration - a.count * a.concentration || a.label - b.label)
}

/** A name as it would stand, px. */
export interface PlacedName {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Moved by so much that all of the name lies in the view, where it is not wider than that. */
export function keptInside<Name extends PlacedName>(
  name: Name,
  view: { readonly width: number; readonly height: number },
): Name {
  const within = (at: number, size: number, room: number): number =>
    Math.max(size / 2, Math.min(room - size / 2, at))
  return {
    ...name,
    x: within(name.x, name.width, view.width),
    y: within(name.y, name.height, view.height),
  }
}

/**
 * Which of the names can stand without touching one that comes before it, in their order.
 *
 * @param most names that are shown at once
 */
export function withoutOverlap<Name extends PlacedName>(
  names: readonly Name[],
  most: number,
): readonly Name[] {
  const kept: Name[] = []
  for (const name of names) {
    if (kept.length >= most) break
    if (!kept.some((other) => isOver(name, other))) kept.push(name)
  }
  return kept
}

/** Both are centred on their place. */
function isOver(a: PlacedName, b: PlacedName): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + 4 &&
    Math.abs(a.y - b.y) < (a.height + b.height) / 2 + 2
  )
}
