import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { ParameterValues, Regime } from '../../../src-main/contract/catalogue.ts'
import type { TrainRequest, TrainingImages } from '../../../src-main/contract/compute.ts'
import type { EngineKind } from '../../../src-main/contract/engines.ts'
import type { RunEvent, RunRequest, Score } from '../../../src-main/contract/runs.ts'
import { contentHashOf } from '../../../src-main/data/decode.ts'
import { bitOf } from '../../../src-main/losses/suspects.ts'
import { random } from '../../../src-main/numeric/random.ts'
import { importRequested } from '../../../src-main/training/importRequested.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { createRunControl } from '../../../src-main/training/runControl.ts'
import { createRunFolder } from '../../../src-main/training/runFolder.ts'
import { writeImportedWeights } from '../../../src-main/training/startWeights.ts'
import type { CancelAnswer, CancelRequest } from '../../../src-main/training/suspectStage.ts'
import { train } from '../../../src-main/training/train.ts'
import type { ScoreRequest, TrainingHooks } from '../../../src-main/training/trainingHooks.ts'

const side = 16

/** Small pictures in a temporary folder: a label is a colour and a shape, an image is noise on it. */
export async function makeImages(labelCount: number, perLabel: number): Promise<MadeImages> {
  const folder = await mkdtemp(join(tmpdir(), 'antipode-images-'))
  const paths: string[] = []
  const hashes: string[] = []
  for (let label = 0; label < labelCount; label++)
    for (let i = 0; i < perLabel; i++) {
      const pixels = drawn(label, i)
      const path = join(folder, `${label}-${i}.png`)
      const raw = { width: side, height: side, channels: 3 } as const
      const file = await sharp(pixels, { raw }).png().toBuffer()
      await writeFile(path, file)
      paths.push(path)
      hashes.push(contentHashOf(file))
    }
  const count = paths.length
  return {
    folder,
    images: {
      ids: Int32Array.from({ length: count }, (_, i) => i + 1),
      paths,
      hashes,
      labels: Int32Array.from({ length: count }, (_, i) => Math.floor(i / perLabel)),
      labelNames: Array.from({ length: labelCount }, (_, i) => `label ${i}`),
    },
    dispose: () => rm(folder, { recursive: true }),
  }
}

export interface MadeImages {
  readonly folder: string
  readonly images: TrainingImages
  dispose(): Promise<void>
}

/** A disc, square or cross at a random place, in the label's hue, under noise. */
function drawn(label: number, i: number): Uint8Array {
  const stream = random(1, 'made image', label, i)
  const hue = (label * 2.4) % (2 * Math.PI)
  const colour = [0, 2.1, 4.2].map((phase) => 128 + 90 * Math.cos(hue + phase))
  const [x0, y0] = [5 + stream.integer(6), 5 + stream.integer(6)]
  const pixels = new Uint8Array(side * side * 3)
  for (let p = 0; p < side * side; p++) {
    const [x, y] = [Math.abs((p % side) - x0), Math.abs(Math.floor(p / side) - y0)]
    const isInside = [Math.hypot(x, y) < 4, Math.max(x, y) < 4, Math.min(x, y) < 1][label % 3]!
    for (let c = 0; c < 3; c++) {
      const value = (isInside ? colour[c]! : 128) + 45 * stream.normal()
      pixels[3 * p + c] = Math.min(Math.max(Math.round(value), 0), 255)
    }
  }
  return pixels
}

export interface MadeRun {
  readonly runFolder: string
  readonly request: TrainRequest
  readonly events: RunEvent[]
  /** Rows of each stored epoch. */
  readonly embeddings: Map<number, Float32Array>
  /** Starts, or goes on, and resolves at the end. */
  start(isContinuation?: boolean): Promise<void>
  /** Called for each event, to give commands in the middle. */
  onEvent: (event: RunEvent, hooks: TrainingHooks) => void
}

export async function makeRun(
  made: MadeImages,
  options: {
    readonly regime: Regime
    readonly settings: ParameterValues
    readonly loss?: RunRequest['loss']
    readonly miner?: RunRequest['miner']
    readonly name: string
    readonly engine?: EngineKind
  },
): Promise<MadeRun> {
  const { regime, settings, name } = options
  const loss = options.loss ?? { name: regime === 'metric' ? 'supcon' : 'nt-xent', params: {} }
  const asked: RunRequest = { regime, engine: 'auto', loss, miner: options.miner, settings }
  const imported = await importRequested(asked)
  const config = resolveRunConfig(asked, 'native', imported ? { imported: imported.network } : {})
  const runFolder = join(made.folder, 'runs', name)
  const pixelsFolder = join(made.folder, 'pixels')
  await mkdir(pixelsFolder, { recursive: true })
  await createRunFolder(runFolder, config)
  if (imported) await writeImportedWeights(runFolder, config, imported)
  const request = {
    run: name,
    config: { ...config, engine: options.engine ?? config.engine },
    runFolder,
    pixelsFolder,
    images: made.images,
    isRecovery: false,
    nextEngine: 'wasm',
  } as const
  let clock = Date.UTC(2026, 10, 24)
  const run: MadeRun = {
    runFolder,
    request: { ...request, isContinuation: false },
    events: [],
    embeddings: new Map(),
    onEvent: () => undefined,
    start(isContinuation = false) {
      const hooks: TrainingHooks = {
        emit(event) {
          run.events.push(event)
          run.onEvent(event, hooks)
        },
        storeEmbedding({ epoch, rows }) {
          run.embeddings.set(epoch, rows.slice())
          return Promise.resolve()
        },
        score: (request) => Promise.resolve(retrieval(request)),
        findSuspects: (request) => Promise.resolve(nearestPairs(request)),
        now: () => (clock += 100),
        control: createRunControl(),
      }
      return train({ ...request, isContinuation }, hooks)
    },
  }
  return run
}

/** The nearest pairs, by cosine. */
function nearestPairs({ rows, dim, images, share }: CancelRequest): CancelAnswer {
  const pairs = [...images.keys()].flatMap((i) =>
    [...images.keys()].slice(i + 1).map((j) => {
      let cosine = 0
      for (let d = 0; d < dim; d++)
        cosine += rows[images[i]! * dim + d]! * rows[images[j]! * dim + d]!
      return { bit: bitOf(i, j, images.length), cosine }
    }),
  )
  const chosen = pairs
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, Math.floor(share * pairs.length))
  const bits = new Int32Array(Math.ceil(pairs.length / 32))
  for (const { bit } of chosen) bits[bit >> 5]! |= 1 << (bit & 31)
  return { pairs: { kind: 'listed', images, bits }, share: chosen.length / pairs.length }
}

/** Share of the queries whose nearest other has their label. */
function retrieval({ rows, dim, labels, queries, gallery }: ScoreRequest): Score | null {
  const dot = (i: number, j: number) => {
    let sum = 0
    for (let d = 0; d < dim; d++) sum += rows[i * dim + d]! * rows[j * dim + d]!
    return sum
  }
  let hits = 0
  for (const query of queries) {
    const others = [...gallery].filter((other) => other !== query)
    const nearest = others.reduce((a, b) => (dot(query, b) > dot(query, a) ? b : a), others[0]!)
    if (labels[nearest] === labels[query]) hits++
  }
  if (queries.length === 0) return null
  const recallAt1 = hits / queries.length
  return { recallAt1, mapAtR: recallAt1, queries: queries.length }
}
