import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRowProducts } from '../../src-main/analysis/rowProducts.ts'
import type { RowProducts } from '../../src-main/analysis/rowProducts.ts'
import { Detector } from '../../src-main/analysis/suspects/detector.ts'
import { negativesOf } from '../../src-main/analysis/suspects/findSuspects.ts'
import { pairQuality } from '../../src-main/analysis/suspects/quality.ts'
import type { PairQuality } from '../../src-main/analysis/suspects/quality.ts'
import type { TrainingImages } from '../../src-main/contract/compute.ts'
import { suspectMethods } from '../../src-main/contract/suspects.ts'
import type { SuspectMethod } from '../../src-main/contract/suspects.ts'
import type { GroupSize } from '../../src-main/contract/suspectPolicy.ts'
import { baselineRows } from './suspects/benchViews.ts'
import { compareTraining } from './suspects/compareTraining.ts'
import type { TrainingResult } from './suspects/compareTraining.ts'
import { imageSets, readEmoji, readImageSet, writeImageSet } from './suspects/imageSets.ts'
import type { ImageSetName } from './suspects/imageSets.ts'
import { trainOn } from './suspects/trainOn.ts'
import { findWrongLabels } from './suspects/wrongLabels.ts'

/** What is trained: small pictures, no mirror images of digits, strong crops, a high temperature. */
const recipe = { depth: 3, projectorHidden: 128, augmentation: 1, flip: 0, batchSize: 128, dim: 64 }
const temperature = 0.5
const sizes = { digits: 16, fashion: 24 } as const
const detectorEpochs = { digits: 40, fashion: 30 } as const
const earlyEpoch = 5

/** Share that is cancelled in the end; fixed beforehand: a little below a tenth, as for some ten groups. */
const share = 0.09

/** The first view is what an in-batch rule sees; FNC looks with four more. */
const views = 5

interface MethodResult {
  readonly method: SuspectMethod
  readonly groupSize: GroupSize
  readonly epoch: number
  readonly averagePrecision: number
  readonly low: number
  readonly high: number
  readonly lift: number
  readonly precisionAtRecall: PairQuality['precisionAtRecall']
  readonly seconds: number
}

/**
 * How well suspected false negatives are found in contrastive training on pictures with hidden labels, and
 * what cancelling them does.
 */
export async function run(options: {
  readonly json: boolean
  /** `digits`, `fashion`, or `labels` for flipped labels of emoji. */
  readonly only: readonly string[]
  readonly data?: string
  readonly seeds?: string
}): Promise<void> {
  const name = options.only[0] ?? 'digits'
  if (name === 'labels') return wrongLabels(options)
  if (name !== 'digits' && name !== 'fashion') return skip(options.json, `There is no set ${name}.`)
  const set = await readImageSet(name, options.data)
  if (!set) {
    const { path, package: from } = imageSets[name]
    return skip(options.json, `${options.data ?? path} is not there: it is in Debian’s ${from}.`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'antipode-bench-'))
  const products = await openRowProducts()
  try {
    const images = await writeImageSet(set, folder)
    const methods = await detect({ name, folder, images, products })
    const seeds = Array.from({ length: Number(options.seeds ?? 1) }, (_, i) => i + 1)
    const training =
      name === 'digits'
        ? await compareTraining({
            folder,
            images,
            products,
            seeds,
            recipe: { ...recipe, imageSize: sizes.digits },
            temperature,
            share,
          })
        : []
    const last = methods.findLast(({ method }) => method === 'random-walk')
    const result = {
      set: name,
      images: images.ids.length,
      recipe: { ...recipe, imageSize: sizes[name], temperature, share },
      averagePrecision: last?.averagePrecision ?? null,
      methods,
      training,
    }
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : textOf(result))
  } finally {
    products.dispose()
    await rm(folder, { recursive: true })
  }
}

