import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { IssueKind, QualityProgress, QualityReport } from '../../src-main/contract/quality.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'

/** What may be wrong with the images, and which of it the library shows. */
export const useQuality = defineStore('quality', () => {
  const connection = useConnection()
  const notices = useNotices()

  const report = shallowRef<QualityReport | null>(null)
  const progress = shallowRef<QualityProgress | null>(null)
  const isChecking = ref(false)
  /** Null: the library shows all images. */
  const shownKind = ref<IssueKind | null>(null)
  const shown = computed(
    () => report.value?.issues.find(({ kind }) => kind === shownKind.value) ?? null,
  )

  async function check(): Promise<void> {
    if (isChecking.value) return
    isChecking.value = true
    const found = await notices.attempt(() => connection.api().checkQuality())
    isChecking.value = false
    progress.value = null
    if (found !== null) report.value = found
  }

  const cancel = (): Promise<unknown> => notices.attempt(() => connection.api().cancelQuality())

  function onProgress(now: QualityProgress): void {
    progress.value = now
  }

  function reset(): void {
    report.value = null
    progress.value = null
    shownKind.value = null
  }

  return { report, progress, isChecking, shownKind, shown, check, cancel, onProgress, reset }
})
