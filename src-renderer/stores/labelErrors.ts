import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type {
  LabelDoubt,
  LabelErrorsReport,
  LabelTwins,
} from '../../src-main/contract/labelErrors.ts'
import type { RunId } from '../../src-main/contract/runs.ts'
import { useConnection } from './connection.ts'
import { wordsOf } from './errorWords.ts'
import { useLabelling } from './labelling.ts'
import { useProject } from './project.ts'
import { useReview } from './review.ts'

/** Doubts that are listed; nobody judges more in one sitting. */
const top = 500

/** Labels that are probably wrong, and what became of the doubts. */
export const useLabelErrors = defineStore('labelErrors', () => {
  const connection = useConnection()
  const labelling = useLabelling()
  const project = useProject()
  const review = useReview()

  const report = shallowRef<LabelErrorsReport | null>(null)
  /** Why there is no report; null while there may be one. */
  const reason = ref<string | null>(null)
  const isLoading = ref(false)
  /** Images whose label a person found right. */
  const kept = shallowRef<ReadonlySet<ImageId>>(new Set())
  const place = ref(0)

  /** Those in scope whose label is still what was doubted; undo brings a doubt back by itself. */
  const open = computed<readonly LabelDoubt[]>(() => {
    const { value: found } = report
    if (found === null) return []
    const { excluded } = project.table
    return found.doubts.filter(({ image, label, ownProbability, suggestedProbability }) => {
      if (review.inScope?.has(image) === false) return false
      // Whose own label is the likelier one is doubted by nobody.
      if (ownProbability >= suggestedProbability) return false
      const now = project.imageOf(image)
      return (
        now !== null &&
        excluded[now.row] !== 1 &&
        now.labelName === found.labelNames[label] &&
        !kept.value.has(image)
      )
    })
  })
  const current = computed(() => open.value[Math.min(place.value, open.value.length - 1)] ?? null)
  /** Those of which both labels are still there. */
  const twins = computed<readonly LabelTwins[]>(
    () =>
      report.value?.twins.filter(
        ({ first, second }) => labelIdOf(first) !== null && labelIdOf(second) !== null,
      ) ?? [],
  )

  function nameOf(label: number): string {
    return report.value?.labelNames[label] ?? ''
  }

  function labelIdOf(label: number): number | null {
    const name = nameOf(label)
    return project.table.labelRows.find((row) => row.name === name)?.id ?? null
  }

  async function load(run: RunId, epoch: number | null): Promise<void> {
    report.value = null
    reason.value = null
    isLoading.value = true
    place.value = 0
    try {
      report.value = await connection.api().labelErrors({ run, epoch, top })
    } catch (error) {
      reason.value = wordsOf(error).detail
    }
    isLoading.value = false
  }

  async function accept(): Promise<void> {
    const doubt = current.value
    if (doubt === null) return
    const to = labelIdOf(doubt.suggested)
    // The suggested label may have been renamed or deleted since.
    if (to !== null) await labelling.label([doubt.image], to)
  }

  function keep(): void {
    if (current.value !== null) kept.value = new Set([...kept.value, current.value.image])
  }

  async function exclude(): Promise<void> {
    if (current.value === null) return
    const images = Int32Array.of(current.value.image)
    await labelling.run({ kind: 'exclude', images, isExcluded: true })
  }

  /** The smaller label goes into the larger. */
  async function merge({ first, second }: LabelTwins): Promise<void> {
    const sized = [first, second]
      .map((label) => ({ id: labelIdOf(label), name: nameOf(label) }))
      .map((label) => ({
        ...label,
        count: project.labelCounts[project.labelNames.indexOf(label.name)] ?? 0,
      }))
      .sort((a, b) => b.count - a.count)
    const [into, from] = sized
    if (into?.id === null || into === undefined || from?.id === null || from === undefined) return
    await labelling.run({ kind: 'mergeLabels', labels: [from.id], into: into.id })
  }

  function step(by: 1 | -1): void {
    place.value = Math.min(Math.max(0, open.value.length - 1), Math.max(0, place.value + by))
  }

  function reset(): void {
    report.value = null
    reason.value = null
    kept.value = new Set()
    place.value = 0
  }

  return {
    report,
    reason,
    isLoading,
    place,
    open,
    current,
    twins,
    nameOf,
    load,
    accept,
    keep,
    exclude,
    merge,
    step,
    reset,
  }
})
