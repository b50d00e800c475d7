import { posix, sep } from 'node:path'
import { readEmbedding } from '../../analysis/sphereFrames.ts'
import type { ComputeExportRequest, TrainingImages } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { ExportResult } from '../../contract/exports.ts'
import type { RunConfig } from '../../contract/runs.ts'
import { openPixels } from '../../data/pixels.ts'
import { exportRun } from '../../export/exportRun.ts'
import type { ParityCheck } from '../../export/exportRun.ts'
import type { ExportedPart } from '../../export/layersModel.ts'
import { createEncoder } from '../../model/createEncoder.ts'
import type { Network } from '../../model/network.ts'
import { weightsFrom } from '../../model/weights.ts'
import type { Weights } from '../../model/weights.ts'
import { openEngine } from '../../numeric/engines/ladder.ts'
import { loadEpochWeights } from '../../training/checkpoint.ts'
import { networkOf } from '../../training/networkOf.ts'
import { readLastConfig } from '../../training/runFolder.ts'

/** Images that the written model is asked for: enough to be sure, few enough to wait for. */
const mostChecked = 64

/** Exports the last whole epoch of a run: its weights, and the embedding that they gave. */
export async function exportFromRun(request: ComputeExportRequest): Promise<ExportResult> {
  const { run, runFolder, folder, images } = request
  const config = await readLastConfig(runFolder)
  const last = await loadEpochWeights(runFolder)
  if (last === null)
    throw new WorkbenchError(
      'bad-request',
      `Run ${run} has no checkpoint yet. Wait until its first epoch is done.`,
    )
  const { epoch } = last
  const network = networkOf(config.settings, config.imported)
  const weights = weightsFrom(network, last.weights)
  const part = request.model
  return exportRun({
    run,
    config,
    epoch,
    folder,
    model: part && {
      part,
      network,
      weights,
      check: await checkOf({ request, config, network, weights, part }),
    },
    embeddings: request.embeddings
      ? {
          ...(await readEmbedding(runFolder, epoch)),
          paths: withoutCommonFolder(images.paths),
          labels: images.labels,
          labelNames: images.labelNames,
        }
      : null,
  })
}

/** What the engine that trained makes of some of the images. */
async function checkOf(options: {
  readonly request: ComputeExportRequest
  readonly config: RunConfig
  readonly network: Network
  readonly weights: Weights
  readonly part: ExportedPart
}): Promise<ParityCheck> {
  const { request, config, network, weights, part } = options
  const images = someOf(request.images)
  const count = images.hashes.length
  const { size } = network.input
  const pixels = await openPixels({ folder: request.pixelsFolder, size, images })
  const bytes = new Uint8Array(count * size * size * 3)
  try {
    for (let i = 0; i < count; i++) bytes.set(pixels.pixelsOf(i), i * size * size * 3)
  } finally {
    pixels.dispose()
  }
  const engine = await openEngine(config.engine)
  try {
    const encoder = createEncoder(engine, network, weights)
    try {
      const { offset, scale } = network.input
      const input = Float32Array.from(bytes, (byte) => (byte / 255 - offset) / scale)
      const { embedding, features } = await encoder.embed(input, count)
      const expected = (part === 'backbone' ? features : embedding).slice()
      return { images: count, pixels: bytes, expected }
    } finally {
      encoder.dispose()
    }
  } finally {
    engine.dispose()
  }
}

/** Images from all over the set. */
function someOf({ hashes, paths }: TrainingImages): Pick<TrainingImages, 'hashes' | 'paths'> {
  const count = Math.min(mostChecked, hashes.length)
  const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * hashes.length) / count))
  return {
    hashes: chosen.map((i) => hashes[i] ?? ''),
    paths: chosen.map((i) => paths[i] ?? ''),
  }
}

/** Where the images lay on this machine is nobody's business but the person's. */
function withoutCommonFolder(paths: readonly string[]): readonly string[] {
  const plain = paths.map((path) => path.split(sep).join(posix.sep))
  let common = posix.dirname(plain[0] ?? '')
  while (!plain.every((path) => path.startsWith(`${common}/`)) && common !== posix.dirname(common))
    common = posix.dirname(common)
  return plain.map((path) => (path.startsWith(`${common}/`) ? path.slice(common.length + 1) : path))
}
