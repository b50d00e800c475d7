import { describe, expect, it, onTestFinished } from 'vitest'
import type { LibraryCommand } from '../../../../src-main/contract/journal.ts'
import { WorkbenchError } from '../../../../src-main/contract/errors.ts'
import { verdictKinds } from '../../../../src-main/contract/journal.ts'
import { ProjectStore } from '../../../../src-main/data/projectStore.ts'
import { random } from '../../../../src-main/numeric/random.ts'
import { tempFolder } from '../tempFolder.ts'

const source = '/pictures'
const files = ['cats/1', 'cats/2', 'cats/3', 'dogs/4', 'dogs/5', 'loose6'].map((name, i) => ({
  path: `${name}.png`,
  hash: `hash ${i}`,
  label: name.includes('/') ? (name.split('/')[0] ?? null) : null,
  sizeBytes: 1,
  modifiedMs: 2,
  width: 3,
  height: 4,
}))

function openWithImages(folder = tempFolder()): ProjectStore {
  const store = ProjectStore.open(folder, () => new Date(0))
  onTestFinished(() => store.close())
  const scan = store.beginScan(source)
  scan.add({ files, skipped: [] })
  scan.finish()
  return store
}

/** All that commands can change, by name. */
function stateOf(store: ProjectStore) {
  const { ids, labels, labelRows, excluded, trashed, splits } = store.images()
  return {
    images: [...ids].map((id, i) => ({
      id,
      label: labelRows[labels[i] ?? -1]?.name ?? null,
      marks: [excluded[i], trashed[i], splits[i]],
    })),
    labels: labelRows.map(({ id, name, colour, parent }) => ({ id, name, colour, parent })),
    verdicts: store.verdicts(),
  }
}

function labelsOf(store: ProjectStore): readonly (string | null)[] {
  return stateOf(store).images.map(({ label }) => label)
}

const images = (...ids: number[]) => Int32Array.from(ids)

