import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeSphereFrame } from '../../../src-main/analysis/sphereFrames.ts'
import type { RunPlace } from '../../../src-main/contract/compute.ts'
import type { RunRequest } from '../../../src-main/contract/runs.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { createRunFolder } from '../../../src-main/training/runFolder.ts'
import { madeRows } from '../analysis/madeRows.ts'

export interface MadeRunFolder {
  readonly place: RunPlace
  readonly ids: Int32Array
  /** Stores rows about six centres as the embedding of an epoch. */
  store(epoch: number, options?: Partial<Parameters<typeof madeRows>[0]>): Promise<Float32Array>
  dispose(): void
}

const shape = { count: 120, dim: 16, centres: 6, spread: 0.12 }

/** A run that was never trained: its configuration, its images, and whatever rows it is given. */
export async function madeRunFolder(
  request: Pick<RunRequest, 'regime' | 'loss'> & { readonly settings?: RunRequest['settings'] },
): Promise<MadeRunFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'antipode-made-run-'))
  const runFolder = join(folder, 'run')
  const settings = { dim: shape.dim, batchSize: 24, holdout: 0.2, ...request.settings }
  await createRunFolder(
    runFolder,
    resolveRunConfig({ ...request, engine: 'auto', settings }, 'native'),
  )
  const ids = Int32Array.from({ length: shape.count }, (_, i) => 5 * i + 2)
  const labels = Array.from(ids, (_, i) => i % shape.centres)
  writeFileSync(
    join(runFolder, 'images.json'),
    JSON.stringify({
      version: 1,
      ids: [...ids],
      paths: Array.from(ids, (_, i) => `/nowhere/kind${labels[i]}/${i}.png`),
      hashes: Array.from(ids, (_, i) => `${i}`),
      labels,
      labelNames: [...'abcdef'],
    }),
  )
  return {
    place: { run: 'r', runFolder, pixelsFolder: join(folder, 'pixels') },
    ids,
    async store(epoch, options = {}) {
      const rows = madeRows({ ...shape, ...options })
      await storeSphereFrame({ run: 'r', runFolder, ids }, { epoch, isLast: false, rows })
      return rows.data
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}
