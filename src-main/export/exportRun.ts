import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../contract/errors.ts'
import type { ExportResult } from '../contract/exports.ts'
import type { RunConfig, RunId } from '../contract/runs.ts'
import type { Network } from '../model/network.ts'
import type { Weights } from '../model/weights.ts'
import * as tf from '../numeric/tf.ts'
import type { Tensor } from '../numeric/tf.ts'
import type { ExportedRows } from './embeddingFiles.ts'
import { embeddingFileNames, writeEmbeddingFiles } from './embeddingFiles.ts'
import { layersModelOf } from './layersModel.ts'
import type { ExportedPart } from './layersModel.ts'
import { modelFileNames, modelReader, modelWriter } from './modelFiles.ts'

export interface ExportRequestOfRun {
  readonly run: RunId
  readonly config: RunConfig
  readonly epoch: number
  /** Made if missing. Files that it has under the same names are replaced. */
  readonly folder: string
  readonly model: {
    readonly part: ExportedPart
    readonly network: Network
    readonly weights: Weights
    readonly check: ParityCheck
  } | null
  readonly embeddings: ExportedRows | null
}

/** Some images, and what the engine that trained makes of them. */
export interface ParityCheck {
  readonly images: number
  /** RGB bytes, `[images, size, size, 3]`. */
  readonly pixels: Uint8Array
  /** Features or unit rows, `[images, …]`. */
  readonly expected: Float32Array
}

/**
 * Writes what was asked for. A model is then loaded again from its files and asked for the images of
 * the check, on the tensor backend that is active.
 *
 * @throws WorkbenchError `io` when the folder cannot be written
 */
export async function exportRun(request: ExportRequestOfRun): Promise<ExportResult> {
  const { folder, model, embeddings } = request
  try {
    await mkdir(folder, { recursive: true })
    let parity: ExportResult['parity'] = null
    if (model) {
      await writeModel(request, model)
      parity = { images: model.check.images, maxDifference: await differenceOf(folder, model) }
    }
    if (embeddings) await writeEmbeddingFiles(folder, embeddings)
    const names = [...(model ? modelFileNames : []), ...(embeddings ? embeddingFileNames : [])]
    const files = await Promise.all(
      names.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })),
    )
    return { folder, files, parity }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (error instanceof WorkbenchError || !/^E[A-Z]+$/.test(code)) throw error
    throw new WorkbenchError(
      'io',
      `The folder ${folder} cannot be written (${code}). Choose another one, or make room.`,
      { cause: error },
    )
  }
}

type ExportedModel = NonNullable<ExportRequestOfRun['model']>

async function writeModel(
  { run, config, epoch, folder }: ExportRequestOfRun,
  { part, network, weights }: ExportedModel,
): Promise<void> {
  const model = layersModelOf(network, weights, part)
  try {
    const { size } = network.input
    await model.save(
      modelWriter(folder, {
        input: `RGB bytes as floats in 0 … 255, [batch, ${size}, ${size}, 3], centre crop`,
        output: part === 'backbone' ? 'features, not normalised' : 'embedding, unit length',
        run,
        epoch,
        config,
      }),
    )
  } finally {
    model.dispose()
  }
}

/** Largest absolute difference between the written model and what the engine computed. */
async function differenceOf(folder: string, { network, check }: ExportedModel): Promise<number> {
  const model = await tf.loadLayersModel(modelReader(folder))
  const { size, channels } = network.input
  const input = tf.tensor4d(Float32Array.from(check.pixels), [check.images, size, size, channels])
  const output = model.predict(input) as Tensor
  try {
    const values = await output.data()
    return check.expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (values[i] ?? NaN))),
      0,
    )
  } finally {
    tf.dispose([input, output])
    model.dispose()
  }
}