describe('a command', () => {
  it('labels images, says what it did, and tells what is new', () => {
    const store = openWithImages()
    const change = store.journal.run({ kind: 'label', images: images(1, 4, 6), label: 2 })
    expect(labelsOf(store)).toEqual(['dogs', 'cats', 'cats', 'dogs', 'dogs', 'dogs'])
    // Image 4 was a dog already.
    expect(change).toEqual({
      kind: 'do',
      title: 'Label 3 images as dogs',
      labels: null,
      images: [{ property: 'label', ids: images(1, 6), values: images(2, 2) }],
      hasVerdicts: false,
      state: { revision: 1, undo: 'Label 3 images as dogs', redo: null },
    })
  })

  it('that changes nothing leaves no entry', () => {
    const store = openWithImages()
    expect(store.journal.run({ kind: 'label', images: images(4), label: 2 })).toBeNull()
    expect(store.journal.run({ kind: 'renameLabel', label: 1, name: ' cats ' })).toBeNull()
    expect(store.journal.state()).toEqual({ revision: 0, undo: null, redo: null })
  })

  it('creates a label from a selection, which is how a label is split', () => {
    const store = openWithImages()
    const change = store.journal.run({
      kind: 'createLabel',
      name: 'kittens',
      parent: 'pets',
      images: images(1, 2),
    })
    expect(labelsOf(store)).toEqual(['kittens', 'kittens', 'cats', 'dogs', 'dogs', null])
    expect(change?.labels).toContainEqual({ id: 3, name: 'kittens', colour: null, parent: 'pets' })
    store.journal.undo()
    expect(labelsOf(store)).toEqual(['cats', 'cats', 'cats', 'dogs', 'dogs', null])
    expect(stateOf(store).labels.map(({ name }) => name)).toEqual(['cats', 'dogs'])
  })

  it('merges labels, and undo takes them apart again', () => {
    const store = openWithImages()
    store.journal.run({ kind: 'createLabel', name: 'pups', parent: null, images: images(5) })
    const before = stateOf(store)
    const change = store.journal.run({ kind: 'mergeLabels', labels: [2, 3, 1], into: 1 })
    expect(change?.title).toBe('Merge dogs, pups into cats')
    expect(labelsOf(store)).toEqual(['cats', 'cats', 'cats', 'cats', 'cats', null])
    store.journal.undo()
    expect(stateOf(store)).toEqual(before)
  })

  it('of several is one step, and each sees what the one before did', () => {
    const store = openWithImages()
    const before = stateOf(store)
    const change = store.journal.run({
      kind: 'together',
      title: 'Tidy up',
      commands: [
        { kind: 'renameLabel', label: 1, name: 'felines' },
        { kind: 'createLabel', name: 'cats', parent: null, images: images(6) },
        { kind: 'trash', images: images(4), isTrashed: true },
      ],
    })
    expect(change?.state.undo).toBe('Tidy up')
    expect(labelsOf(store).slice(4)).toEqual(['dogs', 'cats'])
    store.journal.undo()
    expect(stateOf(store)).toEqual(before)
    store.journal.redo()
    expect(labelsOf(store)).toEqual(['felines', 'felines', 'felines', 'dogs', 'dogs', 'cats'])
  })

  it.each<[string, LibraryCommand, RegExp]>([
    ['an image that is gone', { kind: 'label', images: images(1, 77), label: 2 }, /image 77/],
    ['a label that is gone', { kind: 'label', images: images(1), label: 9 }, /no label 9/],
    ['a taken name', { kind: 'renameLabel', label: 1, name: 'dogs' }, /a label dogs already/],
    ['no name', { kind: 'renameLabel', label: 1, name: '  ' }, /1 to 200 characters/],
    [
      'a name that is too long',
      { kind: 'createLabel', name: 'x'.repeat(201), parent: null, images: images() },
      /has 201/,
    ],
    [
      'an image judged against itself',
      { kind: 'verdict', pairs: images(1, 2, 3, 3), verdict: 'same' },
      /Image 3 cannot/,
    ],
    [
      'a part that cannot be',
      {
        kind: 'together',
        title: 'Both',
        commands: [
          { kind: 'trash', images: images(1), isTrashed: true },
          { kind: 'deleteLabel', label: 9 },
        ],
      },
      /no label 9/,
    ],
  ])('with %s is refused, and nothing has changed', (_, command, reason) => {
    const store = openWithImages()
    store.journal.run({ kind: 'exclude', images: images(2), isExcluded: true })
    const before = stateOf(store)
    expect(() => store.journal.run(command)).toThrow(reason)
    expect(stateOf(store)).toEqual(before)
    expect(store.journal.state()).toMatchObject({ revision: 1, redo: null })
    expect(store.journal.undo()?.title).toBe('Exclude 1 image from training')
  })
})

