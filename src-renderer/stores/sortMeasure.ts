import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { MeasuredImages } from '../../src-main/contract/measures.ts'
import { latestOnly } from '../workbench/latestOnly.ts'
import { useClustering } from './clustering.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useSphere } from './sphere.ts'

/** What the library can be sorted by once a run has trained. */
export type SortMeasure = 'outlier' | 'loss'

/** A number of each image after the last epoch of the run that is shown; found when it is wanted. */
export const useSortMeasure = defineStore('sortMeasure', () => {
  const connection = useConnection()
  const notices = useNotices()
  const clustering = useClustering()
  const sphere = useSphere()

  const found = shallowRef<MeasuredImages | null>(null)
  const isMeasuring = ref(false)
  const questions = latestOnly(ask, (answer) => {
    found.value = answer
  })

  /** Takes seconds with many images; can be cancelled like a picture, and is then asked for no more. */
  async function ask(measure: SortMeasure): Promise<MeasuredImages | null> {
    const { source } = clustering
    if (source === null || currentOf(measure) !== null) return found.value
    isMeasuring.value = true
    const answer = await notices.attempt(() =>
      connection.api().imageMeasure({ ...source, measure }),
    )
    isMeasuring.value = false
    sphere.progress = null
    return answer
  }

  /** Null until it is found, and where what was found last is of another kind, run or epoch. */
  function currentOf(measure: SortMeasure): MeasuredImages | null {
    const { source } = clustering
    const known = found.value
    const isCurrent =
      known?.measure === measure && known.run === source?.run && known.epoch === source.epoch
    return isCurrent ? known : null
  }

  return { currentOf, isMeasuring, find: questions.put }
})
