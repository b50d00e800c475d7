import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { greyOf, rgbOf } from '../library/labelColours.ts'
import type { SceneCap } from '../sphere/caps.ts'
import { useColours } from '../stores/colours.ts'
import { usePainting } from '../stores/painting.ts'
import { useProject } from '../stores/project.ts'
import { useSphere } from '../stores/sphere.ts'
import { useSphereClusters } from '../stores/sphereClusters.ts'
import { clusterCaps } from './clusterCaps.ts'
import { pointShapes } from './painting.ts'
import type { SpherePaint } from './painting.ts'

/** Colours, names and patches of the frame that is shown. */
export function useSpherePaint(): {
  readonly paint: ComputedRef<SpherePaint>
  readonly caps: ComputedRef<readonly SceneCap[]>
  /** Shape of each point, by its group, `[n]`. */
  readonly shapes: ComputedRef<Uint8Array>
  /** Step of size of each point, `[n]`; null where all are alike. */
  readonly sizes: ComputedRef<Uint8Array | null>
} {
  const project = useProject()
  const sphere = useSphere()
  const colours = useColours()
  const painting = usePainting()
  const clusters = useSphereClusters()
  const none = new Int32Array(0)

  const caps = computed(() => {
    const { frame } = sphere
    if (frame === null || !clusters.areCapsShown || !clusters.isWanted) return []
    const numbers = clusters.numberOf
    const found = clusterCaps(frame, (id) => numbers.get(id) ?? -1)
    return found.map(({ number, direction, radius }) => ({
      direction,
      radius,
      colour: rgbOf(clusters.colourOf(number)),
      weight: clusters.chosen === number ? 2 : 1,
    }))
  })

  const paint = computed<SpherePaint>(() => {
    const ids = sphere.frame?.ids ?? none
    const look = { colours: painting.pointColours(ids), alphas: painting.pointAlphas(ids) }
    // Names around the ball are of labels wherever colours are of no groups that have a place.
    const isOwn = painting.by === 'cluster' || painting.by === 'superLabel'
    if (!isOwn)
      return {
        ...look,
        keyOf: (id) => (colours.isShown(colours.labelOf(id)) ? colours.labelOf(id) : -1),
        nameOf: (label) => project.labelNames[label] ?? '',
        colourOf: colours.colourOf,
      }
    const { groups, keyOf } = painting.grouping
    const byKey = new Map(groups.map((group) => [group.key, group]))
    return {
      ...look,
      keyOf: (id) => (painting.isShown(keyOf(id)) ? keyOf(id) : -1),
      nameOf: (key) => byKey.get(key)?.name ?? '',
      colourOf: (key) => byKey.get(key)?.colour ?? greyOf.dark,
    }
  })

  const shapes = computed(() => {
    const { groups, keyOf } = painting.grouping
    const places = new Map(groups.map(({ key }, place) => [key, place % pointShapes]))
    return Uint8Array.from(sphere.frame?.ids ?? none, (id) => places.get(keyOf(id)) ?? 0)
  })

  const sizes = computed(() => painting.pointSizes(sphere.frame?.ids ?? none))

  return { paint, caps, shapes, sizes }
}
