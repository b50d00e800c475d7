import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import { greyOf, rgbOf } from '../library/labelColours.ts'
import type { SceneCap } from '../sphere/caps.ts'
import { useBeside } from '../stores/beside.ts'
import { useComparison } from '../stores/comparison.ts'
import { usePainting } from '../stores/painting.ts'
import type { BallSide } from '../stores/painting.ts'
import { useSphere } from '../stores/sphere.ts'
import { useSphereClusters } from '../stores/sphereClusters.ts'
import { clusterCaps } from './clusterCaps.ts'
import { pointShapes } from './painting.ts'
import type { SpherePaint } from './painting.ts'
import { useLabelKeys } from './useLabelKeys.ts'

/** Colours, names and patches of the frame that is shown, or of the one beside it. */
export function useSpherePaint(side: BallSide): {
  readonly frame: ComputedRef<SphereFrame | null>
  readonly paint: ComputedRef<SpherePaint>
  readonly caps: ComputedRef<readonly SceneCap[]>
  /** Shape of each point, by its group, `[n]`. */
  readonly shapes: ComputedRef<Uint8Array>
  /** Step of size of each point, `[n]`; null where all are alike. */
  readonly sizes: ComputedRef<Uint8Array | null>
} {
  const sphere = useSphere()
  const comparison = useComparison()
  const labelKeys = useLabelKeys()
  const painting = usePainting()
  const clusters = useSphereClusters()
  const beside = useBeside()
  const none = new Int32Array(0)

  const frame = computed(() => (side === 'shown' ? sphere : comparison).frame)
  const ids = computed(() => frame.value?.ids ?? none)

  const caps = computed(() => {
    if (frame.value === null || !clusters.areCapsShown || !clusters.isWanted) return []
    const own = side === 'shown' ? clusters : beside
    const numbers = own.numberOf
    const found = clusterCaps(frame.value, (id) => numbers.get(id) ?? -1)
    return found.map(({ number, direction, radius }) => ({
      direction,
      radius,
      colour: rgbOf(own.colourOf(number)),
      weight: clusters.chosen === number ? 2 : 1,
    }))
  })

  const paint = computed<SpherePaint>(() => {
    const look = {
      colours: painting.pointColours(ids.value, side),
      alphas: painting.pointAlphas(ids.value, side),
    }
    // Names around the ball are of labels wherever colours are of no groups that have a place.
    const isOwn = painting.by === 'cluster' || painting.by === 'superLabel'
    if (!isOwn) return { ...look, ...labelKeys }
    const { groups, keyOf } = painting.sideOf(side)
    const byKey = new Map(groups.map((group) => [group.key, group]))
    return {
      ...look,
      keyOf: (id) => (painting.isShown(keyOf(id)) ? keyOf(id) : -1),
      nameOf: (key) => byKey.get(key)?.name ?? '',
      colourOf: (key) => byKey.get(key)?.colour ?? greyOf.dark,
    }
  })

  const shapes = computed(() => {
    // In the order of the legend, so that a colour has one shape on both sides.
    const known = painting.grouping.groups
    const { groups, keyOf } = painting.sideOf(side)
    const keys = new Set([...known, ...groups].map(({ key }) => key))
    const places = new Map([...keys].map((key, place) => [key, place % pointShapes]))
    return Uint8Array.from(ids.value, (id) => places.get(keyOf(id)) ?? 0)
  })

  const sizes = computed(() => painting.pointSizes(ids.value, side))

  return { frame, paint, caps, shapes, sizes }
}
