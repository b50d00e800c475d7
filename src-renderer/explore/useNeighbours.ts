import { ref, shallowRef, watch } from 'vue'
import type { Ref, ShallowRef } from 'vue'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { Neighbours, SphereFrame } from '../../src-main/contract/sphere.ts'
import { useSphere } from '../stores/sphere.ts'

/** True neighbours of an image in the run and at the epoch of a frame; null until they are known. */
export function useNeighbours(
  frameOf: () => SphereFrame | null,
  imageOf: () => ImageId | null,
  count: number,
): {
  readonly neighbours: Readonly<ShallowRef<Neighbours | null>>
  readonly isAsking: Readonly<Ref<boolean>>
} {
  const sphere = useSphere()
  const neighbours = shallowRef<Neighbours | null>(null)
  const isAsking = ref(false)

  watch(
    () => [frameOf()?.run, frameOf()?.epoch, imageOf()] as const,
    async ([run, epoch, image]) => {
      // Those of an epoch before stay until the new ones are here.
      if (neighbours.value?.of !== image) neighbours.value = null
      const frame = frameOf()
      isAsking.value = frame !== null && image !== null
      if (frame === null || image === null) return
      const answer = await sphere.neighboursOf(image, count, frame)
      const now = frameOf()
      if (now?.run !== run || now?.epoch !== epoch || imageOf() !== image) return
      neighbours.value = answer
      isAsking.value = false
    },
    { immediate: true },
  )

  return { neighbours, isAsking }
}
