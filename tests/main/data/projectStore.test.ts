import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ScannedFile } from '../../../src-main/contract/compute.ts'
import { ProjectStore } from '../../../src-main/data/projectStore.ts'
import { stampsOf } from './knownStamps.ts'
import { tempFolder } from './tempFolder.ts'

const source = '/pictures'

function file(path: string, hash = `hash of ${path}`): ScannedFile {
  const folder = path.split('/').at(-2) ?? null
  return { path, hash, label: folder, sizeBytes: 10, modifiedMs: 20, width: 3, height: 4 }
}

function open(folder: string): ProjectStore {
  const store = ProjectStore.open(folder, () => new Date(0))
  onTestFinished(() => store.close())
  return store
}

/** A scan that sees the whole source. */
function scan(
  store: ProjectStore,
  files: readonly ScannedFile[],
  skipped: readonly { readonly path: string; readonly reason: string }[] = [],
): void {
  const stored = store.beginScan(source)
  stored.add({ files, skipped })
  stored.finish()
}

function namesIn(store: ProjectStore): readonly string[] {
  return store.images().labelRows.map(({ name }) => name)
}

/** Id and label by path. */
function imagesOf(store: ProjectStore): Record<string, readonly [number, string | null]> {
  const { ids, paths, labels, labelRows } = store.images()
  return Object.fromEntries(
    paths.map((path, i) => [path, [ids[i] ?? NaN, labelRows[labels[i] ?? -1]?.name ?? null]]),
  )
}

describe('a project', () => {
  it('gives back what it was given, also after it was closed', () => {
    const folder = join(tempFolder(), 'made/when missing')
    const store = open(folder)
    const stored = store.beginScan(source)
    const files = [file('cats/a.png'), file('dogs/b.png'), file('loose.png'), file('cats/c.png')]
    stored.add({ files, skipped: [{ path: 'd.png', reason: 'The file is empty.' }] })
    stored.finish()
    store.close()
    store.close()

    const again = open(folder)
    expect(again.sources()).toEqual([{ folder: source, files: null }])
    expect(again.images()).toEqual({
      ids: Int32Array.of(1, 2, 3, 4),
      paths: files.map(({ path }) => path),
      hashes: files.map(({ hash }) => hash),
      labels: Int32Array.of(0, 1, -1, 0),
      labelRows: [
        { id: 1, name: 'cats', colour: null, parent: null },
        { id: 2, name: 'dogs', colour: null, parent: null },
      ],
      excluded: new Uint8Array(4),
      trashed: new Uint8Array(4),
      splits: new Uint8Array(4),
      modifiedMs: Float64Array.of(20, 20, 20, 20),
      widths: Int32Array.of(3, 3, 3, 3),
      heights: Int32Array.of(4, 4, 4, 4),
    })
    expect(again.absolutePaths()[1]).toBe(join(source, 'dogs/b.png'))
    expect(again.pathOf(2)).toBe(join(source, 'dogs/b.png'))
    expect(again.pathOf(99)).toBeNull()
    expect(again.skipped()).toEqual([{ path: 'd.png', reason: 'The file is empty.' }])
    expect(again.counts()).toEqual({ images: 4, labels: 2, skipped: 1 })
    const stamp = { sizeBytes: 10, modifiedMs: 20, width: 3, height: 4 }
    expect(again.beginScan(source).known()).toEqual(
      stampsOf(Object.fromEntries(files.map(({ path, hash }) => [path, { ...stamp, hash }]))),
    )
  })

  it('sorts labels as people do, and forgets those that no image has', () => {
    const store = open(tempFolder())
    scan(store, [file('img10/a.png'), file('img2/b.png'), file('Zoo/c.png')])
    expect(namesIn(store)).toEqual(['img2', 'img10', 'Zoo'])
    scan(store, [file('img10/a.png')])
    expect(namesIn(store)).toEqual(['img10'])
    expect(store.counts().labels).toBe(1)
  })

  it('holds a hundred thousand images', () => {
    const store = open(tempFolder())
    const stored = store.beginScan(source)
    for (let batch = 0; batch < 50; batch++)
      stored.add({
        files: Array.from({ length: 2000 }, (_, i) => file(`label ${i % 100}/${batch}-${i}.png`)),
        skipped: [],
      })
    stored.finish()
    expect(store.images().ids.length).toBe(100_000)
    expect(store.counts().labels).toBe(100)
  })
})

