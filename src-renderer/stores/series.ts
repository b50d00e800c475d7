import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { SeriesRequest, SeriesState } from '../../src-main/contract/series.ts'
import { useComparison } from './comparison.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useRuns } from './runs.ts'
import { useSphere } from './sphere.ts'

/** Runs that go one after the other, to be compared: a replay or a sweep. */
export const useSeries = defineStore('series', () => {
  const comparison = useComparison()
  const connection = useConnection()
  const notices = useNotices()
  const runs = useRuns()
  const sphere = useSphere()

  const state = shallowRef<SeriesState | null>(null)
  /** Done, and nobody has looked or waved it off. */
  const isNews = ref(false)
  /** The sweep that the laboratory shows; null for none. */
  const shownSweep = ref<string | null>(null)
  const isGoing = computed(() => state.value?.phase === 'going')
  /** Names of sweeps that have a run, the last one first. */
  const sweeps = computed(() => [
    ...new Set(
      runs.list.flatMap(({ config }) => (config?.series?.kind === 'sweep' ? config.series.id : [])),
    ),
  ])

  /** What the workbench knew when this window connected. */
  function setKnown(known: SeriesState | null): void {
    state.value = known
  }

  function onState(next: SeriesState): void {
    state.value = next
    isNews.value = next.phase === 'done'
    if (next.phase !== 'stopped' || next.message === null) return
    notices.show({
      tone: 'error',
      title: `Only ${next.runs.length} of ${next.total} runs were trained`,
      detail: next.message,
      advice: 'What was trained stays. Start the rest again from the run that it is like.',
    })
  }

  /** @returns whether it has begun */
  async function start(request: SeriesRequest): Promise<boolean> {
    return (await notices.attempt(() => connection.api().startSeries(request))) !== null
  }

  async function stop(): Promise<void> {
    await notices.attempt(() => connection.api().stopSeries())
  }

  /**
   * Puts a replay side by side, without on the left, or chooses a sweep.
   *
   * @returns the screen that shows it; null where there is nothing to show
   */
  async function look(): Promise<'sphere' | 'laboratory' | null> {
    isNews.value = false
    const known = state.value
    if (known === null) return null
    if (known.kind === 'sweep') {
      shownSweep.value = known.id
      return 'laboratory'
    }
    const [withIt, without] = known.runs
    if (withIt === undefined || without === undefined) return null
    comparison.close()
    sphere.isFollowing = true
    await runs.show(without)
    await comparison.open(withIt)
    return 'sphere'
  }

  function dismiss(): void {
    isNews.value = false
  }

  function reset(): void {
    state.value = null
    isNews.value = false
    shownSweep.value = null
  }

  return {
    state,
    isNews,
    shownSweep,
    isGoing,
    sweeps,
    setKnown,
    onState,
    start,
    stop,
    look,
    dismiss,
    reset,
  }
})
