import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ClusterMethod, ClusterRequest, Clustering } from '../../src-main/contract/clusters.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import { clusterNames, slotColour } from '../explore/clusterLook.ts'
import { useClustering } from './clustering.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { usePreferences } from './preferences.ts'
import { useProject } from './project.ts'
import { useSphere } from './sphere.ts'

/** Clusters of the epoch that the sphere shows; each keeps its colour while it lives. */
export const useSphereClusters = defineStore('sphereClusters', () => {
  const connection = useConnection()
  const notices = useNotices()
  const preferences = usePreferences()
  const project = useProject()
  const sphere = useSphere()
  const library = useClustering()

  const kind = ref<ClusterMethod['kind']>('louvain')
  const resolution = ref(1)
  const k = ref(10)
  /** Somebody looks at clusters: they are then found for every epoch that is shown. */
  const isWanted = ref(false)
  const areCapsShown = ref(true)
  const chosen = ref<number | null>(null)
  const found = shallowRef<Clustering | null>(null)
  const slots = shallowRef<ReadonlyMap<number, number>>(new Map())
  const isFinding = ref(false)
  let wish = ''

  const method = computed<ClusterMethod>(() =>
    kind.value === 'louvain'
      ? { kind: 'louvain', resolution: resolution.value }
      : { kind: 'k-means', k: k.value },
  )
  const numberOf = computed(() => {
    const numbers = new Map<ImageId, number>()
    found.value?.ids.forEach((id, i) => numbers.set(id, found.value?.numbers[i] ?? -1))
    return numbers
  })
  const clusters = computed(() => found.value?.clusters ?? [])
  const byNumber = computed(() => new Map(clusters.value.map((one) => [one.number, one])))

  /** Newest wish wins; while one is found, later ones wait. */
  async function find(): Promise<void> {
    const shown = sphere.frame
    if (shown === null || !isWanted.value || !sphere.isExploring) return
    wish = JSON.stringify([shown.run, shown.epoch, method.value])
    if (isFinding.value) return
    isFinding.value = true
    let asked = ''
    while (asked !== wish) {
      asked = wish
      const now = sphere.frame
      if (now === null) break
      const { run, epoch } = now
      const request = { run, epoch, method: method.value }
      const made = await notices.attempt(() => connection.api().clusters(request))
      sphere.progress = null
      if (made === null) break
      keep(made)
    }
    isFinding.value = false
  }

  function keep(made: Clustering): void {
    slots.value = slotsOf(made.run === found.value?.run ? slots.value : new Map(), made)
    found.value = made
  }

  /** Cuts a cluster into its parts; the largest of them is chosen then. */
  async function split(cluster: number): Promise<void> {
    const made = await regroup((request) => connection.api().splitCluster({ ...request, cluster }))
    const part = made?.clusters.find(({ splitFrom }) => splitFrom === cluster)
    if (part !== undefined) chosen.value = part.number
  }

  /** Takes back how a cluster was cut. */
  async function join(cluster: number): Promise<void> {
    const made = await regroup((request) => connection.api().joinCluster({ ...request, cluster }))
    if (made !== null) chosen.value = cluster
  }

  async function regroup(
    ask: (request: ClusterRequest) => Promise<Clustering | null>,
  ): Promise<Clustering | null> {
    const { value: known } = found
    if (known === null || isFinding.value) return null
    const before = wish
    const { run, epoch, method: by } = known
    isFinding.value = true
    const made = await notices.attempt(() => ask({ run, epoch, method: by }))
    sphere.progress = null
    isFinding.value = false
    if (made !== null) {
      keep(made)
      library.forget()
    }
    // Another epoch may have been wished for meanwhile.
    if (wish !== before) await find()
    return made
  }

  watch(
    () => [
      isWanted.value,
      sphere.isExploring,
      sphere.frame?.run,
      sphere.frame?.epoch,
      method.value,
    ],
    find,
  )

  function colourOf(number: number): string {
    return slotColour(slots.value.get(number) ?? 0, preferences.shownTheme)
  }

  const names = computed(() => clusterNames(clusters.value, project.imageOf))

  function nameOf(number: number): string {
    return names.value.get(number) ?? 'in no cluster'
  }

  function imagesOf(number: number): Int32Array {
    const { ids, numbers } = found.value ?? { ids: new Int32Array(0), numbers: new Int32Array(0) }
    return ids.filter((_, i) => numbers[i] === number)
  }

  return {
    method,
    slots,
    kind,
    resolution,
    k,
    isWanted,
    areCapsShown,
    chosen,
    found,
    clusters,
    byNumber,
    numberOf,
    isFinding,
    find,
    split,
    join,
    colourOf,
    nameOf,
    imagesOf,
  }
})

/**
 * A cluster keeps its slot, also while it is not there; a new one takes the first that no other has now.
 * One that comes back takes its own again, unless another has got it meanwhile.
 */
export function slotsOf(
  before: ReadonlyMap<number, number>,
  { clusters }: Pick<Clustering, 'clusters'>,
): ReadonlyMap<number, number> {
  const slots = new Map<number, number>()
  const taken = new Set<number>()
  const take = (number: number, slot: number): void => {
    slots.set(number, slot)
    taken.add(slot)
  }
  for (const { number } of clusters) {
    const known = before.get(number)
    if (known !== undefined && !taken.has(known)) take(number, known)
  }
  let next = 0
  for (const { number } of clusters) {
    if (slots.has(number)) continue
    while (taken.has(next)) next++
    take(number, next)
  }
  return new Map([...before, ...slots])
}
