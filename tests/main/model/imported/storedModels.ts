import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '../../../../src-main/numeric/random.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'
import type { LayersModel, SymbolicTensor, io, layers } from '../../../../src-main/numeric/tf.ts'

/** A folder for models that is gone after the test. */
export async function modelFolder(): Promise<{ path: string; dispose: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'antipode-model-'))
  return { path, dispose: () => rm(path, { recursive: true }) }
}

/** Numbers as training leaves them, in place of the regular ones that a fresh model has. */
export function randomise(model: LayersModel): void {
  const names = model.weights.map(({ originalName }) => originalName)
  const values = model.getWeights().map((tensor, i) => {
    const stream = random(5, `stored ${names[i]}`)
    const spread = names[i]!.endsWith('kernel') ? Math.sqrt(2 / fanIn(tensor.shape)) : 0.3
    const data = Float32Array.from({ length: tensor.size }, () => spread * stream.normal())
    if (names[i]!.endsWith('variance'))
      data.forEach((value, k) => (data[k] = 0.2 + Math.abs(value)))
    if (names[i]!.endsWith('gamma')) data.forEach((value, k) => (data[k] = 1 + value))
    return tf.tensor(data, tensor.shape)
  })
  model.setWeights(values)
  tf.dispose(values)
}

function fanIn(shape: readonly number[]): number {
  return shape.slice(0, -1).reduce((product, length) => product * length, 1)
}

/** What MobileNets are made of, on images of 17 px, behind it a classifier. */
export function mobileModel(side = 17): LayersModel {
  const through = (x: SymbolicTensor, ...parts: layers.Layer[]) =>
    parts.reduce((from, part) => part.apply(from) as SymbolicTensor, x)
  const input = tf.input({ shape: [side, side, 3] })
  const stem = through(
    input,
    tf.layers.zeroPadding2d({
      name: 'stem_pad',
      padding: [
        [0, 1],
        [0, 1],
      ],
    }),
    conv('stem', 6, { kernelSize: 3, strides: 2 }),
    tf.layers.batchNormalization({ name: 'stem_bn', epsilon: 1e-3 }),
    tf.layers.reLU({ name: 'stem_relu', maxValue: 6 }),
  )
  const body = through(
    stem,
    conv('widen', 12, { kernelSize: 1 }),
    tf.layers.batchNormalization({ name: 'widen_bn' }),
    tf.layers.activation({ name: 'widen_relu', activation: 'relu6' }),
    tf.layers.depthwiseConv2d({
      name: 'deep',
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      depthMultiplier: 1,
    }),
    tf.layers.batchNormalization({ name: 'deep_bn' }),
    tf.layers.reLU({ name: 'deep_relu', maxValue: 6 }),
    conv('narrow', 6, { kernelSize: 1 }),
    tf.layers.batchNormalization({ name: 'narrow_bn', scale: false }),
  )
  const sum = tf.layers.add({ name: 'sum' }).apply([stem, body]) as SymbolicTensor
  const features = through(
    sum,
    // Nothing linear stands before it.
    tf.layers.batchNormalization({ name: 'loose_bn', center: false }),
    tf.layers.separableConv2d({
      name: 'separable',
      filters: 8,
      kernelSize: 3,
      activation: 'relu',
      depthMultiplier: 1,
    }),
    tf.layers.zeroPadding2d({ name: 'pool_pad', padding: [1, 1] as never }),
    tf.layers.maxPooling2d({ name: 'pool', poolSize: 3, strides: 2 }),
    tf.layers.averagePooling2d({ name: 'mean', poolSize: 2, strides: 1, padding: 'same' }),
    tf.layers.globalAveragePooling2d({ name: 'features' }),
  )
  const output = through(
    features,
    tf.layers.dropout({ name: 'drop', rate: 0.2 }),
    tf.layers.dense({ name: 'hidden', units: 5, activation: 'relu' }),
    tf.layers.dense({ name: 'classes', units: 4, activation: 'softmax' }),
  )
  const model = tf.model({ inputs: input, outputs: output })
  randomise(model)
  return model
}

function conv(
  name: string,
  filters: number,
  options: { kernelSize: number; strides?: number; useBias?: boolean },
): layers.Layer {
  return tf.layers.conv2d({ name, filters, padding: 'valid', useBias: false, ...options })
}

/** Writes a model as TensorFlow.js does, with weights as `type` and in shards of `shardBytes`. */
export async function writeModel(
  folder: string,
  artifacts: Pick<io.ModelArtifacts, 'modelTopology' | 'weightSpecs' | 'weightData' | 'format'>,
  { type = 'float32', shardBytes = 1000 }: { type?: StoredType; shardBytes?: number } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { modelTopology, weightSpecs = [], weightData, format } = artifacts
  const data = tf.io.CompositeArrayBuffer.join(weightData)
  let offset = 0
  const stored = weightSpecs.map((spec) => {
    const count = spec.shape.reduce((product, length) => product * length, 1)
    const isFloat = spec.dtype === 'float32'
    const values = isFloat
      ? new Float32Array(data, offset, count)
      : new Int32Array(data, offset, count)
    offset += 4 * count
    return isFloat ? packed(spec, values as Float32Array, type) : plain(spec, values)
  })
  const bytes = Buffer.concat(stored.map((part) => part.bytes))
  const shards = Array.from({ length: Math.ceil(bytes.length / shardBytes) }, (_, i) =>
    bytes.subarray(i * shardBytes, (i + 1) * shardBytes),
  )
  const paths = shards.map((_, i) => `group1-shard${i + 1}of${shards.length}.bin`)
  for (const [i, shard] of shards.entries()) await writeFile(join(folder, paths[i]!), shard)
  const weights = stored.map(({ entry }) => entry)
  const model = { format, modelTopology, weightsManifest: [{ paths, weights }] }
  await writeFile(join(folder, 'model.json'), JSON.stringify(model))
}

export type StoredType = 'float32' | 'uint8' | 'uint16' | 'float16'

interface Stored {
  readonly entry: object
  readonly bytes: Uint8Array
}

function plain(entry: object, values: Float32Array | Int32Array): Stored {
  return { entry, bytes: new Uint8Array(values.slice().buffer) }
}

/** value ≈ scale · stored + min, as the converter quantises; halves are stored as they are. */
function packed(spec: io.WeightsManifestEntry, values: Float32Array, type: StoredType): Stored {
  if (type === 'float32') return plain(spec, values)
  if (type === 'float16') {
    const halves = Float16Array.from(values)
    const entry = { ...spec, quantization: { dtype: type, original_dtype: 'float32' } }
    return { entry, bytes: new Uint8Array(halves.buffer) }
  }
  const levels = type === 'uint8' ? 255 : 65_535
  const min = Math.min(...values)
  const scale = (Math.max(...values) - min) / levels || 1
  const rounded = Array.from(values, (value) => Math.round((value - min) / scale))
  const bytes =
    type === 'uint8' ? Uint8Array.from(rounded) : new Uint8Array(Uint16Array.from(rounded).buffer)
  return { entry: { ...spec, quantization: { dtype: type, scale, min } }, bytes }
}

/** What `model.save` would hand out. */
export async function artifactsOf(model: LayersModel): Promise<io.ModelArtifacts> {
  const caught = await new Promise<io.ModelArtifacts>((resolve, reject) => {
    const handler = tf.io.withSaveHandler((artifacts) => {
      resolve(artifacts)
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' },
      })
    })
    model.save(handler).catch(reject)
  })
  return caught
}
