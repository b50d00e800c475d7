import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef, Ref } from 'vue'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import type { SceneTail } from '../sphere/tails.ts'
import { useComparison } from '../stores/comparison.ts'
import type { BallSide } from '../stores/painting.ts'
import { useRuns } from '../stores/runs.ts'
import { useSelection } from '../stores/selection.ts'
import { useSphere } from '../stores/sphere.ts'
import type { SpherePaint } from './painting.ts'
import { quickestOf, trailsOf } from './trails.ts'
import type { Trail } from './trails.ts'

/** So many tails can still be told apart: where nothing is selected, the quickest have one. */
const fewImages = 150

/** Ways of the selection, or else of the quickest, through the epochs before the one that is shown. */
export function useTails(
  side: BallSide,
  {
    frame,
    paint,
    reach,
  }: {
    readonly frame: ComputedRef<SphereFrame | null>
    readonly paint: ComputedRef<SpherePaint>
    /** Epochs that they reach back; null for no tails. */
    readonly reach: Readonly<Ref<number | null>>
  },
): ComputedRef<readonly SceneTail[]> {
  const runs = useRuns()
  const sphere = useSphere()
  const comparison = useComparison()
  const selection = useSelection()
  const trails = shallowRef<readonly Trail[]>([])

  function framesUntil(shown: SphereFrame, back: number): Promise<readonly SphereFrame[]> {
    const { embedded = [] } = (side === 'shown' ? runs.shown : comparison.other) ?? {}
    const before = embedded.filter((epoch) => epoch <= shown.epoch).slice(-back - 1)
    return side === 'shown' ? sphere.framesOf(shown.run, before) : comparison.framesOf(before)
  }

  watch(
    () => [reach.value, frame.value, selection.ids, paint.value.alphas] as const,
    async ([back, shown, ids, alphas]) => {
      if (back === null || shown === null) {
        trails.value = []
        return
      }
      const frames = await framesUntil(shown, back)
      if (frame.value !== shown || selection.ids !== ids || reach.value !== back) return
      const inFull = shown.ids.filter((_, i) => (alphas?.[i] ?? 1) === 1)
      trails.value = trailsOf(
        frames,
        ids.size > 0 ? ids : new Set(quickestOf(frames, inFull, fewImages)),
      )
    },
  )

  return computed(() => {
    if (frame.value === null) return []
    const places = new Map(Array.from(frame.value.ids, (id, i) => [id, i]))
    return trails.value.map(({ id, places: way }): SceneTail => {
      const i = places.get(id) ?? 0
      const [r = 0.6, g = 0.6, b = 0.6] = paint.value.colours.subarray(3 * i, 3 * i + 3)
      return { places: way, colour: [r, g, b] }
    })
  })
}
