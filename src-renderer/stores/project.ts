import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Hello } from '../../src-main/contract/api.ts'
import type { Catalogue } from '../../src-main/contract/catalogue.ts'
import { WorkbenchError } from '../../src-main/contract/errors.ts'
import type {
  ImageId,
  ImageTable,
  ScanProgress,
  SkippedFile,
} from '../../src-main/contract/images.ts'
import type { LibraryChange } from '../../src-main/contract/journal.ts'
import type { FolderChanges, ProjectInfo, ScanEvent } from '../../src-main/contract/project.ts'
import { changedTable } from './changedTable.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'

/** One image, by row of the table. */
export interface ImageRecord {
  readonly id: ImageId
  readonly row: number
  readonly path: string
  readonly hash: string
  /** Index into the label names, −1 for none. */
  readonly label: number
  readonly labelName: string | null
}

const emptyTable: ImageTable = {
  ids: new Int32Array(0),
  paths: [],
  hashes: [],
  labels: new Int32Array(0),
  labelRows: [],
  excluded: new Uint8Array(0),
  trashed: new Uint8Array(0),
  splits: new Uint8Array(0),
  modifiedMs: new Float64Array(0),
  widths: new Int32Array(0),
  heights: new Int32Array(0),
}

/** The open project: its images, and the scan that finds them. */
export const useProject = defineStore('project', () => {
  const connection = useConnection()
  const notices = useNotices()

  const hello = shallowRef<Hello | null>(null)
  const info = shallowRef<ProjectInfo | null>(null)
  const table = shallowRef<ImageTable>(emptyTable)
  const scan = shallowRef<ScanProgress | null>(null)
  const skipped = shallowRef<readonly SkippedFile[]>([])
  /** What differs in the folders from what was read; null for nothing, or where it was put off. */
  const folderChanges = shallowRef<FolderChanges | null>(null)
  const isOpening = ref(false)

  const isElectron = computed(() => hello.value?.host === 'electron')
  const catalogue = computed<Catalogue>(
    () => hello.value?.catalogue ?? { losses: [], miners: [], settings: [], rules: [] },
  )
  // A change of labels leaves the ids as they are, and then this map, which takes long to make.
  const ids = computed(() => table.value.ids)
  const rowOf = computed(() => {
    const rows = new Map<ImageId, number>()
    ids.value.forEach((id, row) => rows.set(id, row))
    return rows
  })
  const labelNames = computed(() => table.value.labelRows.map(({ name }) => name))
  /** Images of each label; the last number is of those without one. */
  const labelCounts = computed(() => {
    const { labels, labelRows } = table.value
    const counts = new Int32Array(labelRows.length + 1)
    for (const label of labels) {
      const place = label < 0 ? labelRows.length : label
      counts[place] = (counts[place] ?? 0) + 1
    }
    return counts
  })

  function imageOf(id: ImageId): ImageRecord | null {
    const row = rowOf.value.get(id)
    if (row === undefined) return null
    const { paths, hashes, labels } = table.value
    const label = labels[row] ?? -1
    return {
      id,
      row,
      path: paths[row] ?? '',
      hash: hashes[row] ?? '',
      label,
      labelName: labelNames.value[label] ?? null,
    }
  }

  function setHello(said: Hello): void {
    hello.value = said
  }

  function setInfo(next: ProjectInfo | null): void {
    if (next?.folder !== info.value?.folder) {
      table.value = emptyTable
      skipped.value = []
      scan.value = null
      folderChanges.value = null
    }
    info.value = next
  }

  async function load(): Promise<void> {
    const folder = info.value?.folder
    await notices.attempt(async () => {
      const api = connection.api()
      const [images, files, changes] = await Promise.all([
        api.images(),
        api.skipped(),
        api.folderChanges(),
      ])
      if (info.value?.folder !== folder) return
      table.value = images
      skipped.value = files
      onFolderChanges(changes)
    })
  }

  function applyChange(change: LibraryChange): void {
    table.value = changedTable(table.value, change, rowOf.value)
  }

  async function open(ask: () => Promise<ProjectInfo>): Promise<boolean> {
    if (isOpening.value) return false
    isOpening.value = true
    const opened = await notices.attempt(ask)
    isOpening.value = false
    if (opened === null) return false
    setInfo(opened)
    return true
  }

  const openFolder = (folder: string): Promise<boolean> =>
    open(() => connection.api().openFolder({ folder }))

  /** Takes folders and files into the project that is open. */
  const addPaths = (paths: readonly string[], label: string | null): Promise<boolean> =>
    open(() => connection.api().addToProject({ paths, label }))

  const removeSource = (folder: string): Promise<boolean> =>
    open(() => connection.api().removeSource({ folder }))

  function onFolderChanges(found: FolderChanges | null): void {
    const isSome = found !== null && Object.values(found).some((count) => count > 0)
    folderChanges.value = isSome ? found : null
  }

  /** Reads all folders again. */
  const rescan = (): Promise<boolean> => open(() => connection.api().rescan())

  const openSample = (): Promise<boolean> => open(() => connection.api().openSample())

  /** By a dialog of the system; false where the host has none or the person cancelled. */
  async function chooseFolder(use: (folder: string) => Promise<boolean>): Promise<boolean> {
    const folder = await notices.attempt(() => connection.api().chooseFolder())
    return folder === null ? false : use(folder)
  }

  async function close(): Promise<void> {
    await notices.attempt(async () => {
      await connection.api().closeProject()
      setInfo(null)
    })
  }

  async function cancelScan(): Promise<void> {
    await notices.attempt(() => connection.api().cancelScan())
  }

  let isLoading = false
  let nextLoadAt = 0

  /** While a scan goes on the table is read again now and then: never for more than a fifth of the time. */
  async function loadNowAndThen(): Promise<void> {
    const startedAt = performance.now()
    if (isLoading || startedAt < nextLoadAt) return
    isLoading = true
    await load()
    isLoading = false
    const endedAt = performance.now()
    nextLoadAt = endedAt + Math.max(700, 4 * (endedAt - startedAt))
  }

  async function onScan(event: ScanEvent): Promise<void> {
    switch (event.kind) {
      case 'progress':
        scan.value = event.progress
        folderChanges.value = null
        if (event.progress.done > 0) await loadNowAndThen()
        return
      case 'ended':
        scan.value = null
        setInfo(event.project)
        await load()
        if (event.cancelled)
          notices.show({
            tone: 'info',
            title: 'The scan was cancelled',
            detail: `${event.project.images} images were read and stay in the project.`,
            advice: 'Open the folder again to go on.',
          })
        return
      case 'failed':
        scan.value = null
        notices.showError(new WorkbenchError('io', event.message))
    }
  }

  return {
    hello,
    info,
    table,
    scan,
    skipped,
    folderChanges,
    onFolderChanges,
    rescan,
    isOpening,
    isElectron,
    catalogue,
    rowOf,
    labelNames,
    labelCounts,
    imageOf,
    setHello,
    setInfo,
    load,
    applyChange,
    openFolder,
    addPaths,
    removeSource,
    openSample,
    chooseFolder,
    close,
    cancelScan,
    onScan,
  }
})
