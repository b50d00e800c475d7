/** A file among those that were dropped, with its path from the dropped folder on. */
interface DroppedFile {
  readonly path: string
  readonly file: File
}

export interface Dropped {
  /** Name of the folder, or of what stands for several things dropped at once. */
  readonly name: string
  readonly files: readonly DroppedFile[]
}

/**
 * Reads what a browser gives for a drop. The items must be taken out before anything is awaited, as
 * they are gone afterwards; so this is to be called in the drop's own handler.
 */
export function readDrop(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  return readEntries(entries)
}

/** Whether what is dragged comes from outside the window. */
export function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

export async function readEntries(entries: readonly FileSystemEntry[]): Promise<Dropped> {
  const [only] = entries
  if (entries.length === 1 && only !== undefined && isFolder(only)) {
    const inside = await childrenOf(only)
    return { name: only.name, files: (await Promise.all(inside.map((e) => filesIn(e, '')))).flat() }
  }
  const files = await Promise.all(entries.map((entry) => filesIn(entry, '')))
  return { name: 'Dropped images', files: files.flat() }
}

/** What a file input with `webkitdirectory` holds. */
export function filesOfInput(list: FileList): Dropped {
  const files = [...list].filter(({ name }) => !name.startsWith('.'))
  const [first] = files
  return {
    name: first?.webkitRelativePath.split('/')[0] ?? 'Images',
    files: files.map((file) => ({
      path: file.webkitRelativePath.split('/').slice(1).join('/') || file.name,
      file,
    })),
  }
}

async function filesIn(entry: FileSystemEntry, folder: string): Promise<DroppedFile[]> {
  // Hidden files, such as .DS_Store, are no images.
  if (entry.name.startsWith('.')) return []
  const path = `${folder}${entry.name}`
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ path, file }]
  }
  if (!isFolder(entry)) return []
  const inside = await childrenOf(entry)
  return (await Promise.all(inside.map((child) => filesIn(child, `${path}/`)))).flat()
}

/** A browser hands out at most 100 entries at a time, and none when it has told all. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return children
    children.push(...some)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
