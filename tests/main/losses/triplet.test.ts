import { beforeAll, describe, expect, it } from 'vitest'
import { euclideanDistances } from '../../../src-main/losses/distance.ts'
import { mineTriplets } from '../../../src-main/losses/mining.ts'
import type { Mining } from '../../../src-main/losses/mining.ts'
import { tripletLoss } from '../../../src-main/losses/triplet.ts'
import type { TripletParams } from '../../../src-main/losses/triplet.ts'
import { unitRows } from '../../../src-main/model/unitRows.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import {
  backends,
  batchOf,
  expectGradient,
  goldenCases,
  labelled,
  matrixOf,
  twoViews,
  valueAndGradient,
} from './golden.ts'
import type { GoldenCase, Matrix } from './golden.ts'

interface Reference {
  readonly margin: number
  readonly swap: boolean
  readonly smooth_loss: boolean
  readonly reducer: string
  readonly distance: { readonly type: string }
  readonly miner?: { readonly type: string; readonly params: { type_of_triplets?: string } }
}

/** Null where the loss here does not offer what the case asks for. */
function paramsOf({ params }: GoldenCase): TripletParams | null {
  const { margin, swap, smooth_loss, reducer, distance, miner } = params as unknown as Reference
  if (swap || reducer !== 'AvgNonZeroReducer' || distance.type !== 'LpDistance') return null
  const mining = miningOf(miner?.type ?? null, miner?.params.type_of_triplets)
  return mining && { margin, mining, form: smooth_loss ? 'soft' : 'hinge' }
}

function miningOf(type: string | null, kind: string | undefined): Mining | null {
  if (type === null) return 'all'
  if (type === 'BatchHardMiner') return 'batch-hard'
  return type === 'TripletMarginMiner' && kind === 'semihard' ? 'semi-hard' : null
}

describe.each(backends)('tripletLoss on $backend', ({ open }) => {
  beforeAll(async () => void (await open()))

  const cases = goldenCases('triplet_margin').map((golden) => ({
    golden,
    params: paramsOf(golden),
  }))

  it('leaves out cases with swap, cosine, another mean, or a miner that is not offered', () => {
    const left = cases.filter(({ params }) => params === null).map(({ golden }) => golden.name)
    expect(left.length).toBe(8)
    for (const name of left) expect(name).toMatch(/swap=True|cosine|reducer=mean|BatchEasyHard/)
  })

  it.each(cases.filter(({ params }) => params !== null))(
    'equals the reference on $golden.name',
    async ({ golden, params }) => {
      const relation = labelled(golden.inputs.labels!)
      const { loss, gradient } = await valueAndGradient(golden.inputs.embeddings!, (rows) =>
        tripletLoss(batchOf(rows, relation), params!),
      )
      expect(Math.abs(loss - (golden.expected.loss as number))).toBeLessThan(
        golden.tolerance.lossAbs,
      )
      expectGradient(gradient, golden.expected.gradEmbeddings!, golden.tolerance.gradAbs)
    },
  )

  const hard: TripletParams = { margin: 0.2, mining: 'batch-hard', form: 'hinge' }

  it('is 0 with a gradient of 0 where no triplet exists', async () => {
    for (const labels of [
      [0, 0, 0],
      [0, 1, 2],
      [-1, -1, -1],
    ]) {
      const relation = labelled(labels)
      const rows: Matrix = [
        [1, 0],
        [0, 1],
        [1, 1],
      ]
      for (const mining of ['all', 'semi-hard', 'batch-hard'] as const) {
        const { loss, gradient } = await valueAndGradient(rows, (x) =>
          tripletLoss(batchOf(x, relation), { ...hard, mining }),
        )
        expect(loss).toBe(0)
        expect(gradient.flat().every((slope) => slope === 0)).toBe(true)
      }
    }
  })

  it('works on two views as on labels', async () => {
    const raw: Matrix = [
      [1, 0.2],
      [0.1, 1],
      [0.9, 0.8],
      [1, 0.9],
    ]
    const lossWith = (relation: ReturnType<typeof labelled>) =>
      valueAndGradient(raw, (rows) => tripletLoss(batchOf(rows, relation), hard))
    expect(await lossWith(twoViews(2))).toEqual(await lossWith(labelled([0, 1, 0, 1])))
  })

  it('is the same in any order of rows', async () => {
    const { embeddings, labels } = goldenCases('triplet_margin')[1]!.inputs
    const order = embeddings!.map((_, i) => (i * 7 + 3) % embeddings!.length)
    const lossIn = (positions: number[]) => {
      const relation = labelled(positions.map((i) => labels![i]!))
      return valueAndGradient(
        positions.map((i) => embeddings![i]!),
        (rows) => tripletLoss(batchOf(rows, relation), { ...hard, mining: 'semi-hard' }),
      )
    }
    const direct = await lossIn(order.map((_, i) => i))
    const mixed = await lossIn(order)
    expect(mixed.loss).toBeCloseTo(direct.loss, 5)
    expectGradient(mixed.gradient, { full: order.map((i) => direct.gradient[i]!) }, 1e-5)
  })

  it('does not let the gradient through the choice of triplets', async () => {
    const raw: Matrix = [
      [1, 0.1],
      [0.7, 0.6],
      [0.2, 1],
      [1, -0.4],
    ]
    const relation = labelled([0, 0, 1, 1])
    const params: TripletParams = { margin: 0.3, mining: 'semi-hard', form: 'soft' }
    const of = async (x: Matrix) =>
      (await valueAndGradient(x, (rows) => tripletLoss(batchOf(rows, relation), params))).loss
    const { gradient } = await valueAndGradient(raw, (rows) =>
      tripletLoss(batchOf(rows, relation), params),
    )
    const step = 1e-3
    for (const i of [0, 1, 2, 3])
      for (const d of [0, 1]) {
        const moved = (by: number) =>
          raw.map((row, r) => row.map((x, c) => (r === i && c === d ? x + by : x)))
        const slope = ((await of(moved(step))) - (await of(moved(-step)))) / (2 * step)
        expect(gradient[i]![d]).toBeCloseTo(slope, 2)
      }
  })

  it.each(['all', 'semi-hard', 'batch-hard'] as const)(
    'leaks no tensor when mining %s',
    (mining) => {
      const rows = matrixOf(goldenCases('triplet_margin')[0]!.inputs.embeddings!)
      const relation = labelled(goldenCases('triplet_margin')[0]!.inputs.labels!)
      const lossOfRows = (x: tf.Tensor) => {
        const unit = unitRows(x as tf.Tensor2D)
        return tripletLoss(batchOf(unit, relation), { ...hard, mining })
      }
      const before = tf.memory().numTensors
      const { value, grad } = tf.valueAndGrad(lossOfRows)(rows)
      expect(tf.memory().numTensors).toBe(before + 2)
      tf.dispose([rows, value, grad])
    },
  )
})

