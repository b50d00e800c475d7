import { defineStore } from 'pinia'
import { ref } from 'vue'
import { WorkbenchError } from '../../src-main/contract/errors.ts'
import { wordsOf } from './errorWords.ts'

export interface Notice {
  readonly id: number
  readonly tone: 'error' | 'info' | 'ok'
  readonly title: string
  readonly detail: string
  readonly advice: string
}

/** What the workbench has to tell. Errors stay until they are dismissed, the rest goes by itself. */
export const useNotices = defineStore('notices', () => {
  const notices = ref<readonly Notice[]>([])
  let lastId = 0

  function show(notice: Omit<Notice, 'id'>): void {
    // The same thing said twice is one notice.
    const others = notices.value.filter(
      ({ title, detail }) => title !== notice.title || detail !== notice.detail,
    )
    notices.value = [...others, { ...notice, id: ++lastId }].slice(-4)
  }

  function showError(error: unknown): void {
    if (error instanceof WorkbenchError && error.code === 'cancelled') return
    show({ tone: 'error', ...wordsOf(error) })
  }

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  /** The result of some work; null, and a notice, if it fails. */
  async function attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work()
    } catch (error) {
      showError(error)
      return null
    }
  }

  return { notices, show, showError, dismiss, attempt }
})