describe('a scan', () => {
  it('keeps ids, takes new bytes and forgets what is gone', () => {
    const store = open(tempFolder())
    scan(store, [file('a/1.png'), file('a/2.png'), file('a/3.png')])
    scan(store, [file('a/1.png'), file('a/3.png', 'new bytes'), file('a/4.png')])
    expect(imagesOf(store)).toEqual({
      'a/1.png': [1, 'a'],
      'a/3.png': [3, 'a'],
      'a/4.png': [4, 'a'],
    })
    expect(store.images().hashes[1]).toBe('new bytes')
  })

  it('never gives the id of an image that is gone to another', () => {
    const store = open(tempFolder())
    scan(store, [file('a/1.png'), file('a/2.png')])
    scan(store, [file('a/1.png')])
    scan(store, [file('a/1.png'), file('a/3.png')])
    expect(imagesOf(store)['a/3.png']?.[0]).toBe(3)
  })

  it('forgets nothing when it is cut off', () => {
    const store = open(tempFolder())
    scan(store, [file('a/1.png'), file('a/2.png')], [{ path: 'x.png', reason: 'It is broken.' }])
    store.beginScan(source).add({ files: [file('a/1.png')], skipped: [] })
    expect(store.counts()).toEqual({ images: 2, labels: 1, skipped: 1 })
  })

  it('forgets nothing in a folder that could not be read', () => {
    const store = open(tempFolder())
    scan(store, [file('a/b/1.png'), file('a/b2/1.png'), file('a%b/1.png')])
    scan(store, [], [{ path: 'a/b', reason: 'Antipode has no permission to read it.' }])
    expect(Object.keys(imagesOf(store))).toEqual(['a/b/1.png'])
  })

  it('knows a moved file by its bytes: the id stays, the label follows the folder', () => {
    const store = open(tempFolder())
    scan(store, [file('cats/1.png', 'x'), file('cats/2.png', 'x'), file('dogs/3.png', 'y')])
    scan(store, [file('pets/1.png', 'x'), file('pets/2.png', 'x'), file('3.png', 'y')])
    expect(imagesOf(store)).toEqual({
      'pets/1.png': [1, 'pets'],
      'pets/2.png': [2, 'pets'],
      '3.png': [3, null],
    })
  })

  it('knows a moved file also when the scan that found it was cut off', () => {
    const store = open(tempFolder())
    scan(store, [file('cats/1.png', 'x')])
    store.beginScan(source).add({ files: [file('pets/1.png', 'x')], skipped: [] })
    scan(store, [file('pets/1.png', 'x')])
    expect(imagesOf(store)).toEqual({ 'pets/1.png': [1, 'pets'] })
  })

  it('takes a copy for a copy, not for a move', () => {
    const store = open(tempFolder())
    scan(store, [file('cats/1.png', 'x'), file('cats/2.png', 'x')])
    scan(store, [file('cats/2.png', 'x')])
    expect(imagesOf(store)).toEqual({ 'cats/2.png': [2, 'cats'] })
  })

  it('keeps a label that a person chose, also when the file moves', () => {
    const folder = tempFolder()
    const store = open(folder)
    scan(store, [file('cats/1.png', 'x'), file('dogs/2.png', 'y')])
    store.close()
    const database = new DatabaseSync(join(folder, 'project.db'))
    database.exec(
      `UPDATE files SET label = (SELECT id FROM labels WHERE name = 'dogs') WHERE id = 1`,
    )
    database.close()

    const again = open(folder)
    scan(again, [file('cats/1.png', 'x'), file('dogs/2.png', 'y')])
    expect(imagesOf(again)['cats/1.png']).toEqual([1, 'dogs'])
    scan(again, [file('pets/1.png', 'x'), file('dogs/2.png', 'y')])
    expect(imagesOf(again)['pets/1.png']).toEqual([1, 'dogs'])
  })

  it('leaves no half of a batch behind', () => {
    const store = open(tempFolder())
    const broken = { ...file('a/2.png'), hash: null as unknown as string }
    expect(() =>
      store.beginScan(source).add({ files: [file('a/1.png'), broken], skipped: [] }),
    ).toThrow()
    expect(store.counts().images).toBe(0)
    scan(store, [file('a/1.png')])
    expect(store.counts().images).toBe(1)
  })
})

