import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Measure } from '../explore/measures.ts'
import { frameMeasures } from './frameMeasures.ts'
import { useSphere } from './sphere.ts'

/** What colour and size of a point say, and the numbers for the frame that the sphere shows. */
export const useImageMeasures = defineStore('imageMeasures', () => {
  const sphere = useSphere()

  const colour = ref<Measure | null>(null)
  const size = ref<Measure | null>(null)
  const wanted = computed(() =>
    [...new Set([colour.value, size.value])].filter((one) => one !== null),
  )
  const { shown, measuring, reset } = frameMeasures(
    () => sphere.frame,
    () => wanted.value,
  )

  return { colour, size, wanted, shown, measuring, reset }
})
