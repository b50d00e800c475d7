import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a file so that it is there whole or not at all: temporary file, fsync, rename. */
export async function writeFileSafely(path: string, data: string | Uint8Array): Promise<void> {
  const draft = `${path}.part`
  await writeToDisk(draft, data)
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** Writes a file and waits until it is on the disk. */
export async function writeToDisk(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes renames in a folder last. Windows cannot and need not. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
