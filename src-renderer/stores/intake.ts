import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { WorkbenchError } from '../../src-main/contract/errors.ts'
import { bridge } from '../workbench/bridge.ts'
import { readDrop } from '../workbench/droppedFiles.ts'
import type { Dropped } from '../workbench/droppedFiles.ts'
import { uploadFiles } from '../workbench/upload.ts'
import type { UploadProgress } from '../workbench/upload.ts'
import { useNotices } from './notices.ts'
import { useProject } from './project.ts'

/** How a folder comes in from outside: dropped on the window, or picked in a browser. */
export const useIntake = defineStore('intake', () => {
  const project = useProject()
  const notices = useNotices()

  const upload = shallowRef<UploadProgress | null>(null)
  const isReading = ref(false)
  let abort = new AbortController()

  /** To be called in the handler of the drop, before anything is awaited. */
  async function drop(transfer: DataTransfer): Promise<void> {
    const desktop = bridge()
    if (desktop === null) {
      const reading = readDrop(transfer)
      await take(() => reading)
      return
    }
    const [file] = transfer.files
    if (file === undefined) return
    const others = transfer.files.length - 1
    if (others > 0)
      notices.show({
        tone: 'info',
        title: 'One folder at a time',
        detail: `“${file.name}” is opened, ${others} more were left out.`,
        advice: 'Drop the folder that holds all of them.',
      })
    await project.openFolder(desktop.pathForFile(file))
  }

  /** Sends the files to the host, then opens the folder that they went to. */
  async function take(read: () => Promise<Dropped>): Promise<void> {
    if (isReading.value || upload.value !== null) {
      notices.showError(new WorkbenchError('busy', 'Files are already being copied.'))
      return
    }
    abort = new AbortController()
    const { signal } = abort
    isReading.value = true
    const folder = await notices.attempt(async () => {
      const dropped = await read()
      upload.value = { done: 0, total: dropped.files.length, bytesPerSecond: 0, secondsLeft: null }
      isReading.value = false
      return uploadFiles(dropped, {
        signal,
        now: () => performance.now(),
        onProgress: (progress) => {
          upload.value = progress
        },
      })
    })
    isReading.value = false
    upload.value = null
    if (folder !== null) await project.openFolder(folder)
  }

  function cancel(): void {
    abort.abort()
  }

  return { upload, isReading, drop, take, cancel }
})
