import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type {
  JournalState,
  LibraryChange,
  LibraryCommand,
} from '../../src-main/contract/journal.ts'
import type { LabelId } from '../../src-main/contract/labels.ts'
import type { LabelExportProgress } from '../../src-main/contract/labelFiles.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useProject } from './project.ts'

const nothingDone: JournalState = { revision: 0, undo: null, redo: null }

/** Everything that changes labels, marks and verdicts, and the way back. */
export const useLabelling = defineStore('labelling', () => {
  const connection = useConnection()
  const notices = useNotices()
  const project = useProject()

  const state = shallowRef<JournalState>(nothingDone)
  const canUndo = computed(() => state.value.undo !== null)
  const canRedo = computed(() => state.value.redo !== null)
  /** How far an export of labels is; null before the first. */
  const labelExport = shallowRef<LabelExportProgress | null>(null)
  /** The change that came last, for those who show it or read more of it. */
  const last = shallowRef<LibraryChange | null>(null)

  async function load(): Promise<void> {
    const loaded = await notices.attempt(() => connection.api().journalState())
    if (loaded) state.value = loaded
  }

  /** @returns whether it was done; a refusal is shown */
  async function run(command: LibraryCommand): Promise<boolean> {
    const done = await notices.attempt(async () => {
      await connection.api().changeLibrary(command)
      return true
    })
    return done === true
  }

  const label = (images: Iterable<ImageId>, to: LabelId | null): Promise<boolean> =>
    run({ kind: 'label', images: Int32Array.from(images), label: to })

  const undo = (): Promise<unknown> => notices.attempt(() => connection.api().undo())
  const redo = (): Promise<unknown> => notices.attempt(() => connection.api().redo())

  /** Also of changes that another window made. */
  function onChange(change: LibraryChange): void {
    state.value = change.state
    project.applyChange(change)
    last.value = change
  }

  function reset(): void {
    state.value = nothingDone
    last.value = null
  }

  function onExport(progress: LabelExportProgress): void {
    labelExport.value = progress
  }

  return {
    state,
    last,
    labelExport,
    onExport,
    canUndo,
    canRedo,
    load,
    run,
    label,
    undo,
    redo,
    onChange,
    reset,
  }
})
