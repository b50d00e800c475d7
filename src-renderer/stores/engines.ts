import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { EngineReport } from '../../src-main/contract/engines.ts'
import { engineKinds } from '../../src-main/contract/engines.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'

/** The rungs of the ladder on the machine that computes. */
export const useEngines = defineStore('engines', () => {
  const connection = useConnection()
  const notices = useNotices()
  const reports = shallowRef<readonly EngineReport[]>([])

  /** What `auto` comes to; null until the ladder has been probed, or if nothing runs. */
  const automatic = computed(
    () =>
      engineKinds
        .map((kind) => reports.value.find((report) => report.kind === kind))
        .find((report) => report?.available) ?? null,
  )

  async function load(): Promise<void> {
    const found = await notices.attempt(() => connection.api().engines())
    if (found !== null) reports.value = found
  }

  return { reports, automatic, load }
})
