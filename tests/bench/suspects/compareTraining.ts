import type { RowProducts } from '../../../src-main/analysis/rowProducts.ts'
import type { ParameterValues } from '../../../src-main/contract/catalogue.ts'
import type { TrainingImages } from '../../../src-main/contract/compute.ts'
import { splitImages } from '../../../src-main/data/splits.ts'
import { bitOf } from '../../../src-main/losses/suspects.ts'
import { rPrecision } from './rPrecision.ts'
import { trainOn } from './trainOn.ts'

const epochs = 30

export interface TrainingResult {
  readonly policy: 'none' | 'eliminate' | 'random' | 'oracle'
  readonly seed: number
  /** On images that training never saw. */
  readonly rPrecision: number
  readonly seconds: number
}

/** What cancelling does to unseen images: nothing, the detector, as many at random, and the labels. */
export async function compareTraining(options: {
  readonly folder: string
  readonly images: TrainingImages
  readonly products: RowProducts
  readonly seeds: readonly number[]
  readonly recipe: ParameterValues
  readonly temperature: number
  /** Of the negatives, that is cancelled in the end. */
  readonly share: number
}): Promise<readonly TrainingResult[]> {
  const { folder, images, products, seeds, recipe, temperature, share } = options
  const { labels, hashes, labelNames } = images
  const results: TrainingResult[] = []
  for (const seed of seeds)
    for (const policy of ['none', 'eliminate', 'random', 'oracle'] as const) {
      const split = { split: 'closed', holdout: 0.33 }
      const settings: ParameterValues = {
        ...recipe,
        ...split,
        epochs,
        seed,
        suspects: { none: 'off', eliminate: 'eliminate', random: 'random', oracle: 'eliminate' }[
          policy
        ],
        suspectShare: share,
      }
      const run = await trainOn({
        folder,
        name: `${policy}, seed ${seed}`,
        images,
        settings,
        temperature,
        kept: [epochs],
        ...(policy === 'oracle' && {
          choosePairs: ({ images: chosen }) => Promise.resolve(pairsOfLabels(chosen, labels)),
        }),
      })
      const last = run.embeddings.get(epochs)
      if (!last) throw new Error('the last epoch was not embedded')
      const { heldOut } = splitImages({
        labels,
        labelCount: labelNames.length,
        hashes,
        kind: 'closed',
        holdout: split.holdout,
        seed,
      })
      const precision = await rPrecision(last.rows, last.dim, labels, heldOut, products)
      results.push({
        policy,
        seed,
        rPrecision: Number(precision.toFixed(4)),
        seconds: Math.round(run.seconds),
      })
    }
  return results
}

/** All pairs of one label. */
function pairsOfLabels(images: Int32Array, labels: Int32Array) {
  const count = images.length
  const bits = new Int32Array(Math.ceil((count * (count - 1)) / 2 / 32))
  let same = 0
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) {
      if (labels[images[i] ?? 0] !== labels[images[j] ?? 0]) continue
      const bit = bitOf(i, j, count)
      bits[bit >> 5] = (bits[bit >> 5] ?? 0) | (1 << (bit & 31))
      same += 1
    }
  return {
    pairs: { kind: 'listed', images, bits } as const,
    share: (2 * same) / (count * (count - 1)),
  }
}

/** Mean over the seeds of what a policy reaches beyond none. */
export function meanGain(
  results: readonly TrainingResult[],
  policy: TrainingResult['policy'],
): number {
  const gains = results.flatMap((result) => {
    const base = results.find((other) => other.policy === 'none' && other.seed === result.seed)
    return result.policy === policy && base ? [result.rPrecision - base.rPrecision] : []
  })
  return gains.reduce((sum, gain) => sum + gain, 0) / Math.max(gains.length, 1)
}
