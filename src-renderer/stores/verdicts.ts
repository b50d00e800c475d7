import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { contradictionsOf } from '../../src-main/contract/contradictions.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { Verdict, VerdictKind } from '../../src-main/contract/journal.ts'
import { previewVerdict } from '../../src-main/contract/verdictPreview.ts'
import type { VerdictPreview } from '../../src-main/contract/verdictPreview.ts'
import { useConnection } from './connection.ts'
import { useLabelling } from './labelling.ts'
import { useNotices } from './notices.ts'
import { useProject } from './project.ts'

/** A pair of images, in either order. */
export interface ImagePair {
  readonly first: ImageId
  readonly second: ImageId
}

interface Given extends Pick<Verdict, 'a' | 'b'> {
  /** “None”: taken back. */
  readonly verdict: VerdictKind
  isStored: boolean
}

/** What people said of pairs, and what follows from it. */
export const useVerdicts = defineStore('verdicts', () => {
  const connection = useConnection()
  const notices = useNotices()
  const labelling = useLabelling()
  const project = useProject()

  /** As last read. */
  const stored = shallowRef<ReadonlyMap<string, Verdict>>(new Map())
  /** Given here, until they are among those read: keys come faster than answers. */
  const given = shallowRef<ReadonlyMap<string, Given>>(new Map())

  const list = computed<readonly Verdict[]>(() => {
    const all = new Map(stored.value)
    for (const [key, { a, b, verdict }] of given.value)
      if (verdict === 'none') all.delete(key)
      else all.set(key, { a, b, verdict })
    return [...all.values()]
  })
  const contradictions = computed(() =>
    contradictionsOf(list.value, (image) => project.imageOf(image)?.label ?? -1),
  )

  function of(pair: ImagePair): VerdictKind {
    const key = keyOf(pair)
    return given.value.get(key)?.verdict ?? stored.value.get(key)?.verdict ?? 'none'
  }

  function preview(pair: ImagePair, verdict: Verdict['verdict']): VerdictPreview {
    return previewVerdict(list.value, { ...ordered(pair), verdict })
  }

  let asked = 0
  let taken = 0

  async function load(): Promise<void> {
    asked += 1
    const question = asked
    const settled = [...given.value].filter(([, one]) => one.isStored)
    const read = await notices.attempt(() => connection.api().verdicts())
    // An answer that a newer one overtook knows less than that.
    if (read === null || question < taken) return
    taken = question
    stored.value = new Map(read.map((one) => [keyOf({ first: one.a, second: one.b }), one]))
    forget(settled)
  }

  /** Judges pairs alike, as one step of undo; “none” takes back. @returns whether it was done */
  async function judge(pairs: readonly ImagePair[], verdict: VerdictKind): Promise<boolean> {
    const ones = pairs.map((pair): [string, Given] => [
      keyOf(pair),
      { ...ordered(pair), verdict, isStored: false },
    ])
    given.value = new Map([...given.value, ...ones])
    const flat = Int32Array.from(pairs.flatMap(({ first, second }) => [first, second]))
    if (!(await labelling.run({ kind: 'verdict', pairs: flat, verdict }))) {
      forget(ones)
      return false
    }
    for (const [, one] of ones) one.isStored = true
    await load()
    return true
  }

  /** Unless a pair was judged anew. */
  function forget(ones: readonly (readonly [string, Given])[]): void {
    const gone = ones.filter(([key, one]) => given.value.get(key) === one)
    if (gone.length === 0) return
    const rest = new Map(given.value)
    for (const [key] of gone) rest.delete(key)
    given.value = rest
  }

  function reset(): void {
    stored.value = new Map()
    given.value = new Map()
  }

  return { list, contradictions, of, preview, load, judge, reset }
})

function ordered({ first, second }: ImagePair): Pick<Verdict, 'a' | 'b'> {
  return first < second ? { a: first, b: second } : { a: second, b: first }
}

function keyOf(pair: ImagePair): string {
  const { a, b } = ordered(pair)
  return `${a} ${b}`
}
