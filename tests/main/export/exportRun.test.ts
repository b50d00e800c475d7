import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportRun } from '../../../src-main/export/exportRun.ts'
import type { ExportedPart } from '../../../src-main/export/layersModel.ts'
import { modelReader } from '../../../src-main/export/modelFiles.ts'
import { mobilenetV2 } from '../../../src-main/model/backbones/mobilenetV2.ts'
import { resnet18 } from '../../../src-main/model/backbones/resnet18.ts'
import { smallCnn } from '../../../src-main/model/backbones/smallCnn.ts'
import { createEncoder } from '../../../src-main/model/createEncoder.ts'
import type { Layer, Network } from '../../../src-main/model/network.ts'
import { mlpProjector } from '../../../src-main/model/projector.ts'
import { createWeights } from '../../../src-main/model/weights.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import type { EngineContext } from '../../../src-main/numeric/engines/context.ts'
import { readNpy } from '../../../src-main/numeric/npy.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Tensor } from '../../../src-main/numeric/tf.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { conv, depthwise, norm, relu6, trainedWeights } from '../model/examples.ts'

const size = 16
const network: Network = {
  input: { size, channels: 3, offset: 0.5, scale: 0.25 },
  backbone: smallCnn({ width: 8, depth: 3 }),
  projector: mlpProjector({ hidden: 12, dim: 5 }),
}
const weights = createWeights(network, 3)
const config = resolveRunConfig(
  { regime: 'metric', engine: 'auto', loss: { name: 'supcon', params: {} }, settings: {} },
  'native',
)
const images = 6
const pixels = Uint8Array.from({ length: images * size * size * 3 }, (_, i) =>
  random(5, 'pixels', i).integer(256),
)

let folder: string
let engine: EngineContext
let expected: { embedding: Float32Array; features: Float32Array }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antipode-export-'))
  engine = await openEngine('native')
  // As training leaves them: scales of both signs, statistics of no particular value.
  for (const { name } of weights.specs) {
    const stream = random(7, name)
    const view = weights.view(name)
    if (name.endsWith('gamma')) view.forEach((_, i) => (view[i] = stream.normal()))
    if (name.endsWith('beta') || name.endsWith('mean') || name.endsWith('bias'))
      view.forEach((_, i) => (view[i] = 0.3 * stream.normal()))
    if (name.endsWith('variance')) view.forEach((_, i) => (view[i] = 0.5 + stream.next()))
  }
  const encoder = createEncoder(engine, network, weights)
  const input = Float32Array.from(pixels, (byte) => (byte / 255 - 0.5) / 0.25)
  const { embedding, features } = await encoder.embed(input, images)
  expected = { embedding: embedding.slice(), features: features.slice() }
  encoder.dispose()
})
afterAll(async () => {
  engine.dispose()
  await rm(folder, { recursive: true, force: true })
})

function requestOf(part: ExportedPart, name: string) {
  const rows = part === 'embedding' ? expected.embedding : expected.features
  return {
    run: '2026-01-01-1',
    config,
    epoch: 2,
    folder: join(folder, name),
    model: { part, network, weights, check: { images, pixels, expected: rows } },
    embeddings: {
      data: expected.embedding,
      dim: 5,
      paths: ['a/1.png', 'a/"2".png', 'b,c/3.png', 'b\n/4.png', '5.png', 'd/6.png'],
      labels: Int32Array.of(0, 0, 1, 2, -1, 3),
      labelNames: ['a', 'b,c', 'b\n', 'd'],
    },
  }
}

