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

/**
 * How images come in from outside: dropped on the window or on a label, pasted, or picked in a browser.
 * They are added to the project that is open; where none is, their folder becomes one.
 */
export const useIntake = defineStore('intake', () => {
  const project = useProject()
  const notices = useNotices()

  const upload = shallowRef<UploadProgress | null>(null)
  const isReading = ref(false)
  /** A table of labels that was dropped, until it is looked at. */
  const table = shallowRef<File | null>(null)
  let abort = new AbortController()

  /** To be called in the handler of the drop, before anything is awaited. */
  async function drop(transfer: DataTransfer, label: string | null = null): Promise<void> {
    const desktop = bridge()
    const [only, ...others] = transfer.files
    if (only?.name.endsWith('.csv') === true && others.length === 0 && project.info !== null) {
      table.value = only
      return
    }
    if (desktop === null) {
      const reading = readDrop(transfer)
      await take(() => reading, label)
      return
    }
    await bringIn(
      [...transfer.files].map((file) => desktop.pathForFile(file)),
      label,
    )
  }

  /** Pictures, or the paths of files and folders, one a line. */
  async function paste(transfer: DataTransfer): Promise<void> {
    const files = [...transfer.files].filter(({ type }) => type.startsWith('image/'))
    const paths = transfer
      .getData('text/plain')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => /^(\/|[A-Za-z]:\\|\\\\)/.test(line))
    if (paths.length > 0) await bringIn(paths, null)
    else if (files.length > 0 && bridge() !== null)
      notices.showError(
        new WorkbenchError('bad-request', 'A picture in the clipboard has no file. Save it first.'),
      )
    else if (files.length > 0) {
      const dropped = { name: 'Pasted', files: files.map((file) => ({ path: file.name, file })) }
      await take(() => Promise.resolve(dropped))
    }
  }

  async function bringIn(paths: readonly string[], label: string | null): Promise<void> {
    const [first, ...others] = paths
    if (first === undefined) return
    if (project.info !== null) await project.addPaths(paths, label)
    else if ((await project.openFolder(first)) && others.length > 0)
      await project.addPaths(others, null)
  }

  /** Sends the files to the host, then takes in the folder that they went to. */
  async function take(read: () => Promise<Dropped>, label: string | null = null): Promise<void> {
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
    if (folder !== null) await bringIn([folder], label)
  }

  function cancel(): void {
    abort.abort()
  }

  return { upload, isReading, table, drop, paste, bringIn, take, cancel }
})
