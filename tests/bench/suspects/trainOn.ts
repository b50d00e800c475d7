import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cancelPairs } from '../../../src-main/analysis/suspects/cancelPairs.ts'
import { negativesOf } from '../../../src-main/analysis/suspects/findSuspects.ts'
import type { ParameterValues } from '../../../src-main/contract/catalogue.ts'
import type { TrainingImages } from '../../../src-main/contract/compute.ts'
import type { RunConfig, RunEvent } from '../../../src-main/contract/runs.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { createRunControl } from '../../../src-main/training/runControl.ts'
import { createRunFolder } from '../../../src-main/training/runFolder.ts'
import type { CancelRequest } from '../../../src-main/training/suspectStage.ts'
import { train } from '../../../src-main/training/train.ts'
import type { EpochEmbedding } from '../../../src-main/training/trainingHooks.ts'

/** A run of the product's own training code. */
export interface BenchRun {
  readonly config: RunConfig
  readonly runFolder: string
  readonly embeddings: ReadonlyMap<number, EpochEmbedding>
  readonly seconds: number
}

/**
 * Trains contrastively, and keeps the embeddings of some epochs.
 *
 * @param options.settings beside those of the recipe
 * @param options.choosePairs who the suspects are, in place of the detector
 * @param options.until stops after this epoch; the end of the run if missing
 */
export async function trainOn(options: {
  readonly folder: string
  readonly name: string
  readonly images: TrainingImages
  readonly settings: ParameterValues
  readonly temperature: number
  readonly kept: readonly number[]
  readonly until?: number
  readonly choosePairs?: (request: CancelRequest) => ReturnType<typeof cancelPairs>
}): Promise<BenchRun> {
  const { folder, name, images, settings, temperature, kept, until, choosePairs } = options
  const loss = { name: 'nt-xent', params: { temperature } }
  const config = resolveRunConfig(
    { regime: 'contrastive', engine: 'auto', loss, settings },
    'native',
  )
  const runFolder = join(folder, 'runs', name)
  const pixelsFolder = join(folder, 'pixels')
  await mkdir(runFolder, { recursive: true })
  await createRunFolder(runFolder, config)
  const embeddings = new Map<number, EpochEmbedding>()
  const control = createRunControl()
  const ends: RunEvent[] = []
  const startedAt = performance.now()
  const isPair = negativesOf({
    regime: 'contrastive',
    labels: images.labels,
    hashes: images.hashes,
  })
  await train(
    {
      run: name,
      config,
      runFolder,
      pixelsFolder,
      images,
      isContinuation: false,
      isRecovery: false,
      nextEngine: null,
    },
    {
      emit: (event) => {
        if (event.kind === 'ended') ends.push(event)
        if (event.kind === 'checkpoint' && event.epoch === until) control.command('stop')
        if (event.kind === 'epoch' && event.epoch % 10 === 0)
          process.stderr.write(`${name}: epoch ${event.epoch} of ${config.settings.epochs}\n`)
      },
      storeEmbedding: (embedding) => {
        const { epoch, rows, features } = embedding
        if (kept.includes(epoch))
          embeddings.set(epoch, { ...embedding, rows: rows.slice(), features: features.slice() })
        return Promise.resolve()
      },
      findSuspects: ({ rows, dim, features, ...rest }) =>
        choosePairs
          ? choosePairs({ ...rest, rows, dim, features })
          : cancelPairs({
              ...rest,
              embedding: { data: rows, dim },
              features: { data: features, dim: features.length / images.ids.length },
              isPair,
            }),
      score: () => Promise.resolve(null),
      now: () => Date.now(),
      control,
    },
  )
  const [end] = ends
  if (end?.kind === 'ended' && end.reason === 'failed') throw new Error(`${name}: ${end.message}`)
  return { config, runFolder, embeddings, seconds: (performance.now() - startedAt) / 1000 }
}