describe('exportRun', () => {
  it.each(['backbone', 'embedding'] as const)(
    'writes a %s that any TensorFlow.js loads and that gives the same numbers',
    async (part) => {
      const before = tf.memory().numTensors
      const { files, parity } = await exportRun(requestOf(part, part))
      expect(files.map(({ name }) => name)).toEqual([
        'model.json',
        'weights.bin',
        'embeddings.npy',
        'embeddings.csv',
      ])
      expect(files.every(({ bytes }) => bytes > 0)).toBe(true)
      expect(parity?.images).toBe(images)
      expect(parity?.maxDifference).toBeLessThan(1e-4)
      expect(tf.memory().numTensors).toBe(before)

      const model = await tf.loadLayersModel(modelReader(join(folder, part)))
      expect(model.getUserDefinedMetadata()).toMatchObject({ run: '2026-01-01-1', epoch: 2 })
      expect(model.outputs[0]?.shape).toEqual([null, part === 'embedding' ? 5 : 32])
      model.dispose()
    },
  )

  it('writes a model that is loaded from an address, without any help of Antipode', async () => {
    const request = requestOf('embedding', 'served')
    await exportRun({ ...request, embeddings: null })
    const server = createServer((asked, answer) => {
      createReadStream(join(request.folder, basename(asked.url ?? ''))).pipe(answer)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const model = await tf.loadLayersModel(`http://127.0.0.1:${port}/model.json`)
      const input = tf.tensor4d(Float32Array.from(pixels), [images, size, size, 3])
      const rows = await (model.predict(input) as Tensor).data()
      rows.forEach((value, i) => expect(value).toBeCloseTo(expected.embedding[i]!, 5))
      model.dispose()
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('gives zeros, not NaN, where a row has no direction', async () => {
    const blank = createWeights(network, 3)
    blank.view('projector/output/kernel').fill(0)
    const request = requestOf('embedding', 'blank')
    const check = { ...request.model.check, expected: new Float32Array(images * 5) }
    const { parity } = await exportRun({
      ...request,
      model: { ...request.model, weights: blank, check },
      embeddings: null,
    })
    expect(parity?.maxDifference).toBe(0)
  })

  it('notices when the written model gives other numbers', async () => {
    const request = requestOf('embedding', 'wrong')
    const off = request.model.check.expected.map((value, i) => (i === 7 ? value + 0.01 : value))
    const model = { ...request.model, check: { ...request.model.check, expected: off } }
    const { parity } = await exportRun({ ...request, model, embeddings: null })
    expect(parity?.maxDifference).toBeCloseTo(0.01, 3)
  })

  it('writes embeddings that keep every bit, with names of any kind', async () => {
    await exportRun({ ...requestOf('embedding', 'rows'), model: null })
    const npy = await readNpy(join(folder, 'rows', 'embeddings.npy'))
    expect(npy.shape).toEqual([images, 5])
    expect(npy.data).toEqual(expected.embedding)
    const csv = await readFile(join(folder, 'rows', 'embeddings.csv'), 'utf8')
    expect(csv.startsWith('file,label,x0,x1,x2,x3,x4\r\na/1.png,a,')).toBe(true)
    expect(csv).toContain('\r\n"a/""2"".png",a,')
    expect(csv).toContain('\r\n"b\n/4.png","b\n",')
    const last = csv.trimEnd().split('\r\n').at(-1)?.split(',').slice(2).map(Number)
    expect(Float32Array.from(last ?? [])).toEqual(expected.embedding.slice(-5))
  })

  it('says which folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(exportRun(requestOf('embedding', 'file/inside'))).rejects.toThrow(
      /file\/inside cannot be written/,
    )
  })
})

describe('exportRun of other backbones', () => {
  const everyLayer: Layer[] = [
    conv('a', { filters: 6, stride: 2 }),
    norm('an'),
    { kind: 'hardSwish' },
    { kind: 'averagePool', size: 3, stride: 2, padding: 'same' },
    { kind: 'frozen', layers: [conv('b', { size: 1 }), norm('bn'), relu6] },
    { kind: 'maxPool', size: 3, stride: 1, padding: 'same' },
    depthwise('c'),
    norm('loose'),
    { kind: 'globalMaxPool' },
    { kind: 'dropout', name: 'd', rate: 0.5, seed: 1 },
    { kind: 'l2Normalize' },
  ]
  const backbones: Record<string, Layer[]> = {
    'ResNet-18 with its small stem': resnet18({ width: 4, depth: 4, imageSize: size }),
    'ResNet-18 with its large stem': resnet18({ width: 4, depth: 2, imageSize: 224 }),
    MobileNetV2: mobilenetV2({ width: 8, depth: 7, imageSize: size }),
    'a network of every layer': everyLayer,
  }

  it.each(Object.entries(backbones))(
    'writes %s so that it gives the engine’s numbers',
    async (name, backbone) => {
      const other: Network = { ...network, backbone }
      const trained = trainedWeights(other)
      const encoder = createEncoder(engine, other, trained)
      const input = Float32Array.from(pixels, (byte) => (byte / 255 - 0.5) / 0.25)
      const { embedding, features } = await encoder.embed(input, images)
      encoder.dispose()
      for (const part of ['backbone', 'embedding'] as const) {
        const rows = part === 'embedding' ? embedding : features
        const before = tf.memory().numTensors
        const { parity } = await exportRun({
          ...requestOf(part, `${name} ${part}`),
          model: {
            part,
            network: other,
            weights: trained,
            check: { images, pixels, expected: rows },
          },
          embeddings: null,
        })
        expect(tf.memory().numTensors).toBe(before)
        const largest = rows.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        expect(largest).toBeGreaterThan(0.1)
        // Rounding alone: through MobileNetV2's 53 layers each engine is 1e-5 · largest off float64.
        expect(parity?.maxDifference).toBeLessThan(3e-5 * Math.max(largest, 1))
      }
    },
  )
})
