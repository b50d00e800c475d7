import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { sep } from 'node:path'
import type { FolderChanges } from '../contract/project.ts'
import { lookAtFolder } from './folderChanges.ts'
import type { KnownFiles, Source } from './source.ts'

export interface WatchOptions {
  readonly source: Source
  /** What the project knows of the source; asked for at each look. */
  readonly known: () => KnownFiles
  /** Told when what differs from the project is another than it was. */
  readonly onChange: (changes: FolderChanges) => void
  /** A look comes when nothing has happened for so long; while things happen, four times that. */
  readonly settleMs?: number
  /** Between two looks where the system cannot watch, or the folder is not there. */
  readonly pollMs?: number
  /** The system's watch, or a stand-in that fails. */
  readonly watchAt?: typeof watch
}

/**
 * Watches a source for files that come, go, move or change, and counts them; nothing is read into the
 * project. Where the system watches no deeper than one folder, each folder is watched; where it cannot
 * watch at all, or not so many, the source is looked at now and then.
 *
 * @returns its stop, callable twice
 */
export function watchFolder(options: WatchOptions): () => void {
  const { source, known, onChange, settleMs = 700, pollMs = 30_000, watchAt = watch } = options
  const abort = new AbortController()
  const watchers = new Map<string, FSWatcher>()
  let canWatch = true
  let touched = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let firstTouch = 0
  let isLooking = false
  let last: FolderChanges = { added: 0, changed: 0, moved: 0, gone: 0 }

  const lookIn = (delayMs: number): void => {
    if (timer) clearTimeout(timer)
    timer = abort.signal.aborted ? null : setTimeout(() => void look(), delayMs)
    // No reason to keep a program alive.
    timer?.unref()
  }
  const touch = (path: string): void => {
    touched.add(path)
    if (isLooking) return
    const now = performance.now()
    if (touched.size === 1) firstTouch = now
    lookIn(Math.max(0, Math.min(settleMs, firstTouch + 4 * settleMs - now)))
  }
  const giveUpWatching = (): void => {
    canWatch = false
    closeAll(watchers)
    if (!isLooking) lookIn(pollMs)
  }

  async function look(): Promise<void> {
    isLooking = true
    const seen = touched
    touched = new Set()
    const isFolderThere = await lookAtFolder(
      source,
      known(),
      canWatch ? seen : null,
      abort.signal,
    ).then(
      ({ changes, listing }) => {
        if (abort.signal.aborted) return true
        // What came after a folder was listed and before it was watched is seen by another look.
        if (canWatch && watchAll(listing.folders)) touched.add('')
        const isNews = JSON.stringify(changes) !== JSON.stringify(last)
        last = changes
        if (isNews) onChange(changes)
        return true
      },
      // A drive that is gone is no deletion of its files; it may come back.
      () => {
        closeAll(watchers)
        return false
      },
    )
    isLooking = false
    if (abort.signal.aborted) return
    if (!canWatch || !isFolderThere) lookIn(pollMs)
    else if (touched.size > 0) lookIn(settleMs)
  }

  /** @returns whether any was not watched before */
  function watchAll(folders: ReadonlyMap<string, string>): boolean {
    let isNew = false
    for (const [folder, watcher] of watchers)
      if (!folders.has(folder)) {
        watcher.close()
        watchers.delete(folder)
      }
    for (const [folder, path] of folders) {
      if (!canWatch) return false
      if (watchers.has(folder) || isWatchedFrom(folder, watchers)) continue
      try {
        const watcher = watchAt(folder, { persistent: false, recursive: isRecursive })
        watcher.on('change', (_, name) => touch(pathIn(path, String(name))))
        watcher.on('error', giveUpWatching)
        watchers.set(folder, watcher)
        isNew = true
      } catch {
        // Most often there are more folders than the system lets one watch.
        giveUpWatching()
      }
    }
    return isNew
  }

  void look()
  return () => {
    abort.abort()
    if (timer) clearTimeout(timer)
    closeAll(watchers)
  }
}

/** Elsewhere a deep watch would be made of one for each file, which is slow and soon too many. */
const isRecursive = process.platform === 'darwin' || process.platform === 'win32'

function isWatchedFrom(folder: string, watchers: ReadonlyMap<string, unknown>): boolean {
  return isRecursive && [...watchers.keys()].some((outer) => folder.startsWith(outer + sep))
}

function pathIn(folder: string, name: string): string {
  const path = name.replaceAll(sep, '/')
  return folder === '' ? path : `${folder}/${path}`
}

function closeAll(watchers: Map<string, FSWatcher>): void {
  for (const watcher of watchers.values()) watcher.close()
  watchers.clear()
}
