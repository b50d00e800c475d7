import { defineStore } from 'pinia'
import { readonly, ref, shallowRef } from 'vue'
import type { WorkbenchApi } from '../../src-main/contract/api.ts'
import { WorkbenchError } from '../../src-main/contract/errors.ts'

export type ConnectionPhase = 'connecting' | 'ready' | 'lost'

/** Whether the workbench answers, and the way to ask it. */
export const useConnection = defineStore('connection', () => {
  const phase = ref<ConnectionPhase>('connecting')
  const attempt = ref(0)
  const current = shallowRef<WorkbenchApi | null>(null)

  function attach(api: WorkbenchApi): void {
    current.value = api
    phase.value = 'ready'
    attempt.value = 0
  }

  function lose(attempts: number): void {
    current.value = null
    phase.value = 'lost'
    attempt.value = attempts
  }

  /** Throws while there is no connection. */
  function api(): WorkbenchApi {
    if (current.value === null)
      throw new WorkbenchError('internal', 'There is no connection to the workbench right now.')
    return current.value
  }

  return { phase: readonly(phase), attempt: readonly(attempt), attach, lose, api }
})
