import { computed } from 'vue'
import type { ComputedRef, Ref } from 'vue'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import type { SceneCap } from '../sphere/caps.ts'
import type { SphereArc } from '../sphere/neighbourArcs.ts'
import type { SceneTail } from '../sphere/tails.ts'
import type { BallSide } from '../stores/painting.ts'
import type { SpherePaint } from './painting.ts'
import type { SphereToggles } from './sphereToggles.ts'
import { useSpherePaint } from './useSpherePaint.ts'
import { useTails } from './useTails.ts'

/** What one ball shows, and how. */
export interface BallLook {
  readonly frame: SphereFrame | null
  readonly paint: SpherePaint
  /** Besides those to the neighbours of an image that is looked at. */
  readonly arcs: readonly SphereArc[]
  readonly caps: readonly SceneCap[]
  readonly tails: readonly SceneTail[]
  /** Shape of each point, `[n]`; null for discs. */
  readonly shapes: Uint8Array | null
  /** Step of size of each point, `[n]`; null where all are alike. */
  readonly sizes: Uint8Array | null
}

/** The same for every ball of the screen, each from what its own run says. */
export function useBallLook(
  side: BallSide,
  {
    toggles,
    reach,
    arcs,
  }: {
    readonly toggles: Readonly<SphereToggles>
    /** Epochs that tails reach back; null for no tails. */
    readonly reach: Readonly<Ref<number | null>>
    readonly arcs: Readonly<Ref<readonly SphereArc[]>>
  },
): ComputedRef<BallLook> {
  const { frame, paint, caps, shapes, sizes } = useSpherePaint(side)
  const tails = useTails(side, { frame, paint, reach })
  return computed(() => ({
    frame: frame.value,
    paint: paint.value,
    arcs: arcs.value,
    caps: caps.value,
    tails: tails.value,
    shapes: toggles.shapes ? shapes.value : null,
    sizes: sizes.value,
  }))
}
