import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { LabelId } from '../../src-main/contract/labels.ts'

export type Dragged =
  | { readonly kind: 'images'; readonly ids: readonly ImageId[] }
  | { readonly kind: 'label'; readonly label: LabelId; readonly name: string }

/** A browser hides what is dragged until it is dropped; its kind is all that a target can see. */
const types = {
  images: 'application/x-antipode-images',
  label: 'application/x-antipode-label',
} as const satisfies Record<Dragged['kind'], string>

/** What a person is dragging inside the window. */
export const useDragging = defineStore('dragging', () => {
  const dragged = shallowRef<Dragged | null>(null)

  /** @param ghost what follows the pointer; it is drawn at once and may be removed right after */
  function start(event: DragEvent, what: Dragged, ghost: string): void {
    const { dataTransfer } = event
    if (dataTransfer === null) return
    dragged.value = what
    dataTransfer.effectAllowed = 'link'
    dataTransfer.setData(
      types[what.kind],
      what.kind === 'label' ? what.name : String(what.ids.length),
    )
    const element = document.createElement('div')
    element.className = 'drag-ghost'
    element.textContent = ghost
    document.body.append(element)
    dataTransfer.setDragImage(element, -12, -12)
    setTimeout(() => element.remove())
  }

  function end(): void {
    dragged.value = null
  }

  /** Lets a target take a kind of thing; to be called while something hovers over it. */
  function allow(event: DragEvent, kind: Dragged['kind']): boolean {
    if (event.dataTransfer?.types.includes(types[kind]) !== true) return false
    event.preventDefault()
    event.dataTransfer.dropEffect = 'link'
    return true
  }

  return { dragged, start, end, allow }
})
