import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { focusColours, greyOf, labelColours, namedColours, rgbOf } from '../library/labelColours.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import { usePreferences } from './preferences.ts'
import { useProject } from './project.ts'

export interface LabelFocus {
  readonly label: number
  readonly rivals: readonly number[]
}

/** Opacity of what is there for context only. */
const contextAlpha = 0.15
/** Of the labels that one in focus is seen against. */
const rivalAlpha = 0.6

/** The colour of each label and which labels are hidden, the same in every view. */
export const useColours = defineStore('colours', () => {
  const project = useProject()
  const preferences = usePreferences()

  /** −1 stands for images without a label. */
  const hidden = shallowRef<ReadonlySet<number>>(new Set())
  const isolated = ref<number | null>(null)
  const focus = shallowRef<LabelFocus | null>(null)

  const labels = computed(() => project.labelNames.length)
  /** There are more labels than colours that can be told apart. */
  const isCrowded = computed(() => labels.value > namedColours)
  const grey = computed(() => greyOf[preferences.shownTheme])
  const palette = computed(() => {
    if (focus.value !== null) return focusColours(labels.value, focus.value, preferences.shownTheme)
    const given = labelColours(labels.value, preferences.shownTheme)
    const { labelRows } = project.table
    // In the order in which labels came, so that a new one takes no other's colour.
    const ids = labelRows.map(({ id }) => id).sort((a, b) => a - b)
    const places = new Map(ids.map((id, place) => [id, place]))
    return labelRows.map(({ id, colour }) => colour ?? given[places.get(id) ?? -1] ?? grey.value)
  })

  function colourOf(label: number): string {
    return palette.value[label] ?? grey.value
  }

  function labelOf(id: ImageId): number {
    const row = project.rowOf.get(id)
    return row === undefined ? -1 : (project.table.labels[row] ?? -1)
  }

  /** `[n, 3]`, for the ids of a frame. */
  function pointColours(ids: Int32Array): Float32Array {
    const parts = palette.value.map(rgbOf)
    const none = rgbOf(grey.value)
    const colours = new Float32Array(ids.length * 3)
    ids.forEach((id, i) => colours.set(parts[labelOf(id)] ?? none, i * 3))
    return colours
  }

  /** `[n]`; null where every image is shown in full. */
  function pointAlphas(ids: Int32Array): Float32Array | null {
    if (hidden.value.size === 0 && isolated.value === null) return null
    return Float32Array.from(ids, (id) => {
      const label = labelOf(id)
      if (hidden.value.has(label)) return 0
      if (isolated.value === null || isolated.value === label) return 1
      return focus.value?.rivals.includes(label) ? rivalAlpha : contextAlpha
    })
  }

  /** Whether the images of a label are shown in full. */
  function isShown(label: number): boolean {
    if (hidden.value.has(label)) return false
    return isolated.value === null || isolated.value === label
  }

  function toggleHidden(label: number): void {
    const next = new Set(hidden.value)
    if (!next.delete(label)) next.add(label)
    hidden.value = next
  }

  /** Shows one label in front of all others, or ends that. */
  function isolate(label: number | null): void {
    isolated.value = isolated.value === label ? null : label
    if (isolated.value === null) focus.value = null
    else if (hidden.value.has(isolated.value)) toggleHidden(isolated.value)
  }

  function showAll(): void {
    hidden.value = new Set()
    isolated.value = null
    focus.value = null
  }

  return {
    hidden,
    isolated,
    focus,
    isCrowded,
    colourOf,
    labelOf,
    pointColours,
    pointAlphas,
    isShown,
    toggleHidden,
    isolate,
    showAll,
  }
})
