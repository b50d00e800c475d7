import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Epochs of a run that have an embedding, ascending. */
export async function storedEpochs(runFolder: string): Promise<readonly number[]> {
  const names = await readdir(join(runFolder, 'embeddings')).catch(() => [])
  return names
    .flatMap((name) => {
      const [, epoch] = /^(\d+)\.npy$/.exec(name) ?? []
      return epoch === undefined ? [] : [Number(epoch)]
    })
    .sort((x, y) => x - y)
}