describe('the journal', () => {
  it('goes on after a restart, and a new command ends what could be redone', () => {
    const folder = tempFolder()
    const first = openWithImages(folder)
    first.journal.run({ kind: 'renameLabel', label: 1, name: 'felines' })
    first.journal.run({ kind: 'deleteLabel', label: 2 })
    first.journal.undo()
    const left = stateOf(first)
    first.close()

    const second = ProjectStore.open(folder, () => new Date(5))
    onTestFinished(() => second.close())
    expect(stateOf(second)).toEqual(left)
    expect(second.journal.state()).toEqual({
      revision: 3,
      undo: 'Rename cats to felines',
      redo: 'Delete the label dogs',
    })
    second.journal.run({ kind: 'split', images: images(1), split: 'heldOut' })
    expect(second.journal.redo()).toBeNull()
    expect(second.journal.entries(10).map(({ kind, isInForce }) => [kind, isInForce])).toEqual([
      ['do', true],
      ['undo', true],
      ['do', false],
      ['do', true],
    ])
    expect(second.journal.entries(1)).toEqual([
      {
        id: 4,
        kind: 'do',
        title: 'Keep 1 image in the held-out part',
        at: new Date(5).toISOString(),
        isInForce: true,
      },
    ])
  })

  it('tells what was done to one image, undo and redo included', () => {
    const store = openWithImages()
    store.journal.run({ kind: 'label', images: images(1, 4, 6), label: 2 })
    store.journal.run({ kind: 'trash', images: images(2), isTrashed: true })
    store.journal.run({ kind: 'verdict', pairs: images(6, 2), verdict: 'same' })
    store.journal.run({ kind: 'renameLabel', label: 2, name: 'hounds' })
    store.journal.undo()
    store.journal.undo()
    store.journal.redo()
    const titlesOf = (id: number) =>
      store.journal.entriesOf(id).map(({ kind, title }) => `${kind}: ${title}`)
    expect(titlesOf(6)).toEqual([
      'redo: Judge a pair as same',
      'undo: Judge a pair as same',
      'do: Judge a pair as same',
      'do: Label 3 images as dogs',
    ])
    expect(titlesOf(1)).toEqual(['do: Label 3 images as dogs'])
    // It was a dog before: nothing was done to it.
    expect(titlesOf(4)).toEqual([])
    expect(store.journal.entriesOf(6)[2]).toMatchObject({ id: 3, isInForce: true })
  })

  it('brings a deleted label back beside one of its name that a scan has made meanwhile', () => {
    const store = openWithImages()
    store.journal.run({ kind: 'deleteLabel', label: 1 })
    const scan = store.beginScan(source)
    const more = { ...files[0], path: 'cats/7.png', hash: 'hash 7', label: 'cats' }
    scan.add({ files: [...files, more as (typeof files)[number]], skipped: [] })
    scan.finish()
    store.journal.undo()
    expect(labelsOf(store)).toEqual([
      'cats (2)',
      'cats (2)',
      'cats (2)',
      'dogs',
      'dogs',
      null,
      'cats',
    ])
  })

  it.each([1, 2, 3, 4, 5, 6])(
    'undoes any sequence of commands to the start, and redoes it to the end (seed %i)',
    (seed) => {
      const store = openWithImages()
      const start = stateOf(store)
      const states = [start]
      for (let step = 0; step < 60; step++) {
        const change = tried(() => store.journal.run(anyCommand(store, seed, step)))
        if (change) states.push(stateOf(store))
      }
      expect(states.length).toBeGreaterThan(15)
      const end = stateOf(store)
      for (const state of states.slice(0, -1).reverse()) {
        store.journal.undo()
        expect(stateOf(store)).toEqual(state)
      }
      expect(store.journal.undo()).toBeNull()
      for (const state of states.slice(1)) {
        store.journal.redo()
        expect(stateOf(store)).toEqual(state)
      }
      expect(store.journal.redo()).toBeNull()
      expect(stateOf(store)).toEqual(end)
    },
  )
})

/** Null where the command was refused. */
function tried<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error
    return null
  }
}

/** Legal or not, of any kind. */
function anyCommand(store: ProjectStore, seed: number, step: number): LibraryCommand {
  const stream = random(seed, 'commands', step)
  const below = (n: number) => stream.integer(n)
  const labels = store.images().labelRows.map(({ id }) => id)
  const label = labels[below(labels.length + 1)] ?? 99
  const some = Int32Array.from({ length: below(4) + 1 }, () => below(6) + 1)
  const isOn = below(2) === 0
  const name = `name ${below(20)}`
  const kinds: readonly LibraryCommand[] = [
    { kind: 'label', images: some, label: isOn ? label : null },
    { kind: 'createLabel', name, parent: isOn ? 'group' : null, images: some },
    // More often than deleting, or soon there is no label left.
    { kind: 'createLabel', name, parent: null, images: some.slice(1) },
    { kind: 'createLabel', name, parent: null, images: some.slice(2) },
    { kind: 'renameLabel', label, name },
    { kind: 'recolourLabel', label, colour: isOn ? '#e69f00' : null },
    { kind: 'groupLabel', label, parent: isOn ? 'group' : null },
    { kind: 'mergeLabels', labels: labels.slice(0, 2), into: label },
    { kind: 'deleteLabel', label },
    { kind: 'exclude', images: some, isExcluded: isOn },
    { kind: 'trash', images: some, isTrashed: isOn },
    { kind: 'split', images: some, split: isOn ? 'heldOut' : 'auto' },
    {
      kind: 'verdict',
      pairs: Int32Array.of(1 + below(3), 4 + below(3)),
      verdict: verdictKinds[below(verdictKinds.length)] ?? 'none',
    },
  ]
  return kinds[below(kinds.length)] as LibraryCommand
}
