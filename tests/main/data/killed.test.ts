import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { ProjectStore } from '../../../src-main/data/projectStore.ts'
import { tempFolder } from './tempFolder.ts'

const times = 20
const script = fileURLToPath(new URL('writeUntilKilled.ts', import.meta.url))

/** Lets a process write into a project, kills it in the middle, and gives what it last said. */
async function killWhileWriting(
  folder: string,
  work: 'scan' | 'label',
  options: { readonly afterSteps: number; readonly onBusy?: () => void },
): Promise<number> {
  const child = spawn(process.execPath, [script, folder, work], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let steps = 0
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    steps = said.split('\n').length - 1
    if (steps < options.afterSteps) continue
    options.onBusy?.()
    child.kill('SIGKILL')
    break
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  // The last line may have been cut off.
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1))
}

function open(folder: string): ProjectStore {
  return ProjectStore.open(folder, () => new Date(0))
}

function expectWhole(folder: string): void {
  const database = new DatabaseSync(join(folder, 'project.db'))
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  database.close()
}

it(`loses nothing of a scan that is killed ${times} times`, async () => {
  const folder = tempFolder()
  for (let time = 0; time < times; time++) {
    const acknowledged = await killWhileWriting(folder, 'scan', {
      afterSteps: 1 + (time % 7),
      onBusy: () => expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'busy' })),
    })
    const store = open(folder)
    const { images } = store.counts()
    expect(images).toBeGreaterThanOrEqual(acknowledged)
    // Never half of a batch.
    expect(images % 100).toBe(0)
    expect(store.counts().labels).toBe(images / 100)
    store.close()
  }
  expectWhole(folder)
}, 120_000)

it(`loses nothing of labelling that is killed ${times} times`, async () => {
  const folder = tempFolder()
  const first = open(folder)
  const scan = first.beginScan('/pictures')
  const files = Array.from({ length: 500 }, (_, i) => ({
    path: `${i % 3}/${i}.png`,
    hash: `${i}`,
    label: `${i % 3}`,
    sizeBytes: 1,
    modifiedMs: 1,
    width: 1,
    height: 1,
  }))
  scan.add({ files, skipped: [] })
  scan.finish()
  first.close()
  for (let time = 0; time < times; time++) {
    const acknowledged = await killWhileWriting(folder, 'label', { afterSteps: 2 + (time % 7) })
    const store = open(folder)
    const { revision } = store.journal.state()
    expect(revision).toBeGreaterThanOrEqual(acknowledged)
    // What the newest entry says is what holds, for all images or for none of them.
    const { labels, labelRows } = store.images()
    const newest = store.journal.entries(1)[0]
    const held = new Set([...labels].map((label) => labelRows[label]?.name))
    if (newest?.kind === 'do') {
      expect([...held]).toEqual([newest.title.split(' as ')[1]])
    }
    store.close()
  }
  // All of it can still be taken back to the start.
  const last = open(folder)
  while (last.journal.undo() !== null);
  const { paths, labels, labelRows } = last.images()
  paths.forEach((path, i) => expect(labelRows[labels[i] ?? -1]?.name).toBe(path.split('/')[0]))
  last.close()
  expectWhole(folder)
}, 120_000)
