import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelReader } from '../../../../src-main/export/modelFiles.ts'
import type { Network } from '../../../../src-main/model/network.ts'
import { createWeights } from '../../../../src-main/model/weights.ts'
import { importBackbone } from '../../../../src-main/model/imported/importBackbone.ts'
import type {
  ImportOptions,
  ImportedBackbone,
} from '../../../../src-main/model/imported/importBackbone.ts'
import { openEngine } from '../../../../src-main/numeric/engines/ladder.ts'
import type { EngineContext } from '../../../../src-main/numeric/engines/context.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'
import type { LayersModel, Tensor } from '../../../../src-main/numeric/tf.ts'
import { noise, relativeDistance, withEncoder } from '../examples.ts'
import { artifactsOf, mobileModel, modelFolder, randomise, writeModel } from './storedModels.ts'
import type { StoredType } from './storedModels.ts'

const usual: ImportOptions = { tap: null, range: 'auto', imageSize: null }
let engine: EngineContext
let folder: Awaited<ReturnType<typeof modelFolder>>
beforeAll(async () => {
  engine = await openEngine('cpu')
  folder = await modelFolder()
})
afterAll(async () => {
  engine.dispose()
  await folder.dispose()
})

let models = 0
async function stored(model: LayersModel, type: StoredType = 'float32'): Promise<string> {
  const path = join(folder.path, `model-${(models += 1)}`)
  await writeModel(path, await artifactsOf(model), { type })
  return path
}

function networkOf({ network }: ImportedBackbone, size: number): Network {
  const { layers, offset, scale } = network
  return { input: { size, channels: 3, offset, scale }, backbone: layers, projector: [] }
}

/** Features of images `[count, size, size, 3]` in the model's own range, by engine. */
async function featuresOf(
  imported: ImportedBackbone,
  images: Float32Array,
  { count, size, kind = 'cpu' }: { count: number; size: number; kind?: 'cpu' | 'native' },
): Promise<Float32Array> {
  const network = networkOf(imported, size)
  const weights = createWeights(network, 1)
  expect([...imported.weights.keys()].sort()).toEqual(weights.specs.map(({ name }) => name).sort())
  for (const [name, values] of imported.weights) weights.view(name).set(values)
  const embedded = await withEncoder(kind, { network, weights }, (encoder) =>
    encoder.embed(images, count),
  )
  return embedded.features
}

/** The same by TensorFlow.js itself, at one of its layers. */
function atLayer(model: LayersModel, layer: string, images: Float32Array, count: number) {
  const [, size = 0] = model.inputs[0]!.shape
  const part = tf.model({
    inputs: model.inputs,
    outputs: model.getLayer(layer).output,
  })
  return tf.tidy(() => {
    const output = part.predict(tf.tensor4d(images, [count, size!, size!, 3])) as Tensor
    const vectors = output.rank === 4 ? tf.mean(output, [1, 2]) : output
    return vectors.dataSync().slice() as Float32Array
  })
}

