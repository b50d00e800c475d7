import { WorkbenchError } from '../../src-main/contract/errors.ts'
import type { Dropped } from './droppedFiles.ts'

export interface UploadProgress {
  readonly done: number
  readonly total: number
  readonly bytesPerSecond: number
  readonly secondsLeft: number | null
}

export interface UploadOptions {
  readonly onProgress: (progress: UploadProgress) => void
  readonly signal: AbortSignal
  /** The clock, ms. */
  readonly now: () => number
}

const parallel = 4

/**
 * Sends files to the web host, a few at a time, and returns the folder they now are in.
 *
 * Throws `cancelled` when the signal is aborted, `bad-request` without any file, `io` when the host
 * refuses one.
 */
export async function uploadFiles(dropped: Dropped, options: UploadOptions): Promise<string> {
  const { files, name } = dropped
  if (files.length === 0)
    throw new WorkbenchError('bad-request', `There are no files in “${name}”.`)
  try {
    const { id, folder } = await startUpload(name, options.signal)
    await sendAll(id, dropped, options)
    return folder
  } catch (error) {
    if (options.signal.aborted) throw new WorkbenchError('cancelled', 'The upload was cancelled.')
    throw error
  }
}

async function startUpload(
  name: string,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly folder: string }> {
  const response = await ask('/upload', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
    signal,
  })
  return (await response.json()) as { id: string; folder: string }
}

async function sendAll(
  id: string,
  { files }: Dropped,
  { onProgress, signal, now }: UploadOptions,
): Promise<void> {
  const startedAt = now()
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0)
  let next = 0
  let done = 0
  let bytes = 0
  const work = async (): Promise<void> => {
    for (let one = files[next++]; one !== undefined; one = files[next++]) {
      const path = one.path.split('/').map(encodeURIComponent).join('/')
      await ask(`/upload/${id}/${path}`, { method: 'PUT', body: one.file, signal })
      done++
      bytes += one.file.size
      const bytesPerSecond = bytes / Math.max(0.001, (now() - startedAt) / 1000)
      onProgress({
        done,
        total: files.length,
        bytesPerSecond,
        secondsLeft: bytesPerSecond > 0 ? (totalBytes - bytes) / bytesPerSecond : null,
      })
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
}

async function ask(address: string, request: RequestInit): Promise<Response> {
  const response = await fetch(address, request)
  if (response.ok) return response
  throw new WorkbenchError('io', await reasonOf(response))
}

async function reasonOf(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // Not every refusal is JSON; its words are good enough.
  }
  return text.trim() || `The workbench refused the file (${response.status}).`
}
