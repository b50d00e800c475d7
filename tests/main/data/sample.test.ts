import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { ScannedFile } from '../../../src-main/contract/compute.ts'
import { scanFolder } from '../../../src-main/data/scanFolder.ts'
import { stampsOf } from './knownStamps.ts'
import { tempFolder } from './tempFolder.ts'

const sample = fileURLToPath(new URL('../../../resources/sample/', import.meta.url))

it('ships sample images: 60 labels with the same five drawings, all different, all with a notice', async () => {
  const files: ScannedFile[] = []
  await scanFolder(
    {
      source: `${sample}emoji`,
      files: null,
      rootLabel: null,
      thumbnailsFolder: tempFolder(),
      known: stampsOf({}),
    },
    {
      onBatch: (batch) => {
        expect(batch.skipped).toEqual([])
        files.push(...batch.files)
      },
      signal: new AbortController().signal,
    },
  )
  expect(new Set(files.map(({ label }) => label)).size).toBe(60)
  expect(new Set(files.map(({ hash }) => hash)).size).toBe(300)
  expect(new Set(files.map(({ width, height }) => `${width} × ${height}`))).toEqual(
    new Set(['96 × 96']),
  )
  const notice = readFileSync(`${sample}NOTICE.md`, 'utf8')
  const drawings = new Set(files.map(({ path }) => path.split('/').at(-1) ?? ''))
  expect(drawings.size).toBe(5)
  for (const drawing of drawings) expect(notice).toContain(`*/${drawing}`)
})
