import { computed, shallowRef, watch } from 'vue'
import type { ComputedRef } from 'vue'
import type { JournalEntry } from '../../src-main/contract/journal.ts'
import { useConnection } from '../stores/connection.ts'
import { useLabelling } from '../stores/labelling.ts'
import { useNotices } from '../stores/notices.ts'
import { useRuns } from '../stores/runs.ts'
import { epochMarks, ticksOf } from './epochMarks.ts'
import type { EpochTick } from './epochMarks.ts'

/** The newest lines of the journal that are looked through. */
const most = 2000

/** What happened on the way of the run that is shown. */
export function useEpochMarks(): ComputedRef<readonly EpochTick[]> {
  const connection = useConnection()
  const labelling = useLabelling()
  const notices = useNotices()
  const runs = useRuns()
  const edits = shallowRef<readonly JournalEntry[]>([])

  watch(
    () => labelling.state.revision,
    async () => {
      const read = await notices.attempt(() => connection.api().journal({ count: most }))
      edits.value = read === null ? [] : [...read].reverse()
    },
    { immediate: true },
  )
  return computed(() => (runs.shown === null ? [] : ticksOf(epochMarks(runs.shown, edits.value))))
}