describe('labels of nested folders', () => {
  const groupsOf = (store: ProjectStore) =>
    Object.fromEntries(store.images().labelRows.map(({ name, parent }) => [name, parent]))

  it('are grouped by the folder above, where all images of a label share it', () => {
    const store = open(tempFolder())
    scan(store, [
      file('animals/cats/1.png'),
      file('animals/cats/2.png'),
      file('pictures/animals/dogs/3.png'),
      file('animals/both/4.png'),
      file('toys/both/5.png'),
      file('train/cars/6.png'),
      file('top/7.png'),
      file('loose.png'),
    ])
    expect(groupsOf(store)).toEqual({
      both: null,
      cars: null,
      cats: 'animals',
      dogs: 'animals',
      top: null,
    })
  })

  it('stay as people grouped them, also where they took them out of a group', () => {
    const store = open(tempFolder())
    const files = ['a', 'b', 'c'].map((name) => file(`animals/${name}/1.png`))
    scan(store, files)
    const idOf = (wanted: string) =>
      store.images().labelRows.find(({ name }) => name === wanted)?.id ?? NaN
    store.journal.run({ kind: 'groupLabel', label: idOf('a'), parent: null })
    store.journal.run({ kind: 'groupLabel', label: idOf('b'), parent: 'pets' })
    scan(store, [...files, file('animals/a/2.png'), file('animals/d/1.png')])
    expect(groupsOf(store)).toEqual({ a: null, b: 'pets', c: 'animals', d: 'animals' })
  })

  it('are not grouped by where the images lie when a person named the label', () => {
    const store = open(tempFolder())
    scan(store, [file('animals/cats/1.png'), file('animals/dogs/2.png')])
    store.addSource({ folder: '/more', files: null }, 'chosen')
    const more = store.beginScan('/more')
    more.add({ files: [file('things/cups/1.png')], skipped: [] })
    more.finish()
    expect(groupsOf(store)).toEqual({ cats: 'animals', dogs: 'animals', chosen: null })
  })

  it('are grouped after a scan that was cut off, too', () => {
    const store = open(tempFolder())
    store.beginScan(source).add({ files: [file('animals/cats/1.png')], skipped: [] })
    expect(groupsOf(store)).toEqual({ cats: null })
    scan(store, [file('animals/cats/1.png'), file('animals/cats/2.png')])
    expect(groupsOf(store)).toEqual({ cats: 'animals' })
  })
})

describe('opening', () => {
  it('refuses a project of a newer version and leaves it as it is', () => {
    const folder = tempFolder()
    const path = join(folder, 'project.db')
    open(folder).close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 1000')
    database.close()
    const before = readFileSync(path)
    const { mtimeMs } = statSync(path)
    expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'newer-version' }))
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
  })

  it('refuses files that are not projects, and can be asked again', () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'project.db'), 'This is no database. '.repeat(100))
    for (let i = 0; i < 2; i++)
      expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'io' }))

    const other = tempFolder()
    const database = new DatabaseSync(join(other, 'project.db'))
    database.exec('CREATE TABLE labels (of TEXT)')
    database.close()
    expect(() => open(other)).toThrow(expect.objectContaining({ code: 'io' }))
  })

  it('is for one at a time', () => {
    const folder = tempFolder()
    const store = open(folder)
    expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'busy' }))
    store.close()
    open(folder).close()
  })
})
