import { findLabelErrors } from '../../../src-main/analysis/labelErrors/findLabelErrors.ts'
import { openRowProducts } from '../../../src-main/analysis/rowProducts.ts'
import { joinedRows } from '../../../src-main/analysis/suspects/joinedRows.ts'
import type { TrainingImages } from '../../../src-main/contract/compute.ts'
import { random } from '../../../src-main/numeric/random.ts'
import { baselineRows } from './benchViews.ts'
import { trainOn } from './trainOn.ts'

const epochs = 60
const temperature = 0.2
const recipe = {
  imageSize: 32,
  depth: 4,
  projectorHidden: 128,
  augmentation: 0.6,
  flip: 0.5,
  batchSize: 128,
  dim: 64,
  holdout: 0,
  epochs,
}

/** Share of the labels that are made wrong, and how often others are. */
const flippedShare = 0.1
const draws = 3

export interface WrongLabelsResult {
  readonly set: string
  readonly images: number
  readonly recipe: object
  /** Of the ranking by doubt, wrong labels being what is looked for; the mean of the draws. */
  readonly averagePrecision: number
  readonly draws: readonly number[]
}

/** Trains contrastively without any label, flips some, and looks for them. */
export async function findWrongLabels(
  folder: string,
  images: TrainingImages,
): Promise<WrongLabelsResult> {
  const { labels: truth, labelNames } = images
  const unlabelled = { ...images, labels: truth.map(() => -1), labelNames: [] }
  const run = await trainOn({
    folder,
    name: 'emoji',
    images: unlabelled,
    settings: recipe,
    temperature,
    kept: [epochs],
  })
  const last = run.embeddings.get(epochs)
  if (!last) throw new Error('the last epoch was not embedded')
  const features = { data: last.features, dim: last.features.length / truth.length }
  const rows = joinedRows(features, { data: last.rows, dim: last.dim })
  const { pixels } = await baselineRows(folder, run, unlabelled, 1)
  const products = await openRowProducts()
  try {
    const found: number[] = []
    for (let draw = 1; draw <= draws; draw++) {
      const stream = random(draw, 'flipped labels')
      const count = labelNames.length
      const labels = truth.map((label) =>
        stream.next() < flippedShare ? (label + 1 + stream.integer(count - 1)) % count : label,
      )
      const { doubts } = await findLabelErrors(rows, {
        labels,
        labelCount: count,
        ids: Int32Array.from(labels.keys()),
        pixels,
        top: labels.length,
        products,
      })
      found.push(averagePrecision(doubts.map(({ image }) => labels[image] !== truth[image])))
    }
    const rounded = (value: number) => Number(value.toFixed(4))
    return {
      set: 'emoji, ten largest subcategories, 10 % of the labels flipped',
      images: truth.length,
      recipe: { ...recipe, temperature },
      averagePrecision: rounded(found.reduce((sum, value) => sum + value, 0) / draws),
      draws: found.map(rounded),
    }
  } finally {
    products.dispose()
  }
}

function averagePrecision(isHit: readonly boolean[]): number {
  let hits = 0
  let sum = 0
  isHit.forEach((hit, rank) => {
    if (!hit) return
    hits += 1
    sum += hits / (rank + 1)
  })
  return sum / Math.max(hits, 1)
}
