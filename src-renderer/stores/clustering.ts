import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Clustering } from '../../src-main/contract/clusters.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useRuns } from './runs.ts'

/** Clusters of the last epoch of the run that is shown, for the library; found when they are wanted. */
export const useClustering = defineStore('clustering', () => {
  const connection = useConnection()
  const notices = useNotices()
  const runs = useRuns()

  const found = shallowRef<Clustering | null>(null)
  const isFinding = ref(false)
  /** What can be clustered now. */
  const source = computed(() => {
    const run = runs.shownId
    const epoch = runs.shown?.embedded.at(-1)
    return run === null || epoch === undefined ? null : { run, epoch }
  })
  /** Null until they are found, and for another run than the one that is shown. */
  const current = computed(() =>
    found.value !== null && found.value.run === source.value?.run ? found.value : null,
  )

  /** One question under way; it takes seconds with many images. */
  async function find(): Promise<void> {
    const wanted = source.value
    if (wanted === null || isFinding.value) return
    if (found.value?.run === wanted.run && found.value.epoch === wanted.epoch) return
    isFinding.value = true
    found.value = await notices.attempt(() =>
      connection.api().clusters({ ...wanted, method: { kind: 'louvain', resolution: 1 } }),
    )
    isFinding.value = false
  }

  /** Somebody cut clusters anew. */
  function forget(): void {
    found.value = null
  }

  return { source, current, isFinding, find, forget }
})
