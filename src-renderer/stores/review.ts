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

/** Suspected pairs of a run, and what people said of them. */
export const useReview = defineStore('review', () => {
  const connection = useConnection()
  const notices = useNotices()
  const labelling = useLabelling()

  const method = ref<SuspectMethod>('random-walk')
  const groupSize = ref<GroupSize>('medium')
  const list = shallowRef<SuspectList | null>(null)
  const isLoading = ref(false)
  const verdicts = shallowRef<ReadonlyMap<string, Verdict['verdict']>>(new Map())
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
    const given = all.value.map((pair) => verdictOf(pair))
    const of = (...kinds: readonly VerdictKind[]): number =>
      given.filter((verdict) => kinds.includes(verdict)).length
    return {
      open: of('none', 'later'),
      same: of('same', 'duplicate'),
      different: of('different'),
      ignored: of('ignore'),
    }
  })

  function verdictOf({ first, second }: Pick<Suspect, 'first' | 'second'>): VerdictKind {
    return verdicts.value.get(keyOf(first, second)) ?? 'none'
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

  async function loadVerdicts(): Promise<void> {
    const read = await notices.attempt(() => connection.api().verdicts())
    if (read === null) return
    verdicts.value = new Map(read.map(({ a, b, verdict }) => [keyOf(a, b), verdict]))
  }

  /** Judges the pair that is looked at; the next one takes its place. */
  async function judge(verdict: VerdictKind): Promise<void> {
    const pair = current.value
    if (pair === null) return
    const pairs = Int32Array.of(pair.first, pair.second)
    // At once: keys come faster than answers, and each is for the pair that is then looked at.
    setVerdict(pair, verdict)
    // Where judged pairs are shown too, the next one is one further.
    if (!onlyOpen.value) step(1)
    if (!(await labelling.run({ kind: 'verdict', pairs, verdict }))) await loadVerdicts()
  }

  function setVerdict({ first, second }: Suspect, verdict: VerdictKind): void {
    const next = new Map(verdicts.value)
    if (verdict === 'none') next.delete(keyOf(first, second))
    else next.set(keyOf(first, second), verdict)
    verdicts.value = next
  }

  async function excludeBad(images: readonly number[]): Promise<void> {
    await labelling.run({ kind: 'exclude', images: Int32Array.from(images), isExcluded: true })
  }

  function step(by: 1 | -1): void {
    place.value = Math.min(Math.max(0, shown.value.length - 1), Math.max(0, place.value + by))
  }

  function reset(): void {
    list.value = null
    verdicts.value = new Map()
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
