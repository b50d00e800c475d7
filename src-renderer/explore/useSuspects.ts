import { computed, nextTick, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { Suspect } from '../../src-main/contract/suspects.ts'
import type { SphereArc } from '../sphere/neighbourArcs.ts'
import { useSelection } from '../stores/selection.ts'
import { useShownSuspects } from '../stores/shownSuspects.ts'
import { useSphere } from '../stores/sphere.ts'
import { suspectArcs } from './suspectArcs.ts'

/** Suspected pairs on the sphere: their arcs, and the pair that is selected. */
export function useSuspects(ball: {
  /** Brings images to the front; says whether it could. */
  readonly focusAll: (ids: readonly ImageId[]) => boolean
  /** Shows the way of what is selected through all epochs. */
  readonly showWay: () => void
}): {
  readonly arcs: ComputedRef<readonly SphereArc[]>
  readonly pair: ComputedRef<Suspect | null>
} {
  const suspects = useShownSuspects()
  const selection = useSelection()
  const sphere = useSphere()

  const pair = computed(() => {
    const [a, b] = [...selection.ids]
    const isPair = selection.count === 2 && a !== undefined && b !== undefined
    return isPair ? suspects.pairOf(a, b) : null
  })
  const arcs = computed(() => {
    const others = suspects.shown.filter((one) => one !== pair.value)
    // The pair that somebody looks at lies over the others, and is there without them.
    return [...suspectArcs(others), ...(pair.value === null ? [] : suspectArcs([pair.value]))]
  })

  watch(
    () => [suspects.lookedFor, sphere.frame] as const,
    async ([wanted, frame]) => {
      if (wanted === null || frame === null) return
      // The ball is made and given its frame in the same turn.
      await nextTick()
      if (!ball.focusAll([wanted.first, wanted.second])) return
      suspects.lookedFor = null
      ball.showWay()
    },
    { immediate: true },
  )

  return { arcs, pair }
}
