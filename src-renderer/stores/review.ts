import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { inReviewOrder } from '../../src-main/contract/reviewOrder.ts'
import type { OrderedSuspect, ReviewOrder } from '../../src-main/contract/reviewOrder.ts'
import { similarPairs } from '../../src-main/contract/similarPairs.ts'
import type { SimilarPairs } from '../../src-main/contract/similarPairs.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { Verdict, VerdictKind } from '../../src-main/contract/journal.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import type { Suspect, SuspectList, SuspectMethod } from '../../src-main/contract/suspects.ts'
import type { GroupSize } from '../../src-main/contract/suspectPolicy.ts'
import { useConnection } from './connection.ts'
import { useLabelling } from './labelling.ts'
import { useNotices } from './notices.ts'
import { useProject } from './project.ts'
import { useVerdicts } from './verdicts.ts'

/** Pairs that are listed; nobody judges more in one sitting. */
const top = 500

/** “Same for these nine as well?” */
interface SimilarOffer extends SimilarPairs {
  readonly verdict: Verdict['verdict']
}

/** Some images that somebody sent here: only what is doubtful among them is asked about. */
export interface ReviewScope {
  /** What they are, in words. */
  readonly title: string
  readonly images: Int32Array
}

/** Suspected pairs of a run, in the order in which people look at them. */
export const useReview = defineStore('review', () => {
  const connection = useConnection()
  const notices = useNotices()
  const labelling = useLabelling()
  const verdicts = useVerdicts()
  const project = useProject()

  const method = ref<SuspectMethod>('random-walk')
  const groupSize = ref<GroupSize>('medium')
  /** Of all images. */
  const list = shallowRef<SuspectList | null>(null)
  /** Null for all images. */
  const scope = shallowRef<ReviewScope | null>(null)
  /** Of the images in scope. */
  const scoped = shallowRef<SuspectList | null>(null)
  /** What the queue is made of. */
  const queued = computed(() => (scope.value === null ? list.value : scoped.value))
  const inScope = computed(() => scope.value && new Set<ImageId>(scope.value.images))
  const isLoading = ref(false)
  const onlyOpen = ref(true)
  const order = ref<ReviewOrder>('gain')
  /** As it was when the order was chosen or the list read: answers do not shuffle the queue. */
  const ordered = shallowRef<readonly OrderedSuspect[]>([])
  /** What a verdict that was just given can be applied to as well; null for nothing. */
  const offer = shallowRef<SimilarOffer | null>(null)
  /** Place of the pair that is looked at, among those shown. */
  const place = ref(0)

  /** Suspects first, then duplicates: they are told apart, and judged in the same way. */
  const all = computed<readonly Suspect[]>(() =>
    queued.value === null
      ? []
      : [...ordered.value.map(({ pair }) => pair), ...queued.value.duplicates],
  )
  const gains = computed(() => new Map(ordered.value.map(({ pair, gain }) => [pair, gain])))
  /** “Later” keeps a pair in the queue, at its end. */
  const shown = computed(() => {
    if (!onlyOpen.value) return all.value
    const open = all.value.filter((pair) => verdicts.of(pair) === 'none' && !isBad(pair))
    const later = all.value.filter((pair) => verdicts.of(pair) === 'later' && !isBad(pair))
    return [...open, ...later]
  })
  const current = computed(() => shown.value[Math.min(place.value, shown.value.length - 1)] ?? null)
  const counts = computed(() => {
    const ofKind = new Map<VerdictKind, number>()
    let bad = 0
    for (const pair of all.value) {
      const kind = verdicts.of(pair)
      if ((kind === 'none' || kind === 'later') && isBad(pair)) bad += 1
      else ofKind.set(kind, (ofKind.get(kind) ?? 0) + 1)
    }
    const of = (...kinds: readonly VerdictKind[]): number =>
      kinds.reduce((sum, kind) => sum + (ofKind.get(kind) ?? 0), 0)
    return {
      open: of('none', 'later'),
      same: of('same', 'duplicate'),
      different: of('different'),
      ignored: of('ignore'),
      bad,
    }
  })

  /** Whether one of the two is kept out of training: then there is nothing to judge. */
  function isBad({ first, second }: Suspect): boolean {
    return [first, second].some((image) => {
      const row = project.rowOf.get(image) ?? -1
      return project.table.excluded[row] === 1 || project.table.trashed[row] === 1
    })
  }

  async function load(run: RunId): Promise<void> {
    isLoading.value = true
    const asked = scope.value
    const [found, among] = await Promise.all([
      ask(run, null),
      asked === null ? null : ask(run, asked),
      verdicts.load(),
    ])
    isLoading.value = false
    if (found === null) return
    list.value = found
    if (scope.value === asked) scoped.value = among
    arrange(order.value)
  }

  /** Of some images or of all, by what is chosen here; without showing it. */
  function ask(run: RunId, among: ReviewScope | null): Promise<SuspectList | null> {
    const request = { run, epoch: null, method: method.value, groupSize: groupSize.value, top }
    return notices.attempt(() =>
      connection.api().suspects(among === null ? request : { ...request, among: among.images }),
    )
  }

  /** From now on only some images are asked about; null for all of them again. */
  function narrow(to: ReviewScope | null): void {
    scope.value = to
    scoped.value = null
    arrange(order.value)
  }

  /** Reads what the queue of a run lacks, and nothing that is there. */
  async function catchUp(run: RunId): Promise<void> {
    if (list.value?.run !== run) return load(run)
    const { value: asked } = scope
    if (asked === null || scoped.value !== null) return
    isLoading.value = true
    const found = await ask(run, asked)
    isLoading.value = false
    if (found === null || scope.value !== asked) return
    scoped.value = found
    arrange(order.value)
  }

  function arrange(by: ReviewOrder): void {
    order.value = by
    ordered.value = inReviewOrder(queued.value?.suspects ?? [], by, verdicts.of)
    place.value = 0
    offer.value = null
  }

  /** What a verdict on a pair could be applied to as well, once it is given. */
  function similarTo(pair: Suspect, verdict: Verdict['verdict']): SimilarPairs {
    const { suspects = [], duplicates = [] } = queued.value ?? {}
    return similarPairs(pair, verdict, {
      suspects: pair.kind === 'suspect' ? suspects : duplicates,
      known: verdicts.list,
      verdictOf: (other) => (isBad(other) ? 'ignore' : verdicts.of(other)),
      labelOf: (image) => project.imageOf(image)?.label ?? -1,
    })
  }

  /** Judges the pair that is looked at; the next one takes its place. */
  async function judge(verdict: VerdictKind): Promise<void> {
    const pair = current.value
    if (pair === null) return
    const judging = verdicts.judge([pair], verdict)
    offer.value = offerFor(pair, verdict)
    // Where judged pairs are shown too, the next one is one further.
    if (!onlyOpen.value) step(1)
    await judging
  }

  function offerFor(pair: Suspect, verdict: VerdictKind): SimilarOffer | null {
    if (verdict === 'none' || verdict === 'later') return null
    const similar = similarTo(pair, verdict)
    return similar.pairs.length > 0 ? { verdict, ...similar } : null
  }

  /** Gives the verdict of the offer to some of its pairs, as one step of undo. */
  async function applyOffer(pairs: readonly Suspect[]): Promise<void> {
    const given = offer.value
    offer.value = null
    if (given !== null && pairs.length > 0) await verdicts.judge(pairs, given.verdict)
  }

  function dismissOffer(): void {
    offer.value = null
  }

  async function excludeBad(images: readonly number[]): Promise<void> {
    await labelling.run({ kind: 'exclude', images: Int32Array.from(images), isExcluded: true })
  }

  function step(by: 1 | -1): void {
    place.value = Math.min(Math.max(0, shown.value.length - 1), Math.max(0, place.value + by))
  }

  function reset(): void {
    list.value = null
    scope.value = null
    scoped.value = null
    ordered.value = []
    offer.value = null
    place.value = 0
    verdicts.reset()
  }

  return {
    method,
    groupSize,
    list,
    scope,
    inScope,
    queued,
    isLoading,
    onlyOpen,
    order,
    gains,
    offer,
    place,
    all,
    shown,
    current,
    counts,
    ask,
    load,
    narrow,
    catchUp,
    arrange,
    similarTo,
    judge,
    applyOffer,
    dismissOffer,
    excludeBad,
    step,
    reset,
  }
})
