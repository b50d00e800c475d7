import { ProjectStore } from '../../../src-main/data/projectStore.ts'

/** Writes batches of 100 files into the project it is given, and says after each how many files it has. */
const [, , folder = ''] = process.argv
const store = ProjectStore.open(folder, () => new Date())
const scan = store.beginScan('/pictures')
for (let batch = 1; ; batch++) {
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
