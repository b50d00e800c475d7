import { beforeAll, describe, expect, it } from 'vitest'
import { lossCatalogue } from '../../../../src-main/losses/catalogue.ts'
import { openEngine } from '../../../../src-main/numeric/engines/ladder.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'
import { forcesOn } from '../../../../src-main/training/lossOfEpoch/forces.ts'
import type { Forces } from '../../../../src-main/training/lossOfEpoch/forces.ts'
import { dim, madeEpochLoss } from './madeEpoch.ts'

beforeAll(() => openEngine('wasm'))

async function forcesUnder(
  options: Parameters<typeof madeEpochLoss>[0],
): Promise<{ forces: Forces; image: number; rows: Float32Array; batch: Int32Array }> {
  const { epochLoss, rows } = madeEpochLoss(options)
  const batch = epochLoss.batchesOf(0)[0]!
  const image = batch[1]!
  return {
    forces: await forcesOn(epochLoss, await epochLoss.look(batch), image),
    image,
    rows,
    batch,
  }
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, d) => sum + x * b[d]!, 0)
const rowOf = (rows: Float32Array, i: number) => rows.subarray(i * dim, (i + 1) * dim)

/**
 * What cannot be taken apart by cosines of pairs, and has to say so: whole batches, coordinates, draws that
 * depend on the number of dimensions, and bins whose edge a cosine of 1 stands on.
 */
const whole = [
  ...['vicreg contrastive', 'vicreg metric', 'barlow-twins contrastive', 'barlow-twins metric'],
  ...['snr-contrastive contrastive', 'snr-contrastive metric'],
  ...['margin contrastive', 'margin metric', 'fastap contrastive'],
]

describe('the forces on an image', () => {
  it('are those of the formula, of NT-Xent', async () => {
    const temperature = 0.3
    const loss = { name: 'nt-xent', params: { temperature } }
    const { forces, image, rows, batch } = await forcesUnder({ regime: 'contrastive', loss })
    // Of an ordered pair (i, j): share of j in the push of i, over τ and the number of anchors.
    const push = (i: number, j: number) => {
      const weight = (k: number) => Math.exp(dot(rowOf(rows, i), rowOf(rows, k)) / temperature)
      const others = [...batch].filter((k) => k !== i).reduce((sum, k) => sum + 2 * weight(k), 0)
      return weight(j) / (others + Math.exp(1 / temperature)) / temperature / (2 * batch.length)
    }
    expect(forces.pairs!.length).toBe(batch.length - 1 + 1)
    for (const { end, isPositive, force, cosine } of forces.pairs!) {
      if (end.kind !== 'image') throw new Error('neither memory nor proxies here')
      if (end.image === image) continue
      // Two rows of each image meet two of the other, in both directions.
      const slope = 4 * (push(image, end.image) + push(end.image, image))
      expect(isPositive).toBe(false)
      expect(cosine).toBeCloseTo(dot(rowOf(rows, image), rowOf(rows, end.image)), 5)
      expect(Math.hypot(...force)).toBeCloseTo(slope * Math.sqrt(1 - cosine ** 2), 3)
      expect(dot(force, rowOf(rows, end.image))).toBeLessThan(0)
    }
  })

  const every = lossCatalogue.flatMap(({ name, regimes }) =>
    (['contrastive', 'metric'] as const)
      .filter((regime) => regimes.includes(regime) && (name !== 'supcon' || regime === 'metric'))
      .map((regime) => ({ name, regime })),
  )

  it.each(every)('add up to the gradient, or are not told: $name, $regime', async (one) => {
    const { name, regime } = one
    const before = tf.memory().numTensors
    const { forces } = await forcesUnder({ regime, loss: { name, params: {} } })
    expect(tf.memory().numTensors).toBe(before)
    if (whole.includes(`${name} ${regime}`)) expect(forces.pairs).toBeNull()
    else expect(forces.pairs, name).not.toBeNull()
  })

  it('come from proxies too, the own label’s pulling and all others pushing', async () => {
    const loss = { name: 'proxy-anchor', params: {} }
    const { forces, image } = await forcesUnder({ regime: 'metric', loss })
    const label = Math.floor(image / 4)
    const proxies = forces.pairs!.flatMap(({ end, isPositive }) =>
      end.kind === 'proxy' ? [{ label: end.label, isPositive }] : [],
    )
    expect(proxies).toHaveLength(5)
    for (const proxy of proxies) expect(proxy.isPositive).toBe(proxy.label === label)
  })

  it('come from the memory too', async () => {
    const settings = { memorySize: 12, memoryWarmup: 1 }
    const { forces } = await forcesUnder({ regime: 'contrastive', settings })
    expect(forces.pairs!.some(({ end }) => end.kind === 'memory')).toBe(true)
  })

  it('are only those that a miner chose', async () => {
    const loss = { name: 'triplet', params: { mining: 'all', margin: 1 } }
    const miner = { name: 'batch-hard', params: {} }
    const count = async (options: Parameters<typeof madeEpochLoss>[0]) => {
      const { epochLoss } = madeEpochLoss(options)
      const batch = epochLoss.batchesOf(0)[0]!
      const looked = await epochLoss.look(batch)
      const found = await Promise.all([...batch].map((image) => forcesOn(epochLoss, looked, image)))
      return found.reduce((sum, { pairs }) => sum + pairs!.length, 0)
    }
    const mined = await count({ regime: 'metric', loss, miner })
    expect(mined).toBeGreaterThan(0)
    expect(mined).toBeLessThan(await count({ regime: 'metric', loss }))
  })
})
