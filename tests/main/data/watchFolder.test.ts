import { watch } from 'node:fs'
import { mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { FolderChanges } from '../../../src-main/contract/project.ts'
import type { KnownFiles } from '../../../src-main/data/source.ts'
import { watchFolder } from '../../../src-main/data/watchFolder.ts'
import { tempFolder, writeFiles } from './tempFolder.ts'

const none: FolderChanges = { added: 0, changed: 0, moved: 0, gone: 0 }

/** Watches a folder that the project has just read. */
async function watching(
  folder: string,
  paths: readonly string[],
  options: {
    readonly files?: readonly string[]
    readonly skipped?: readonly string[]
    readonly watchAt?: typeof watch
  } = {},
) {
  const entries = await Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await stat(join(folder, path))
      return [path, [size, Math.round(mtimeMs)] as const] as const
    }),
  )
  const known: KnownFiles = {
    stamps: new Map(entries),
    skipped: new Set(options.skipped ?? []),
  }
  const heard: FolderChanges[] = []
  const looks = vi.fn(() => known)
  const stop = watchFolder({
    source: { folder, files: options.files ?? null },
    known: looks,
    onChange: (changes) => heard.push(changes),
    settleMs: 40,
    pollMs: 120,
    ...(options.watchAt ? { watchAt: options.watchAt } : {}),
  })
  onTestFinished(stop)
  await expect.poll(() => looks.mock.calls.length).toBeGreaterThan(0)
  // The first look lists and then watches; a file that comes in between is seen by either.
  await new Promise((resolve) => setTimeout(resolve, 100))
  return { heard, stop, looks }
}

const lastOf = (heard: readonly FolderChanges[]) => heard.at(-1) ?? none

async function madeFolder(): Promise<{ folder: string; paths: readonly string[] }> {
  const folder = tempFolder()
  const paths = ['cats/a.png', 'cats/b.png', 'dogs/c.png']
  await writeFiles(folder, Object.fromEntries(paths.map((path) => [path, `bytes of ${path}`])))
  return { folder, paths }
}

const cannotWatch: typeof watch = () => {
  throw Object.assign(new Error('no more watches'), { code: 'ENOSPC' })
}

describe.each([
  ['watched', watch],
  ['only looked at now and then', cannotWatch],
] as const)('a folder that is %s', (_, watchAt) => {
  it('tells of files that come, go, move and change, and takes it back', async () => {
    const { folder, paths } = await madeFolder()
    const { heard } = await watching(folder, paths, { watchAt })
    await writeFiles(folder, { 'cats/new.png': 'new', 'cats/notes.txt': 'no image' })
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, added: 1 })
    await rm(join(folder, 'cats/a.png'))
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, added: 1, gone: 1 })
    await rename(join(folder, 'cats/b.png'), join(folder, 'dogs/b.png'))
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, added: 1, gone: 1, moved: 1 })
    await rm(join(folder, 'cats/new.png'))
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, gone: 1, moved: 1 })
  })

  it('tells of other bytes in a known file', async () => {
    const { folder, paths } = await madeFolder()
    const { heard } = await watching(folder, paths, { watchAt })
    await writeFile(join(folder, 'dogs/c.png'), 'other bytes, and more of them')
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, changed: 1 })
  })

  it('tells of what comes into a folder that is new itself', async () => {
    const { folder, paths } = await madeFolder()
    const { heard } = await watching(folder, paths, { watchAt })
    await mkdir(join(folder, 'birds/small'), { recursive: true })
    await expect.poll(() => lastOf(heard)).toEqual(none)
    await new Promise((resolve) => setTimeout(resolve, 150))
    await writeFiles(folder, { 'birds/small/wren.png': 'a wren' })
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, added: 1 })
  })

  it('says nothing when its stop was called', async () => {
    const { folder, paths } = await madeFolder()
    const { heard, stop, looks } = await watching(folder, paths, { watchAt })
    stop()
    stop()
    const before = looks.mock.calls.length
    await writeFiles(folder, { 'cats/new.png': 'new' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(heard).toEqual([])
    expect(looks.mock.calls.length).toBe(before)
  })
})

describe('watchFolder', () => {
  it('finds at once what came while the folder was read', async () => {
    const { folder, paths } = await madeFolder()
    const { heard } = await watching(folder, paths.slice(1))
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, added: 1 })
  })

  it('takes a file that could not be read for known until it changes', async () => {
    const { folder, paths } = await madeFolder()
    await writeFiles(folder, { 'cats/torn.png': 'torn' })
    const { heard } = await watching(folder, paths, { skipped: ['cats/torn.png'] })
    expect(heard).toEqual([])
    await writeFile(join(folder, 'cats/torn.png'), 'mended')
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, changed: 1 })
  })

  it('cares for nothing but the files that belong to the project', async () => {
    const { folder } = await madeFolder()
    const { heard } = await watching(folder, ['cats/a.png'], { files: ['cats/a.png'] })
    await writeFiles(folder, { 'cats/new.png': 'new' })
    await rm(join(folder, 'cats/a.png'))
    await expect.poll(() => lastOf(heard)).toEqual({ ...none, gone: 1 })
  })

  it('takes a folder that is gone for a drive that was pulled out, and finds it again', async () => {
    const { folder, paths } = await madeFolder()
    const { heard } = await watching(folder, paths)
    await rename(folder, `${folder} elsewhere`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    // What is left where a drive was mounted.
    await mkdir(folder)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(heard).toEqual([])
    await rm(folder, { recursive: true })
    await rename(`${folder} elsewhere`, folder)
    await writeFiles(folder, { 'cats/new.png': 'new' })
    await expect.poll(() => lastOf(heard), { timeout: 3000 }).toEqual({ ...none, added: 1 })
    // It is watched as before, not only looked at.
    await utimes(join(folder, 'cats/a.png'), new Date(2020, 0), new Date(2020, 0))
    await expect
      .poll(() => lastOf(heard), { timeout: 3000 })
      .toEqual({ ...none, added: 1, changed: 1 })
  })
})
