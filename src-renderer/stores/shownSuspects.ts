import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { Suspect } from '../../src-main/contract/suspects.ts'
import { useReview } from './review.ts'
import { useRuns } from './runs.ts'
import { useVerdicts } from './verdicts.ts'
import type { ImagePair } from './verdicts.ts'

/** So many arcs can be told apart at a glance. */
const firstCount = 40

/** Which suspected pairs of the run the sphere shows, and the one that somebody came to look at. */
export const useShownSuspects = defineStore('shownSuspects', () => {
  const review = useReview()
  const runs = useRuns()
  const verdicts = useVerdicts()

  const areShown = ref(false)
  /** The most suspected ones that are shown. */
  const count = ref(firstCount)
  /** A pair to turn the ball to, with its way there; null when there is none, or it was turned to. */
  const lookedFor = shallowRef<ImagePair | null>(null)

  /** Pairs that nobody has judged yet, the most suspected first. */
  const open = computed<readonly Suspect[]>(() => {
    const { list } = review
    if (list === null || list.run !== runs.shownId) return []
    return openOf(list.suspects)
  })
  const shown = computed(() => firstOpen(open.value))

  function openOf(pairs: readonly Suspect[]): readonly Suspect[] {
    return pairs.filter((pair) => ['none', 'later'].includes(verdicts.of(pair)))
  }

  /** As many of some pairs as are shown, judged ones left out; none while arcs are off. */
  function firstOpen(pairs: readonly Suspect[]): readonly Suspect[] {
    return areShown.value ? openOf(pairs).slice(0, count.value) : []
  }

  function toggle(): void {
    areShown.value = !areShown.value
  }

  function lookFor(pair: ImagePair): void {
    lookedFor.value = { first: pair.first, second: pair.second }
  }

  /** The suspected pair of exactly these two images, judged or not. */
  function pairOf(a: ImageId, b: ImageId): Suspect | null {
    const { list } = review
    if (list === null || list.run !== runs.shownId) return null
    return [...list.suspects, ...list.duplicates].find((pair) => isPair(pair, a, b)) ?? null
  }

  /** In Review, the pair is the one that is looked at. */
  function openInReview(pair: ImagePair): void {
    if (verdicts.of(pair) !== 'none') review.onlyOpen = false
    const isSame = (other: ImagePair): boolean => isPair(other, pair.first, pair.second)
    if (!review.shown.some(isSame)) review.narrow(null)
    const place = review.shown.findIndex(isSame)
    if (place >= 0) review.place = place
  }

  watch(
    () => [areShown.value, runs.shownId] as const,
    ([areWanted, run]) => {
      if (areWanted && run !== null && review.list?.run !== run) void review.load(run)
    },
  )

  return {
    areShown,
    count,
    lookedFor,
    open,
    shown,
    firstOpen,
    toggle,
    lookFor,
    pairOf,
    openInReview,
  }
})

function isPair({ first, second }: ImagePair, a: ImageId, b: ImageId): boolean {
  return (first === a && second === b) || (first === b && second === a)
}
