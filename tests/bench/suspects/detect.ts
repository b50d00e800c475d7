import type { RowProducts } from '../../../src-main/analysis/rowProducts.ts'
import { Detector } from '../../../src-main/analysis/suspects/detector.ts'
import { negativesOf } from '../../../src-main/analysis/suspects/findSuspects.ts'
import { pairQuality } from '../../../src-main/analysis/suspects/quality.ts'
import type { PairQuality } from '../../../src-main/analysis/suspects/quality.ts'
import type { ParameterValues } from '../../../src-main/contract/catalogue.ts'
import type { TrainingImages } from '../../../src-main/contract/compute.ts'
import { suspectMethods } from '../../../src-main/contract/suspects.ts'
import type { SuspectMethod } from '../../../src-main/contract/suspects.ts'
import type { GroupSize } from '../../../src-main/contract/suspectPolicy.ts'
import { baselineRows } from './benchViews.ts'
import { trainOn } from './trainOn.ts'

export interface MethodResult {
  readonly method: SuspectMethod
  readonly groupSize: GroupSize
  readonly epoch: number
  readonly averagePrecision: number
  readonly low: number
  readonly high: number
  /** Precision at 10 % recall, by the base rate. */
  readonly lift: number
  readonly precisionAtRecall: PairQuality['precisionAtRecall']
  readonly seconds: number
}

/** One way to call two images the same, hidden from training and detector. */
export interface HiddenLabels {
  readonly name: string
  /** One an image, ≥ 0. */
  readonly labels: Int32Array
  readonly labelCount: number
}

/** What each method finds by one way to call images the same. */
export interface Detected {
  readonly by: string
  readonly labels: number
  readonly baseRate: number
  readonly methods: readonly MethodResult[]
}

/** The first view is what an in-batch rule sees; FNC looks with four more. */
const views = 5

/** Draws behind the interval of the default method. */
const resamples = 40

/** Every method on some epochs of a run that never sees a label, each epoch by a run up to it. */
export async function detect(options: {
  readonly name: string
  readonly folder: string
  readonly images: TrainingImages
  readonly hidden: readonly HiddenLabels[]
  readonly recipe: ParameterValues & { readonly epochs: number }
  readonly temperature: number
  /** Epochs that are looked at. */
  readonly epochs: readonly number[]
  /** Of the pairs, that per-anchor thresholds are made for. */
  readonly share: number
  readonly products: RowProducts
}): Promise<readonly Detected[]> {
  const { name, folder, images, hidden, recipe, temperature, epochs, share, products } = options
  const unlabelled = { ...images, labels: images.labels.map(() => -1), labelNames: [] }
  const { labels: none, hashes } = unlabelled
  const isPair = negativesOf({ regime: 'contrastive', labels: none, hashes })
  const found = hidden.map(() => ({ baseRate: 0, methods: [] as MethodResult[] }))
  for (const epoch of epochs) {
    const run = await trainOn({
      folder,
      name: `${name}, to epoch ${epoch}`,
      images: unlabelled,
      settings: { ...recipe, holdout: 0, seed: 1 },
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
        features: { data: features, dim: features.length / none.length },
        ...(await baselineRows(folder, run, unlabelled, views)),
      },
      products,
    )
    for (const [method, groupSize] of asked) {
      const startedAt = performance.now()
      const scores = await detector.scores({ method, groupSize, share })
      const seconds = (performance.now() - startedAt) / 1000
      for (const [at, { labels, labelCount }] of hidden.entries()) {
        const quality = await pairQuality(scores, {
          images: Int32Array.from(labels.keys()),
          labels,
          labelCount,
          isPair,
          share,
          resamples: method === 'random-walk' ? resamples : 0,
          products,
        })
        const { value, low, high } = quality.averagePrecision
        const result = found[at]
        if (!result) continue
        result.baseRate = rounded(quality.baseRate)
        result.methods.push({
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
    }
  }
  return hidden.map(({ name: by, labelCount }, at) => ({
    by,
    labels: labelCount,
    baseRate: found[at]?.baseRate ?? 0,
    methods: found[at]?.methods ?? [],
  }))
}

/** All methods, and the default one by each size of a group that it knows; the default itself last. */
const asked: readonly (readonly [SuspectMethod, GroupSize])[] = [
  ...suspectMethods
    .filter((method) => method !== 'random-walk')
    .map((method) => [method, 'medium'] as const),
  ['random-walk', 'large'],
  ['random-walk', 'medium'],
]

/** What a method found last: at the latest epoch. */
export function lastOf(
  { methods }: Detected,
  method: SuspectMethod,
  groupSize: GroupSize = 'medium',
): MethodResult | null {
  return (
    methods.findLast((result) => result.method === method && result.groupSize === groupSize) ?? null
  )
}

export function detectedText({ by, labels, baseRate, methods }: Detected): readonly string[] {
  const lineOf = (result: MethodResult) => {
    const { method, groupSize, epoch, averagePrecision, low, high, lift, seconds } = result
    const { ten, half } = result.precisionAtRecall
    const name = method === 'random-walk' ? `${method} (${groupSize})` : method
    const interval = high > low ? ` [${low.toFixed(3)}, ${high.toFixed(3)}]` : ''
    return (
      `${name.padEnd(22)} epoch ${String(epoch).padStart(2)}  AP ${averagePrecision.toFixed(3)}${interval}  ` +
      `lift ${lift.toFixed(1)}  precision at 10 / 50 % recall ${ten.toFixed(3)} / ${half.toFixed(3)}  ${seconds} s`
    )
  }
  return [`by ${by}: ${labels} labels, base rate ${baseRate}`, ...methods.map(lineOf)]
}

function rounded(value: number): number {
  return Number(value.toFixed(4))
}
