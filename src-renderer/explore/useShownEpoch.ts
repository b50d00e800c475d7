import { computed, onBeforeUnmount, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type { RunId } from '../../src-main/contract/runs.ts'
import { useRuns } from '../stores/runs.ts'
import { useSphere } from '../stores/sphere.ts'

/** The run and the epoch that the sphere shows: the newest one, until a person chooses another. */
export function useShownEpoch(): {
  /** Those that have a picture, ascending. */
  readonly epochs: ComputedRef<readonly number[]>
  readonly show: (epoch: number) => void
  readonly step: (direction: 1 | -1) => void
  readonly chooseRun: (run: RunId) => void
} {
  const runs = useRuns()
  const sphere = useSphere()
  const epochs = computed(() => runs.shown?.embedded ?? [])

  void sphere.explore(true)
  onBeforeUnmount(() => void sphere.explore(false))

  watch(
    () => [runs.shownId, epochs.value.at(-1), sphere.isFollowing] as const,
    ([run, last, isFollowing]) => {
      if (run === null || last === undefined) {
        if (sphere.frame?.run !== run) sphere.clearFrame()
        return
      }
      if (isFollowing || sphere.frame?.run !== run) void sphere.show(run, last)
    },
    { immediate: true },
  )

  function show(epoch: number): void {
    if (runs.shownId === null) return
    sphere.isFollowing = epoch === epochs.value.at(-1)
    void sphere.show(runs.shownId, epoch)
  }

  function step(direction: 1 | -1): void {
    const at = epochs.value.indexOf(sphere.epoch ?? -1)
    const next = epochs.value[Math.min(epochs.value.length - 1, Math.max(0, at + direction))]
    if (next !== undefined) show(next)
  }

  function chooseRun(run: RunId): void {
    sphere.isFollowing = true
    void runs.show(run)
  }

  return { epochs, show, step, chooseRun }
}
