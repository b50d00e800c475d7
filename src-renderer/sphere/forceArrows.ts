import { pathThrough } from './linePaths.ts'
import type { ScreenPoint } from './projection.ts'

type Direction = readonly [number, number, number]

/** A force on one point of the ball. */
export interface BallForce {
  readonly kind: 'pull' | 'push' | 'all'
  /** Along the ball at the point. */
  readonly vector: Direction
}

export interface DrawnArrow {
  readonly kind: BallForce['kind']
  /** Path of an SVG, px. */
  readonly line: string
  /** The three corners of its head. */
  readonly head: string
  readonly isFront: boolean
}

/** The longest arrow goes this far along the ball, radians. */
const longest = 0.5
/** Shorter ones would be no more than a head. */
const shortest = 0.02
const pieces = 12
const headPx = 9

/**
 * Arrows along great circles from one point, the longest of them always of the same length: how strong
 * forces are among each other is what they say. Pulls that would be no more than a head each are drawn
 * as one arrow, their sum, and so are pushes: where each of many negatives pushes a little, all of them
 * together are what balances a pull.
 *
 * @param placeOf where a direction is drawn, so many radii out
 */
export function drawnArrows(
  origin: Direction,
  forces: readonly BallForce[],
  placeOf: (direction: Direction, radii: number) => ScreenPoint | null,
): readonly DrawnArrow[] {
  const most = Math.max(0, ...forces.map(({ vector }) => Math.hypot(...vector)))
  if (!(most > 0)) return []
  const isLong = ({ vector }: BallForce): boolean =>
    (longest * Math.hypot(...vector)) / most >= shortest
  const short = forces.filter((force) => !isLong(force))
  const bundled = (['push', 'pull'] as const).map((kind) => sumOf(kind, short))
  return [...bundled, ...forces].filter(isLong).flatMap(({ kind, vector }): DrawnArrow[] => {
    const length = Math.hypot(...vector)
    const reach = (longest * length) / most
    const places = Array.from({ length: pieces + 1 }, (_, i) => {
      const angle = (reach * i) / pieces
      const [c, s] = [Math.cos(angle), Math.sin(angle) / length]
      return placeOf(
        [
          c * origin[0] + s * vector[0],
          c * origin[1] + s * vector[1],
          c * origin[2] + s * vector[2],
        ],
        1.01,
      )
    })
    const drawn = places.filter((place) => place !== null)
    const [tip, before] = [drawn.at(-1), drawn.at(-2)]
    if (tip === undefined || before === undefined || drawn.length < places.length) return []
    return [
      {
        kind,
        line: pathThrough(drawn),
        head: headAt(tip, before, kind === 'all' ? 1.4 * headPx : headPx),
        isFront: drawn[0]?.isFront === true,
      },
    ]
  })
}

function sumOf(kind: BallForce['kind'], forces: readonly BallForce[]): BallForce {
  const vector = [0, 1, 2].map((d) =>
    forces.reduce((sum, force) => sum + (force.kind === kind ? (force.vector[d] ?? 0) : 0), 0),
  )
  const [x = 0, y = 0, z = 0] = vector
  return { kind, vector: [x, y, z] }
}

function headAt(tip: ScreenPoint, before: ScreenPoint, size: number): string {
  const [dx, dy] = [tip.x - before.x, tip.y - before.y]
  const length = Math.max(1e-6, Math.hypot(dx, dy))
  const [ux, uy] = [(dx / length) * size, (dy / length) * size]
  const corners = [
    [tip.x + 0.4 * ux, tip.y + 0.4 * uy],
    [tip.x - 0.6 * ux - 0.4 * uy, tip.y - 0.6 * uy + 0.4 * ux],
    [tip.x - 0.6 * ux + 0.4 * uy, tip.y - 0.6 * uy - 0.4 * ux],
  ]
  return corners.map((corner) => corner.map((x) => x.toFixed(1)).join(',')).join(' ')
}
