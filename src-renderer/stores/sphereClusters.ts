import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ClusterMethod, Clustering } from '../../src-main/contract/clusters.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import { labelColours, namedColours } from '../library/labelColours.ts'
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
      slots.value = slotsOf(made.run === found.value?.run ? slots.value : new Map(), made)
      found.value = made
    }
    isFinding.value = false
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
    const slot = slots.value.get(number) ?? 0
    const theme = preferences.shownTheme
    const colours = labelColours(slot < namedColours ? namedColours : slot + 1, theme)
    return colours[slot] ?? '#888888'
  }

  /** A name that several have tells nothing: then the image in the middle stands for them. */
  const names = computed(() => {
    const counts = new Map<string, number>()
    for (const { name } of clusters.value)
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
    return new Map(
      clusters.value.map(({ number, name, prototype }) => {
        if (name !== null && counts.get(name) === 1) return [number, name]
        const image = project.imageOf(prototype)
        const file = image?.path
          .split('/')
          .at(-1)
          ?.replace(/\.[^.]+$/, '')
        return [number, `around ${image?.labelName ?? file ?? number}`]
      }),
    )
  })

  function nameOf(number: number): string {
    return names.value.get(number) ?? 'in no cluster'
  }

  function imagesOf(number: number): Int32Array {
    const { ids, numbers } = found.value ?? { ids: new Int32Array(0), numbers: new Int32Array(0) }
    return ids.filter((_, i) => numbers[i] === number)
  }

  return {
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
    colourOf,
    nameOf,
    imagesOf,
  }
})

/** A cluster that was there keeps its slot, a new one takes the first that is free. */
export function slotsOf(
  before: ReadonlyMap<number, number>,
  { clusters }: Pick<Clustering, 'clusters'>,
): ReadonlyMap<number, number> {
  const slots = new Map<number, number>()
  for (const { number } of clusters) {
    const known = before.get(number)
    if (known !== undefined) slots.set(number, known)
  }
  const taken = new Set(slots.values())
  let next = 0
  for (const { number } of clusters) {
    if (slots.has(number)) continue
    while (taken.has(next)) next++
    slots.set(number, next)
    taken.add(next)
  }
  return slots
}
