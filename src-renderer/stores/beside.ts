import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ClusterRequest, Clustering } from '../../src-main/contract/clusters.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import type { Suspect } from '../../src-main/contract/suspects.ts'
import { clusterNames, slotColour } from '../explore/clusterLook.ts'
import { matchedClusters } from '../explore/compare/matchedClusters.ts'
import { latestOnly } from '../workbench/latestOnly.ts'
import { useComparison } from './comparison.ts'
import { useConnection } from './connection.ts'
import { frameMeasures } from './frameMeasures.ts'
import { useImageMeasures } from './imageMeasures.ts'
import { useNotices } from './notices.ts'
import { usePreferences } from './preferences.ts'
import { useProject } from './project.ts'
import { useReview } from './review.ts'
import { useShownSuspects } from './shownSuspects.ts'
import { useSphere } from './sphere.ts'
import { slotsOf, useSphereClusters } from './sphereClusters.ts'

/** What is known of the images of the run on the right: the same that is asked of the left. */
export const useBeside = defineStore('beside', () => {
  const comparison = useComparison()
  const connection = useConnection()
  const left = useSphereClusters()
  const measured = useImageMeasures()
  const notices = useNotices()
  const preferences = usePreferences()
  const project = useProject()
  const review = useReview()
  const shownSuspects = useShownSuspects()
  const sphere = useSphere()

  const { shown: measures, reset: resetMeasures } = frameMeasures(
    () => comparison.frame,
    () => measured.wanted,
  )

  const ownClustering = shallowRef<Clustering | null>(null)
  const clusterRequest = computed<ClusterRequest | null>(() => {
    const { frame } = comparison
    if (frame === null || !left.isWanted || !sphere.isExploring) return null
    return { run: frame.run, epoch: frame.epoch, method: left.method }
  })
  const grouping = latestOnly(
    async (request: ClusterRequest) => {
      const found = await notices.attempt(() => connection.api().clusters(request))
      sphere.progress = null
      return found
    },
    (found) => (ownClustering.value = found),
  )
  watch(
    clusterRequest,
    (request, before) => {
      if (request === null) {
        grouping.drop()
        ownClustering.value = null
      } else if (JSON.stringify(request) !== JSON.stringify(before)) grouping.put(request)
    },
    { immediate: true },
  )
  // Clusters of one run that are cut or joined on the left are so on the right.
  watch(
    () => (comparison.isSameRun ? left.found : null),
    () => {
      if (clusterRequest.value !== null) grouping.put(clusterRequest.value)
    },
  )
  /** A cluster that many images share with one of the left has its number, and so its colour. */
  const clustering = computed(() => {
    const { found } = left
    if (ownClustering.value === null || found === null) return null
    return matchedClusters(found, ownClustering.value)
  })
  const clusters = computed(() => clustering.value?.clusters ?? [])
  const numberOf = computed(() => {
    const { ids = [], numbers = [] } = clustering.value ?? {}
    return new Map<ImageId, number>(Array.from(ids, (id, i) => [id, numbers[i] ?? -1]))
  })
  const slots = computed(() =>
    slotsOf(left.slots, { clusters: [...left.clusters, ...unmatched()] }),
  )
  const names = computed(() => clusterNames(clusters.value, project.imageOf))

  function unmatched(): Clustering['clusters'] {
    return clusters.value.filter(({ number }) => !left.byNumber.has(number))
  }

  function colourOf(number: number): string {
    return slotColour(slots.value.get(number) ?? 0, preferences.shownTheme)
  }

  function nameOf(number: number): string {
    return names.value.get(number) ?? 'in no cluster'
  }

  /** Of the run on the right; those of one run are the same on both sides. */
  const ownSuspects = shallowRef<{ readonly run: RunId; readonly list: readonly Suspect[] } | null>(
    null,
  )
  const areSuspectsWanted = shallowRef(false)
  const suspects = computed<readonly Suspect[]>(() => {
    const { otherId } = comparison
    if (review.list !== null && review.list.run === otherId) return review.list.suspects
    return ownSuspects.value?.run === otherId ? (ownSuspects.value?.list ?? []) : []
  })
  const looking = latestOnly(
    (run: RunId) => review.ask(run, null),
    (found, run) => (ownSuspects.value = found && { run, list: found.suspects }),
  )
  watch(
    () =>
      (areSuspectsWanted.value || shownSuspects.areShown) && !comparison.isSameRun
        ? comparison.otherId
        : null,
    (run) => {
      if (run !== null && ownSuspects.value?.run !== run) looking.put(run)
    },
    { immediate: true },
  )
  /** Those that arcs are drawn for. */
  const shownPairs = computed(() => shownSuspects.firstOpen(suspects.value))

  // Runs of another project may have the same names.
  watch(
    () => project.info?.folder,
    () => {
      grouping.drop()
      looking.drop()
      ownClustering.value = null
      ownSuspects.value = null
      resetMeasures()
    },
  )

  return {
    measures,
    clusters,
    numberOf,
    colourOf,
    nameOf,
    suspects,
    areSuspectsWanted,
    shownPairs,
  }
})
