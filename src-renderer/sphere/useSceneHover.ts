import type { Ref, ShallowRef } from 'vue'
import { ref, shallowRef, watch } from 'vue'
import type { SphereArc } from './neighbourArcs.ts'
import type { SphereScene } from './SphereScene.ts'

interface Place {
  readonly x: number
  readonly y: number
}

export interface SceneHover {
  readonly id: Readonly<Ref<number | null>>
  /** The suspected pair whose arc is under the pointer. */
  readonly pair: Readonly<ShallowRef<SphereArc | null>>
  /** Where the pointer is; null when it is away or turns the ball. */
  readonly point: (place: Place | null) => void
  /** What lies under a pointer that rests may change as points travel or the ball turns. */
  readonly again: () => void
  /** By key, so that no pointer says otherwise. */
  readonly set: (id: number | null) => void
}

/**
 * The image under the pointer, or the one that keys went to; where there is none, another view's is ringed.
 *
 * @param echo the one under the pointer in another view
 */
export function useSceneHover(
  scene: Readonly<ShallowRef<SphereScene | null>>,
  echo: () => number | null,
  changed: (id: number | null, x: number, y: number) => void,
): SceneHover {
  const hoverId = ref<number | null>(null)
  const pair = shallowRef<SphereArc | null>(null)
  let last: Place = { x: 0, y: 0 }
  let pointer: Place | null = null

  function hover(id: number | null): void {
    const place = id === null ? null : (scene.value?.screenOf(id) ?? null)
    const [x, y] = place === null ? [0, 0] : [Math.round(place.x), Math.round(place.y)]
    if (id === hoverId.value && x === last.x && y === last.y) return
    last = { x, y }
    if (id !== hoverId.value) scene.value?.setHovered(id ?? echo())
    hoverId.value = id
    changed(id, x, y)
  }

  watch([scene, echo], ([made, heard]) => {
    if (hoverId.value === null) made?.setHovered(heard)
  })

  function again(): void {
    const { value: made } = scene
    if (made === null || made.isTravelling) return
    pair.value = pointer === null ? null : made.pickPair(pointer.x, pointer.y)
    made.setHoveredPair(pair.value)
    if (pair.value !== null) hover(null)
    else hover(pointer === null ? hoverId.value : made.pick(pointer.x, pointer.y))
  }

  return {
    id: hoverId,
    pair,
    point: (place) => {
      pointer = place
      if (place === null) hover(null)
      again()
    },
    again,
    set: (id) => {
      pointer = null
      hover(id)
    },
  }
}