describe.each(backends)('mineTriplets on $backend', ({ open }) => {
  beforeAll(async () => void (await open()))

  const cases = goldenCases('miners')
  const { datasets } = cases[0]!
  const offered = cases.slice(1).flatMap((golden) => {
    const { type, params } = golden.params as {
      type: string
      params: { type_of_triplets?: string; margin?: number; distance?: unknown }
    }
    const mining = miningOf(type, params.type_of_triplets)
    return mining ? [{ golden, mining, margin: params.margin ?? 0 }] : []
  })

  it('covers batch-hard on either distance, and semi-hard; other miners are not offered', () => {
    expect(offered.filter(({ mining }) => mining === 'batch-hard')).toHaveLength(14)
    expect(offered.filter(({ mining }) => mining === 'semi-hard')).toHaveLength(6)
  })

  it.each(offered)(
    'chooses as the reference on $golden.name',
    async ({ golden, mining, margin }) => {
      const { embeddings, labels } = datasets![golden.inputs.dataset!]!
      const { anchors, positives, negatives } = golden.expected
      const expected = anchors!.map((a, i) => [a, positives![i], negatives![i]].join(' '))
      expect(await triplets(embeddings, labels, { mining, margin })).toEqual(expected.sort())
    },
  )

  it('finds every triplet when asked for all', async () => {
    const { embeddings, labels } = datasets!['imbalanced_12x6']!
    const found = await triplets(embeddings, labels, { mining: 'all', margin: 0 })
    const wanted = labels.flatMap((label, a) =>
      labels.flatMap((other, p) =>
        labels.flatMap((third, n) =>
          a !== p && label === other && label !== third ? [`${a} ${p} ${n}`] : [],
        ),
      ),
    )
    expect(found).toEqual(wanted.sort())
  })
})

async function triplets(
  embeddings: Matrix,
  labels: readonly number[],
  how: { mining: Mining; margin: number },
): Promise<string[]> {
  const { positives, mask } = tf.tidy(() => {
    const rows = unitRows(matrixOf(embeddings))
    return { ...mineTriplets(euclideanDistances(rows, rows), labelled(labels), how) }
  })
  const slots = await positives.array()
  const met = await mask.array()
  tf.dispose([positives, mask])
  return slots
    .flatMap((anchor, a) =>
      anchor.flatMap((slot, s) =>
        met[a]![s]!.flatMap((isMet, n) => (isMet ? [`${a} ${slot.indexOf(1)} ${n}`] : [])),
      ),
    )
    .sort()
}
