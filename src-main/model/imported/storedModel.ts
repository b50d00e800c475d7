import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import * as z from 'zod'
import { WorkbenchError } from '../../contract/errors.ts'
import { decodeWeights, weightEntry } from './decodeWeights.ts'
import type { StoredWeight, StoredWeights } from './decodeWeights.ts'

/** A TensorFlow.js model as it lies on disk: what it is made of, and its numbers. */
export interface StoredModel {
  readonly topology: Readonly<Record<string, unknown>>
  readonly weights: StoredWeights
}

const modelJson = z.looseObject({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(
    z.looseObject({ paths: z.array(z.string()), weights: z.array(weightEntry) }),
  ),
})

/**
 * Reads `model.json` and the files of weights that it names.
 *
 * @param path of the file, or of the folder that it lies in
 * @throws WorkbenchError `bad-request` where something is missing, of the wrong size or of a type that is
 *   not known
 */
export async function readStoredModel(path: string): Promise<StoredModel> {
  const file = (await isFolder(path)) ? join(path, 'model.json') : path
  const text = await readPart(file, 'There is no model')
  const { modelTopology, weightsManifest } = parsed(file, new TextDecoder().decode(text))
  const weights = new Map<string, StoredWeight>()
  for (const { paths, weights: entries } of weightsManifest) {
    const parts = await Promise.all(paths.map((name) => readShard(file, name)))
    const bytes = new Uint8Array(Buffer.concat(parts))
    for (const [name, weight] of decodeWeights(entries, bytes, paths.join(', ')))
      weights.set(name, weight)
  }
  return { topology: modelTopology, weights }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // What cannot be looked at cannot be read either, and reading says why.
    return false
  }
}

function parsed(file: string, text: string): z.infer<typeof modelJson> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new WorkbenchError('bad-request', `${file} is not JSON. ${whatToChoose}`, { cause })
  }
  const model = modelJson.safeParse(json)
  if (model.success) return model.data
  const [issue] = model.error.issues
  const where = issue ? `${issue.path.join('.')}: ${issue.message}` : ''
  throw new WorkbenchError(
    'bad-request',
    `${file} is not a TensorFlow.js model (${where}). ${whatToChoose}`,
  )
}

const whatToChoose = 'Choose the model.json that TensorFlow.js or its converter wrote.'

/** A file of weights, which lies beside the model or below it. */
async function readShard(file: string, name: string): Promise<Uint8Array> {
  if (isAbsolute(name) || name.split(/[\\/]/).includes('..'))
    throw new WorkbenchError(
      'bad-request',
      `${file} names weights outside of its folder: ${name}. Only files beside it are read.`,
    )
  return readPart(join(dirname(file), name), `${file} needs a file that is not there`)
}

async function readPart(path: string, missing: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const message =
      code === 'ENOENT'
        ? `${missing}: ${path}. Put model.json and all its files of weights into one folder.`
        : `${path} cannot be read (${code}).`
    throw new WorkbenchError('bad-request', message, { cause })
  }
}
