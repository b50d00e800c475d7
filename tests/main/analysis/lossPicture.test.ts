import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lossPicture } from '../../../src-main/analysis/lossPicture.ts'
import type { LossPictureRequest } from '../../../src-main/contract/lossPicture.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import type { EngineContext } from '../../../src-main/numeric/engines/context.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import { checkedPicture } from '../../../src-main/workbench/checkedPicture.ts'

const angles = Float32Array.of(0.1, 0.5, 1.4, 1.9, 2.6, 4.1)
const byLabel = Int32Array.of(0, 0, 1, 0, 1, 2)
const byView = Int32Array.of(0, 1, 2, 0, 1, 2)

const pictureOf = (
  loss: string,
  params: LossPictureRequest['params'] = {},
  at: Float32Array = angles,
) => {
  const isOfViews = !lossCatalogue.find(({ name }) => name === loss)!.regimes.includes('metric')
  const labels = isOfViews ? byView : byLabel
  return lossPicture(checkedPicture({ loss, params, angles: at, labels, learnt: [] }))
}

describe('lossPicture', () => {
  let engine: EngineContext
  beforeAll(async () => {
    engine = await openEngine('wasm')
  })
  afterAll(() => engine.dispose())

  it.each(lossCatalogue)('shows $name: finite, and without a tensor left behind', async (entry) => {
    const before = tf.memory().numTensors
    const picture = await pictureOf(entry.name)
    expect(tf.memory().numTensors).toBe(before)
    expect(picture.loss).toSatisfy(Number.isFinite)
    expect(picture.slopes).toHaveLength(angles.length)
    expect(picture.slopes.every(Number.isFinite)).toBe(true)
    expect(picture.learnt.length > 0).toBe(
      picture.learnt.some(({ gradient }) => gradient.some((slope) => slope !== 0)),
    )
  })

  it.each([
    ['nt-xent', { temperature: 0.2 }],
    ['triplet', { mining: 'all', margin: 2 }],
    ['contrastive', { negativeMargin: 1.2 }],
    ['proxy-nca', {}],
    ['debiased', {}],
  ])('tells how the loss of %s changes with an angle', async (loss, params) => {
    const { slopes } = await pictureOf(loss, params)
    const step = 0.01
    for (const i of angles.keys()) {
      const [less, more] = await Promise.all(
        [-step, step].map((by) =>
          pictureOf(
            loss,
            params,
            angles.map((angle, j) => (i === j ? angle + by : angle)),
          ),
        ),
      )
      expect(slopes[i]).toBeCloseTo((more!.loss - less!.loss) / (2 * step), 2)
    }
  })

  it.each(['nt-xent', 'triplet', 'circle', 'multi-similarity', 'contrastive', 'decoupled'])(
    'splits the slopes of %s into its pairs: positives pull, negatives push',
    async (loss) => {
      const { pairSlopes, cells, slopes } = await pictureOf(loss)
      const count = angles.length
      for (let k = 0; k < count; k++) {
        let sum = 0
        for (let i = 0; i < count; i++)
          sum += pairSlopes![i * count + k]! - pairSlopes![k * count + i]!
        expect(sum).toBeCloseTo(slopes[k]!, 3)
      }
      let [pulls, pushes] = [0, 0]
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) {
          const slope = pairSlopes![i * count + j]!
          if (Math.abs(slope) < 1e-6) continue
          // Which way the other lies from the anchor, the short way round.
          const apart = Math.sin(angles[j]! - angles[i]!)
          const isPull = slope * apart > 0
          expect(isPull).toBe(cells[i * count + j] === 1)
          if (isPull) pulls++
          else pushes++
        }
      expect(pulls).toBeGreaterThan(0)
      expect(pushes).toBeGreaterThan(0)
    },
  )

  it('has no pairs to show where a loss compares rows with proxies', async () => {
    const { pairSlopes, learnt } = await pictureOf('proxy-anchor')
    expect(pairSlopes).toBeNull()
    expect(learnt[0]!.shape).toEqual([3, 2])
  })

  it('goes on from the learnt values that it is given', async () => {
    const [start] = (await pictureOf('proxy-anchor')).learnt
    const values = start!.values.map((value) => -value)
    const request = { loss: 'proxy-anchor', params: {}, angles, labels: byLabel }
    const turned = await lossPicture(
      checkedPicture({ ...request, learnt: [{ ...start!, values }] }),
    )
    expect(turned.learnt[0]!.values).toEqual(values)
  })
})

describe('checkedPicture', () => {
  const request = { angles, labels: byLabel, learnt: [], params: {} }

  it('fills in parameters and refuses what there is not', () => {
    expect(checkedPicture({ ...request, loss: 'circle' })).toMatchObject({
      regime: 'metric',
      params: { margin: 0.25, scale: 80 },
    })
    expect(() => checkedPicture({ ...request, loss: 'magic' })).toThrow('There is no loss magic')
    expect(() => checkedPicture({ ...request, loss: 'circle', params: { margin: 7 } })).toThrow(
      'margin is 7',
    )
    expect(() => checkedPicture({ ...request, loss: 'circle', params: { speed: 7 } })).toThrow(
      'speed',
    )
  })

  it('wants two views of each image where a loss compares those', () => {
    expect(() => checkedPicture({ ...request, loss: 'debiased' })).toThrow('two views')
    const views = checkedPicture({ ...request, loss: 'debiased', labels: byView })
    expect(views.regime).toBe('contrastive')
  })
})
