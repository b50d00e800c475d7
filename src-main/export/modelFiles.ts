import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { io } from '../numeric/tf.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'

/** Names of a written model, as TensorFlow.js has them. */
export const modelFileNames = ['model.json', 'weights.bin'] as const

/** Writes `model.json` and `weights.bin` into a folder that exists. */
export function modelWriter(folder: string, metadata: Record<string, unknown>): io.IOHandler {
  return {
    async save(artifacts) {
      const { modelTopology, weightSpecs = [], weightData, format, generatedBy } = artifacts
      const data = io.CompositeArrayBuffer.join(weightData)
      await writeFileSafely(join(folder, 'weights.bin'), new Uint8Array(data))
      const model = {
        format,
        generatedBy,
        convertedBy: 'Antipode',
        modelTopology,
        weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
        userDefinedMetadata: metadata,
      }
      await writeFileSafely(join(folder, 'model.json'), JSON.stringify(model))
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) }
    },
  }
}

/** Reads what {@link modelWriter} wrote. */
export function modelReader(folder: string): io.IOHandler {
  return {
    async load() {
      const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as io.ModelJSON
      return io.getModelArtifactsForJSON(json, async (manifest) => {
        const parts = await Promise.all(
          manifest.flatMap(({ paths }) => paths.map((path) => readFile(join(folder, path)))),
        )
        const data = new Uint8Array(Buffer.concat(parts))
        return [manifest.flatMap(({ weights }) => weights), data.buffer]
      })
    },
  }
}
