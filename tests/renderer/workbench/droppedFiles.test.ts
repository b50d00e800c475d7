import { expect, it } from 'vitest'
import { readEntries } from '../../../src-renderer/workbench/droppedFiles.ts'

function fileEntry(name: string): FileSystemEntry {
  const file = (resolve: (file: File) => void) => resolve(new File([name], name))
  return { isFile: true, isDirectory: false, name, file } as unknown as FileSystemEntry
}

/** Hands its children out two at a time, as a browser does a hundred at a time. */
function folderEntry(name: string, ...children: FileSystemEntry[]): FileSystemEntry {
  const createReader = () => {
    const left = [...children]
    return {
      readEntries: (resolve: (some: FileSystemEntry[]) => void) => resolve(left.splice(0, 2)),
    }
  }
  return { isFile: false, isDirectory: true, name, createReader } as unknown as FileSystemEntry
}

it('reads all of a folder, with paths from inside it', async () => {
  const birds = folderEntry(
    'birds',
    folderEntry('wren', fileEntry('1.jpg'), fileEntry('2.jpg'), fileEntry('3.jpg')),
    fileEntry('loose.png'),
    fileEntry('.DS_Store'),
    folderEntry('.git', fileEntry('HEAD')),
  )
  const { name, files } = await readEntries([birds])
  expect(name).toBe('birds')
  expect(files.map(({ path }) => path)).toEqual([
    'wren/1.jpg',
    'wren/2.jpg',
    'wren/3.jpg',
    'loose.png',
  ])
})

it('keeps the names of several folders dropped at once, as they are labels', async () => {
  const { files } = await readEntries([
    folderEntry('wren', fileEntry('1.jpg')),
    folderEntry('tit', fileEntry('1.jpg')),
  ])
  expect(files.map(({ path }) => path)).toEqual(['wren/1.jpg', 'tit/1.jpg'])
})
