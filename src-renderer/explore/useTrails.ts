import { computed, ref, shallowRef, watch } from 'vue'
import type { ComputedRef, Ref } from 'vue'
import type { SceneTail } from '../sphere/tails.ts'
import { useRuns } from '../stores/runs.ts'
import { useSelection } from '../stores/selection.ts'
import { useSphere } from '../stores/sphere.ts'
import type { SpherePaint } from './painting.ts'
import { quickestOf, trailsOf } from './trails.ts'
import type { Trail } from './trails.ts'

/** So many tails can still be told apart: where nothing is selected, the quickest have one. */
const fewImages = 150

/** Ways of the selection, or else of the quickest, through the epochs before the one that is shown. */
export function useTrails(paint: ComputedRef<SpherePaint>): {
  readonly areShown: Ref<boolean>
  /** Epochs that they reach back. */
  readonly length: Ref<number>
  readonly tails: ComputedRef<readonly SceneTail[]>
} {
  const runs = useRuns()
  const sphere = useSphere()
  const selection = useSelection()
  const areShown = ref(false)
  const length = ref(5)
  const trails = shallowRef<readonly Trail[]>([])

  watch(
    () => [areShown.value, length.value, sphere.frame, selection.ids, paint.value.alphas] as const,
    async ([areWanted, reach, frame, ids, alphas]) => {
      if (!areWanted || frame === null) {
        trails.value = []
        return
      }
      const epochs = runs.shown?.embedded ?? []
      const before = epochs.filter((epoch) => epoch <= frame.epoch).slice(-reach - 1)
      const frames = await sphere.framesOf(frame.run, before)
      if (sphere.frame !== frame || selection.ids !== ids || !areShown.value) return
      const inFull = frame.ids.filter((_, i) => (alphas?.[i] ?? 1) === 1)
      trails.value = trailsOf(
        frames,
        ids.size > 0 ? ids : new Set(quickestOf(frames, inFull, fewImages)),
      )
    },
  )

  const tails = computed(() => {
    const { frame } = sphere
    if (frame === null) return []
    const places = new Map([...frame.ids].map((id, i) => [id, i]))
    return trails.value.map(({ id, places: way }): SceneTail => {
      const i = places.get(id) ?? 0
      const [r = 0.6, g = 0.6, b = 0.6] = paint.value.colours.subarray(3 * i, 3 * i + 3)
      return { places: way, colour: [r, g, b] }
    })
  })

  return { areShown, length, tails }
}
