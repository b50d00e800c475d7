import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { EngineEvent, EngineSurvey } from '../../src-main/contract/engines.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'

/** The rungs of the ladder on the machine that computes. */
export const useEngines = defineStore('engines', () => {
  const connection = useConnection()
  const notices = useNotices()
  const survey = shallowRef<EngineSurvey | null>(null)
  /** The measurement that is going on. */
  const measuring = shallowRef<Extract<EngineEvent, { kind: 'measuring' }> | null>(null)

  const reports = computed(() => survey.value?.engines ?? [])
  /** What `auto` comes to; null until the ladder has been looked at, or if nothing runs. */
  const automatic = computed(
    () => reports.value.find(({ kind }) => kind === survey.value?.chosen) ?? null,
  )
  /** Why `auto` comes to that, in words. */
  const why = computed(() => survey.value?.why ?? '')

  async function load(): Promise<void> {
    const found = await notices.attempt(() => connection.api().engines())
    if (found !== null) survey.value = found
  }

  function onEvent(event: EngineEvent): void {
    measuring.value = event.kind === 'measuring' ? event : null
    if (event.kind === 'surveyed') survey.value = event.survey
  }

  return { reports, automatic, why, measuring, load, onEvent }
})
