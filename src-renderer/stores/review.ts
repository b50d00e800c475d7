import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Verdict, VerdictKind } from '../../src-main/contract/journal.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import type { Suspect, SuspectList, SuspectMethod } from '../../src-main/contract/suspects.ts'
import type { GroupSize } from '../../src-main/contract/suspectPolicy.ts'
import { useConnection } from './connection.ts'
import { useLabelling } from './labelling.ts'
import { useNotices } from './notices.ts'

/** Pairs that are listed; nobody judges more in one sitting. */
const top = 500

interface Given {
  readonly verdict: VerdictKind
  isStored: boolean
}

/** Suspected pairs of a run, and what people said of them. */
export const useReview = defineStore('review', () => {
  const connection = useConnection()
  const notices = useNotices()
  const labelling = useLabelling()

  const method = ref<SuspectMethod>('random-walk')
  const groupSize = ref<GroupSize>('medium')
  const list = shallowRef<SuspectList | null>(null)
  const isLoading = ref(false)
  /** As last read. */
  const stored = shallowRef<ReadonlyMap<string, Verdict['verdict']>>(new Map())
  /** Given here, until they are among those read: keys come faster than answers. */
  const given = shallowRef<ReadonlyMap<string, Given>>(new Map())
  const onlyOpen = ref(true)
  /** Place of the pair that is looked at, among those shown. */
  const place = ref(0)

  /** Suspects first, then duplicates: they are told apart, and judged in the same way. */
  const all = computed<readonly Suspect[]>(() =>
    list.value === null ? [] : [...list.value.suspects, ...list.value.duplicates],
  )
  const shown = computed(() =>
    onlyOpen.value ? all.value.filter((pair) => !isJudged(pair)) : all.value,
  )
  const current = computed(() => shown.value[Math.min(place.value, shown.value.length - 1)] ?? null)
  const counts = computed(() => {
    const kindsOf = all.value.map((pair) => verdictOf(pair))
    const of = (...kinds: readonly VerdictKind[]): number =>
      kindsOf.filter((verdict) => kinds.includes(verdict)).length
    return {
      open: of('none', 'later'),
      same: of('same', 'duplicate'),
      different: of('different'),
      ignored: of('ignore'),
    }
  })

  function verdictOf({ first, second }: Pick<Suspect, 'first' | 'second'>): VerdictKind {
    const key = keyOf(first, second)
    return given.value.get(key)?.verdict ?? stored.value.get(key) ?? 'none'
  }

  /** “Later” keeps a pair in the queue, at its end. */
  function isJudged(pair: Suspect): boolean {
    return verdictOf(pair) !== 'none'
  }

  async function load(run: RunId): Promise<void> {
    isLoading.value = true
    const request = { run, epoch: null, method: method.value, groupSize: groupSize.value, top }
    const [found] = await Promise.all([
      notices.attempt(() => connection.api().suspects(request)),
      loadVerdicts(),
    ])
    isLoading.value = false
    if (found === null) return
    list.value = found
    place.value = 0
  }

  let asked = 0
  let taken = 0

  async function loadVerdicts(): Promise<void> {
    asked += 1
    const question = asked
    const settled = [...given.value].filter(([, one]) => one.isStored)
    const read = await notices.attempt(() => connection.api().verdicts())
    // An answer that a newer one overtook knows less than that.
    if (read === null || question < taken) return
    taken = question
    stored.value = new Map(read.map(({ a, b, verdict }) => [keyOf(a, b), verdict]))
    for (const [key, one] of settled) forget(key, one)
  }

  /** Judges the pair that is looked at; the next one takes its place. */
  async function judge(verdict: VerdictKind): Promise<void> {
    const pair = current.value
    if (pair === null) return
    const pairs = Int32Array.of(pair.first, pair.second)
    const key = keyOf(pair.first, pair.second)
    const one: Given = { verdict, isStored: false }
    given.value = new Map(given.value).set(key, one)
    // Where judged pairs are shown too, the next one is one further.
    if (!onlyOpen.value) step(1)
    if (!(await labelling.run({ kind: 'verdict', pairs, verdict }))) return forget(key, one)
    one.isStored = true
    await loadVerdicts()
  }

  /** Unless the pair was judged anew. */
  function forget(key: string, one: Given): void {
    if (given.value.get(key) !== one) return
    const rest = new Map(given.value)
    rest.delete(key)
    given.value = rest
  }

  async function excludeBad(images: readonly number[]): Promise<void> {
    await labelling.run({ kind: 'exclude', images: Int32Array.from(images), isExcluded: true })
  }

  function step(by: 1 | -1): void {
    place.value = Math.min(Math.max(0, shown.value.length - 1), Math.max(0, place.value + by))
  }

  function reset(): void {
    list.value = null
    stored.value = new Map()
    given.value = new Map()
    place.value = 0
  }

  return {
    method,
    groupSize,
    list,
    isLoading,
    onlyOpen,
    place,
    all,
    shown,
    current,
    counts,
    verdictOf,
    load,
    loadVerdicts,
    judge,
    excludeBad,
    step,
    reset,
  }
})

function keyOf(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