describe('a model of layers', () => {
  it.each(['cpu', 'native'] as const)('gives the features of TensorFlow.js on %s', async (kind) => {
    const model = mobileModel()
    const path = await stored(model)
    const images = noise(3, 17)
    const imported = await importBackbone(path, usual)
    expect(imported.network).toMatchObject({ tap: 'features', size: 17, offset: 0.5, scale: 0.5 })
    const expected = atLayer(model, 'features', images, 3)
    const features = await featuresOf(imported, images, { count: 3, size: 17, kind })
    expect(relativeDistance(features, expected)).toBeLessThan(1e-5)
    // The same whether named by its file or its folder.
    const byFile = await importBackbone(join(path, 'model.json'), usual)
    expect(byFile.network).toEqual(imported.network)
  })

  it.each(['sum', 'widen_relu', 'hidden', 'loose_bn', 'narrow'])(
    'can be tapped at %s',
    async (tap) => {
      const model = mobileModel()
      const images = noise(2, 17)
      const imported = await importBackbone(await stored(model), { ...usual, tap })
      const features = await featuresOf(imported, images, { count: 2, size: 17 })
      expect(relativeDistance(features, atLayer(model, tap, images, 2))).toBeLessThan(1e-5)
    },
  )

  it.each(['uint8', 'uint16', 'float16'] as const)('unpacks weights stored as %s', async (type) => {
    const model = mobileModel()
    const path = await stored(model, type)
    const read = await tf.loadLayersModel(modelReader(path))
    const images = noise(2, 17)
    const imported = await importBackbone(path, usual)
    const features = await featuresOf(imported, images, { count: 2, size: 17 })
    expect(relativeDistance(features, atLayer(read, 'features', images, 2))).toBeLessThan(1e-5)
    // What is compared is really another model.
    expect(relativeDistance(features, atLayer(model, 'features', images, 2))).toBeGreaterThan(1e-6)
  })

  it('takes images of another size than it was made for, with the padding of its own size', async () => {
    const path = await stored(mobileModel(17))
    const images = noise(2, 24)
    const imported = await importBackbone(path, { ...usual, imageSize: 24 })
    const features = await featuresOf(imported, images, { count: 2, size: 24 })
    const other = mobileModel(24)
    expect(relativeDistance(features, atLayer(other, 'features', images, 2))).toBeLessThan(1e-5)
    const kinds = (layers: ImportedBackbone['network']['layers']) => layers.map(({ kind }) => kind)
    // On even sides the padding of the stem is what `same` means, on odd ones it is not.
    expect(kinds(imported.network.layers)[0]).toBe('conv')
    expect(kinds((await importBackbone(path, usual)).network.layers)[0]).toBe('zeroPad')
  })

  it('takes a sequence with a model in it, and rescaling into the range of its images', async () => {
    const inner = tf.sequential({ name: 'inner' })
    inner.add(
      tf.layers.conv2d({ name: 'first', filters: 4, kernelSize: 3, inputShape: [12, 12, 3] }),
    )
    inner.add(tf.layers.batchNormalization({ name: 'first_bn' }))
    const model = tf.sequential()
    model.add(
      tf.layers.rescaling({ name: 'bytes', scale: 1 / 127.5, offset: -1, inputShape: [12, 12, 3] }),
    )
    model.add(inner)
    model.add(tf.layers.globalMaxPooling2d({ name: 'pool' }))
    randomise(model)
    const imported = await importBackbone(await stored(model), usual)
    expect(imported.network.offset).toBeCloseTo(0.5)
    expect(imported.network.scale).toBeCloseTo(0.5)
    const bytes = noise(2, 12, { level: 128, deviation: 50 })
    const values = bytes.map((byte) => byte / 127.5 - 1)
    const features = await featuresOf(imported, values, { count: 2, size: 12 })
    const expected = tf.tidy(() =>
      (model.predict(tf.tensor4d(bytes, [2, 12, 12, 3])) as Tensor).dataSync().slice(),
    )
    expect(relativeDistance(features, expected as Float32Array)).toBeLessThan(1e-5)
  })
})

