import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'

const longestHistory = 100

/** One set of images, shared by grid, sphere and inspector, with a way back. */
export const useSelection = defineStore('selection', () => {
  const history = shallowRef<readonly ReadonlySet<ImageId>[]>([new Set()])
  const place = shallowRef(0)
  /** The image that a range starts from. */
  const anchor = shallowRef<ImageId | null>(null)

  const ids = computed<ReadonlySet<ImageId>>(() => history.value[place.value] ?? new Set())
  const count = computed(() => ids.value.size)
  /** The only selected image, null if there are none or several. */
  const single = computed(() => (ids.value.size === 1 ? ([...ids.value][0] ?? null) : null))

  function set(next: ReadonlySet<ImageId>): void {
    if (isSameSet(next, ids.value)) return
    history.value = [...history.value.slice(0, place.value + 1), next].slice(-longestHistory)
    place.value = history.value.length - 1
  }

  function replace(next: Iterable<ImageId>): void {
    const chosen = new Set(next)
    anchor.value = [...chosen].at(-1) ?? null
    set(chosen)
  }

  function toggle(id: ImageId): void {
    const next = new Set(ids.value)
    if (!next.delete(id)) next.add(id)
    anchor.value = id
    set(next)
  }

  /** Adds images and keeps the anchor, so that a range can be drawn anew from it. */
  function add(more: Iterable<ImageId>): void {
    set(new Set([...ids.value, ...more]))
  }

  function remove(fewer: Iterable<ImageId>): void {
    const gone = new Set(fewer)
    set(new Set([...ids.value].filter((id) => !gone.has(id))))
  }

  function invert(all: Iterable<ImageId>): void {
    set(new Set([...all].filter((id) => !ids.value.has(id))))
  }

  function clear(): void {
    anchor.value = null
    set(new Set())
  }

  /** Through the selections there were: −1 back, 1 forth. */
  function walk(direction: -1 | 1): void {
    place.value = Math.min(history.value.length - 1, Math.max(0, place.value + direction))
  }

  /** Forgets everything, as another project has other images. */
  function reset(): void {
    history.value = [new Set()]
    place.value = 0
    anchor.value = null
  }

  return { ids, count, single, anchor, replace, toggle, add, remove, invert, clear, walk, reset }
})

function isSameSet(a: ReadonlySet<ImageId>, b: ReadonlySet<ImageId>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id))
}
