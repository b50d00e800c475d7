import { ProjectStore } from '../../../src-main/data/projectStore.ts'

/**
 * Writes into the project that it is given until it is killed, and says after each step what is on the
 * disk. `scan` adds batches of 100 files and says how many files there are; `label` runs commands,
 * each tenth an undo, and says the revision of the journal.
 */
const [, , folder = '', work = 'scan'] = process.argv
const store = ProjectStore.open(folder, () => new Date())

function writeBatches(batches: number): void {
  const scan = store.beginScan('/pictures')
  const start = store.counts().images / 100
  for (let batch = start + 1; batch <= start + batches; batch++) {
    const files = Array.from({ length: 100 }, (_, i) => ({
      path: `${batch}/${i}.png`,
      hash: `${batch} ${i}`,
      label: `${batch}`,
      sizeBytes: 1,
      modifiedMs: 1,
      width: 1,
      height: 1,
    }))
    scan.add({ files, skipped: [] })
    process.stdout.write(`${store.counts().images}\n`)
  }
}

function labelOnAndOn(): void {
  const { ids, labelRows } = store.images()
  for (let step = store.journal.state().revision; ; step++) {
    const label = labelRows[step % labelRows.length]?.id ?? null
    if (step % 10 === 9) store.journal.undo()
    else store.journal.run({ kind: 'label', images: ids, label })
    process.stdout.write(`${store.journal.state().revision}\n`)
  }
}

if (work === 'scan') writeBatches(Infinity)
else labelOnAndOn()
