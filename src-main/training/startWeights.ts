import { readFile } from 'node:fs/promises'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunConfig } from '../contract/runs.ts'
import type { ImportedBackbone } from '../model/imported/importBackbone.ts'
import type { Network } from '../model/network.ts'
import { createWeights } from '../model/weights.ts'
import type { Weights } from '../model/weights.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'
import { networkOf } from './networkOf.ts'
import { runFiles } from './runFolder.ts'

/** Keeps the weights of an imported backbone in the run's folder, so that its file is not needed again. */
export async function writeImportedWeights(
  runFolder: string,
  config: RunConfig,
  { weights }: ImportedBackbone,
): Promise<void> {
  const names = importedNames(createWeights(networkOf(config.settings, config.imported), 0))
  const parts = names.map((name) => {
    const values = weights.get(name)
    if (!values) throw new TypeError(`the imported backbone has no ${name}`)
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  })
  await writeFileSafely(runFiles.backbone(runFolder), Buffer.concat(parts))
}

/**
 * The weights that a run begins with: fresh ones by its seed, those of an imported backbone from its folder.
 *
 * @throws WorkbenchError `io` where these are missing or damaged
 */
export async function createStartWeights(
  runFolder: string,
  network: Network,
  { settings }: RunConfig,
): Promise<Weights> {
  const weights = createWeights(network, settings.seed)
  if (settings.backbone !== 'imported') return weights
  const path = runFiles.backbone(runFolder)
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new WorkbenchError(
      'io',
      `The weights of the imported backbone, ${path}, cannot be read. Start the run again.`,
      { cause },
    )
  })
  const names = importedNames(weights)
  const count = names.reduce((sum, name) => sum + weights.view(name).length, 0)
  if (bytes.length !== 4 * count)
    throw new WorkbenchError(
      'io',
      `${path} holds ${bytes.length} bytes, expected ${4 * count}. Start the run again.`,
    )
  const values = new Float32Array(new Uint8Array(bytes).buffer)
  let offset = 0
  for (const name of names) {
    const view = weights.view(name)
    view.set(values.subarray(offset, offset + view.length))
    offset += view.length
  }
  return weights
}

/** In the order of the file. */
function importedNames({ specs }: Weights): readonly string[] {
  return specs.flatMap(({ name }) => (name.startsWith('projector/') ? [] : [name]))
}
