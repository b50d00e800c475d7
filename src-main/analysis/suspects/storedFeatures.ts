import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../../contract/errors.ts'
import { readNpy, writeNpy } from '../../numeric/npy.ts'
import type { Rows } from '../neighbours.ts'

/** Epochs whose features are kept, the last ones: as many as have a checkpoint to go on from. */
const keptEpochs = 2

/**
 * Writes `embeddings/<epoch>.features.npy` and removes those of epochs long past: features are wider
 * than embeddings, and only suspects ask for them.
 *
 * @param features what the backbone makes of all images, not normalised, `[images, dim]`
 */
export async function storeFeatures(
  runFolder: string,
  epoch: number,
  features: Rows,
): Promise<void> {
  const folder = join(runFolder, 'embeddings')
  await mkdir(folder, { recursive: true })
  const { data, dim } = features
  await writeNpy(fileOf(folder, epoch), { data, shape: [data.length / dim, dim] })
  const older = (await readdir(folder))
    .flatMap((name) => {
      const found = /^(\d+)\.features\.npy$/.exec(name)?.[1]
      return found !== undefined && Number(found) < epoch ? [Number(found)] : []
    })
    .sort((a, b) => b - a)
  for (const past of older.slice(keptEpochs - 1)) await rm(fileOf(folder, past), { force: true })
}

/** Null where they were not kept. @throws WorkbenchError `io` when they cannot be read */
export async function readFeatures(runFolder: string, epoch: number): Promise<Rows | null> {
  try {
    const { data, shape } = await readNpy(fileOf(join(runFolder, 'embeddings'), epoch))
    return { data, dim: shape[1] ?? 0 }
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'not-found') return null
    throw error
  }
}

function fileOf(folder: string, epoch: number): string {
  return join(folder, `${epoch}.features.npy`)
}