/** Every method on an early and a late epoch of one run that never sees a label. */
async function detect(options: {
  readonly name: ImageSetName
  readonly folder: string
  readonly images: TrainingImages
  readonly products: RowProducts
}): Promise<readonly MethodResult[]> {
  const { name, folder, images, products } = options
  const { labels, hashes } = images
  const unlabelled = { ...images, labels: labels.map(() => -1), labelNames: [] }
  const epochs = detectorEpochs[name]
  const settings = { ...recipe, imageSize: sizes[name], epochs, holdout: 0, seed: 1 }
  const isPair = negativesOf({ regime: 'contrastive', labels, hashes })
  const results: MethodResult[] = []
  for (const epoch of [earlyEpoch, epochs]) {
    const run = await trainOn({
      folder,
      name: `${name}, to epoch ${epoch}`,
      images: unlabelled,
      settings,
      temperature,
      kept: [epoch],
      until: epoch,
    })
    const embedded = run.embeddings.get(epoch)
    if (!embedded) throw new Error(`epoch ${epoch} was not embedded`)
    const { rows, dim, features } = embedded
    const detector = new Detector(
      {
        embedding: { data: rows, dim },
        features: { data: features, dim: features.length / labels.length },
        ...(await baselineRows(folder, run, unlabelled, views)),
      },
      products,
    )
    const ask = async (method: SuspectMethod, groupSize: GroupSize = 'medium') => {
      const startedAt = performance.now()
      const scores = await detector.scores({ method, groupSize, share })
      const seconds = (performance.now() - startedAt) / 1000
      const quality = await pairQuality(scores, {
        images: Int32Array.from(labels.keys()),
        labels,
        labelCount: images.labelNames.length,
        isPair,
        share,
        resamples: method === 'random-walk' ? 40 : 0,
        products,
      })
      const { value, low, high } = quality.averagePrecision
      results.push({
        method,
        groupSize,
        epoch,
        averagePrecision: rounded(value),
        low: rounded(low),
        high: rounded(high),
        lift: rounded(quality.precisionAtRecall.ten / quality.baseRate),
        precisionAtRecall: quality.precisionAtRecall,
        seconds: rounded(seconds),
      })
    }
    for (const method of suspectMethods.filter((method) => method !== 'random-walk'))
      await ask(method)
    await ask('random-walk', 'large')
    await ask('random-walk')
  }
  return results
}

/** Labels of emoji, one in ten flipped, found by features that never saw any. */
async function wrongLabels({ json, data }: { json: boolean; data?: string }): Promise<void> {
  const images = data === undefined ? null : await readEmoji(data)
  if (!images) return skip(json, 'Name the folder of the emoji, which has a labels.csv: --data DIR')
  const folder = await mkdtemp(join(tmpdir(), 'antipode-bench-'))
  try {
    const result = await findWrongLabels(folder, images)
    const { set, averagePrecision, draws } = result
    const text = `${set}: AP ${averagePrecision} (${draws.join(', ')})`
    process.stdout.write(`${json ? JSON.stringify(result) : text}\n`)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function textOf(result: {
  readonly set: string
  readonly images: number
  readonly recipe: object
  readonly methods: readonly MethodResult[]
  readonly training: readonly TrainingResult[]
}): string {
  const methods = result.methods.map(
    ({ method, groupSize, epoch, averagePrecision, low, high, lift, precisionAtRecall, seconds }) =>
      `${`${method}${method === 'random-walk' ? ` (${groupSize})` : ''}`.padEnd(22)} epoch ${String(epoch).padStart(2)}  ` +
      `AP ${averagePrecision.toFixed(3)}${high > low ? ` [${low.toFixed(3)}, ${high.toFixed(3)}]` : ''}  ` +
      `lift ${lift.toFixed(1)}  precision at 50 % recall ${precisionAtRecall.half.toFixed(3)}  ${seconds} s`,
  )
  const training = result.training.map(
    ({ policy, seed, rPrecision: precision, seconds }) =>
      `${policy.padEnd(10)} seed ${seed}  R-precision on unseen images ${precision.toFixed(3)}  ${seconds} s`,
  )
  return [
    `${result.set}, ${result.images} images, labels hidden from training and detector`,
    `recipe ${JSON.stringify(result.recipe)}; pairs: all but those with the same bytes`,
    ...methods,
    ...training,
    '',
  ].join('\n')
}

function skip(json: boolean, reason: string): void {
  process.stdout.write(json ? `${JSON.stringify({ skipped: reason })}\n` : `skipped: ${reason}\n`)
}

function rounded(value: number): number {
  return Number(value.toFixed(4))
}