describe('a model that cannot be imported', () => {
  it('names a file of weights that is missing or cut off', async () => {
    const path = await stored(mobileModel())
    await truncate(join(path, 'group1-shard1of3.bin'), 900)
    await expect(importBackbone(path, usual)).rejects.toThrow(/hold \d+ bytes, and the model lists/)
    await rm(join(path, 'group1-shard2of3.bin'))
    await expect(importBackbone(path, usual)).rejects.toThrow(
      /needs a file that is not there: .*group1-shard2of3\.bin/,
    )
    await expect(importBackbone(join(path, 'none'), usual)).rejects.toThrow(/no model: .*none/)
  })

  it('names what is not a model, and never reads outside of its folder', async () => {
    const path = join(folder.path, 'other.json')
    await writeFile(path, 'not JSON')
    await expect(importBackbone(path, usual)).rejects.toThrow(/is not JSON/)
    await writeFile(path, '{"name":"antipode"}')
    await expect(importBackbone(path, usual)).rejects.toThrow(/not a TensorFlow\.js model/)
    const weights = [{ name: 'a', shape: [1], dtype: 'float32' }]
    const manifest = [{ paths: ['../secret.bin'], weights }]
    await writeFile(path, JSON.stringify({ modelTopology: {}, weightsManifest: manifest }))
    await expect(importBackbone(path, usual)).rejects.toThrow(/outside of its folder/)
  })

  it('names a type of numbers, of layers and a tap that there is not', async () => {
    const path = await stored(mobileModel())
    const file = join(path, 'model.json')
    const text = await readFile(file, 'utf8')
    await expect(importBackbone(path, { ...usual, tap: 'nothing' })).rejects.toThrow(
      /no layer nothing to tap; it ends in .*features, drop, hidden, classes/,
    )
    await expect(importBackbone(path, { ...usual, tap: 'classes' })).rejects.toThrow(
      /classes of the model has the activation softmax/,
    )
    await writeFile(file, text.replaceAll('"class_name":"MaxPooling2D"', '"class_name":"Swirl"'))
    await expect(importBackbone(path, usual)).rejects.toThrow(
      /layer pool of the model is of the type Swirl, which cannot be imported/,
    )
    // What is behind the tap may be of any type.
    await expect(importBackbone(path, { ...usual, tap: 'sum' })).resolves.toBeDefined()
    await writeFile(
      file,
      text.replace('3,3,3,6],"dtype":"float32"', '3,3,3,6],"dtype":"complex64"'),
    )
    await expect(importBackbone(path, usual)).rejects.toThrow(/stored as complex64; .*float32/)
  })

  it('refuses weights that are not finite, and those that do not fit the layer', async () => {
    const model = mobileModel()
    const values = model.getLayer('stem').getWeights()
    model.getLayer('stem').setWeights([tf.fill(values[0]!.shape, NaN)])
    const broken = await stored(model)
    await expect(importBackbone(broken, usual)).rejects.toThrow(/stem\/kernel holds numbers/)
    const path = await stored(mobileModel())
    const file = join(path, 'model.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"kernel_size":[1,1]', '"kernel_size":[3,3]'))
    await expect(importBackbone(path, usual)).rejects.toThrow(/widen of the model has 72 numbers/)
  })

  it('refuses strides, flattened maps and images that are too small, in sentences', async () => {
    const flat = tf.sequential()
    flat.add(tf.layers.conv2d({ name: 'c', filters: 2, kernelSize: 5, inputShape: [9, 9, 3] }))
    flat.add(tf.layers.flatten({ name: 'flat' }))
    flat.add(tf.layers.dense({ name: 'd', units: 3 }))
    const path = await stored(flat)
    await expect(importBackbone(path, { ...usual, tap: 'd' })).rejects.toThrow(
      /flat of the model lays out a map of 5×5×2 as a vector/,
    )
    expect((await importBackbone(path, usual)).network.tap).toBe('c')
    await expect(importBackbone(path, { ...usual, imageSize: 4 })).rejects.toThrow(
      /at least 5×5, found 4×4; use larger images/,
    )
    const wide = tf.sequential()
    wide.add(
      tf.layers.conv2d({
        name: 'c',
        filters: 2,
        kernelSize: 5,
        strides: 4,
        inputShape: [9, 9, 3],
      }),
    )
    await expect(importBackbone(await stored(wide), usual)).rejects.toThrow(/strides of 4×4/)
  })
})

describe('a converted graph', () => {
  it('gives the features of TensorFlow.js, and refuses what it cannot say', async () => {
    const { artifacts, names } = await import('./graphModel.ts')
    const path = join(folder.path, 'graph')
    for (const type of ['float32', 'uint8'] as const) {
      await writeModel(path, artifacts, { type })
      const model = await tf.loadGraphModel(modelReader(path))
      const images = noise(2, 16)
      const imported = await importBackbone(path, usual)
      expect(imported.network).toMatchObject({ tap: names.pool, size: 16 })
      // x · 2.0001 − 1.0001 on images in 0 … 1.
      expect(imported.network.scale).toBeCloseTo(1 / 2.0001, 6)
      expect(imported.network.offset).toBeCloseTo(1.0001 / 2.0001, 6)
      const features = await featuresOf(
        imported,
        images.map((v) => 2.0001 * v - 1.0001),
        {
          count: 2,
          size: 16,
        },
      )
      const expected = tf.tidy(() => {
        const x = tf.tensor4d(images, [2, 16, 16, 3])
        return (model.execute(x, names.pool) as Tensor).dataSync().slice()
      })
      expect(relativeDistance(features, expected as Float32Array)).toBeLessThan(1e-5)
      model.dispose()
    }
    await expect(importBackbone(path, { ...usual, tap: names.classes })).rejects.toThrow(
      /is of the type Softmax, which cannot be imported/,
    )
  })
})
