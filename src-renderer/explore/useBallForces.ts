import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { BallForce } from '../sphere/forceArrows.ts'
import { useForces } from '../stores/forces.ts'
import { useSphere } from '../stores/sphere.ts'

export interface BallForces {
  readonly origin: readonly [number, number, number]
  readonly forces: readonly BallForce[]
}

/** Forces on the image in focus, where it stands; null while there are none to be drawn. */
export function useBallForces(): ComputedRef<BallForces | null> {
  const sphere = useSphere()
  const forces = useForces()
  return computed(() => {
    const { frame } = sphere
    const { found } = forces
    if (frame === null || found === null || !forces.isDrawable || found.isUntouched) return null
    const row = frame.ids.indexOf(found.image)
    const [x = NaN, y = NaN, z = NaN] = frame.positions.subarray(3 * row, 3 * row + 3)
    if (row < 0 || !Number.isFinite(x + y + z)) return null
    return {
      origin: [x, y, z],
      forces: [
        ...(found.forces ?? []).map(({ isPull, arrow }): BallForce => ({
          kind: isPull ? 'pull' : 'push',
          vector: arrow,
        })),
        { kind: 'all', vector: found.arrow },
      ],
    }
  })
}
