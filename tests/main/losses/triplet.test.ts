import { beforeAll, describe, expect, it } from 'vitest'
import type { Reducer } from '../../../src-main/losses/reducer.ts'
import { countPairs } from '../../../src-main/losses/relation.ts'
import { tripletLoss } from '../../../src-main/losses/triplet.ts'
import type { TripletParams } from '../../../src-main/losses/triplet.ts'
import { tripletsInTensors } from '../../../src-main/losses/tripletInTensors.ts'
import { tripletsOf } from '../../../src-main/losses/tripletLoops.ts'
import type { TripletRule } from '../../../src-main/losses/tripletLoops.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import { random } from '../../../src-main/numeric/random.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Tensor2D } from '../../../src-main/numeric/tf.ts'
import { backends, batchOf, labelled, valueAndGradient } from './madeBatches.ts'
import {
  describeLoss,
  distanceLoop,
  reduceLoop,
  relu,
  softplus,
  someReducers,
} from './lossChecks.ts'

const triplet: TripletParams = {
  margin: 0.2,
  mining: 'all',
  form: 'hinge',
  isSwapped: false,
  distance: { kind: 'lp', p: 2, power: 1, isUnit: true },
  reducer: { kind: 'non-zero' },
}

describeLoss({
  title: 'Triplet',
  loss: tripletLoss,
  params: triplet,
  others: [
    ...someReducers.map((reducer) => ({ ...triplet, margin: 0.5, reducer })),
    { ...triplet, mining: 'semi-hard', margin: 0.6 },
    { ...triplet, mining: 'batch-hard', form: 'soft' },
    { ...triplet, mining: 'semi-hard', margin: 0.6, reducer: { kind: 'per-anchor' } },
    { ...triplet, form: 'soft', isSwapped: true, reducer: { kind: 'mean' } },
    { ...triplet, form: 'soft', reducer: { kind: 'per-anchor' } },
    { ...triplet, isSwapped: true, distance: { kind: 'cosine' } },
  ],
  loops: (pairs, { margin, mining, form, isSwapped, distance, reducer }) => {
    const d = distanceLoop(pairs, distance)
    const chosen = distanceLoop(pairs.fixed, distance)
    const terms = pairs.anchors.map((a) => {
      const nearest = Math.min(...pairs.negatives(a).map((n) => chosen(a, n)))
      const farthest = Math.max(...pairs.positives(a).map((p) => chosen(a, p)))
      const isMet = (p: number, n: number) => {
        const gap = chosen(a, n) - chosen(a, p)
        if (mining === 'batch-hard') return chosen(a, n) === nearest && chosen(a, p) === farthest
        return mining === 'all' || (gap > 0 && gap <= margin)
      }
      return pairs.positives(a).flatMap((p) =>
        pairs
          .negatives(a)
          .filter((n) => isMet(p, n))
          .map((n) => {
            const isNear = isSwapped && p < pairs.relation.rows
            const far = isNear ? Math.min(d(a, n), d(p, n)) : d(a, n)
            return (form === 'hinge' ? relu : softplus)(d(a, p) - far + margin)
          }),
      )
    })
    return reduceLoop(terms, reducer)
  },
})

describe.each(backends)('what a miner gives, on $backend', ({ open }) => {
  beforeAll(async () => void (await open()))

  it('is taken instead of the relation’s triplets, each as often as it occurs', async () => {
    const raw = [
      [1, 0.1],
      [0.7, 0.6],
      [0.2, 1],
    ]
    const triplets = {
      anchors: Int32Array.of(0, 0, 1),
      positives: Int32Array.of(1, 1, 0),
      negatives: Int32Array.of(2, 2, 2),
    }
    const params: TripletParams = { ...triplet, form: 'soft', reducer: { kind: 'mean' } }
    const { loss } = await valueAndGradient(raw, (rows) =>
      tripletLoss(batchOf(rows, labelled([0, 0, 1]), { triplets }), params),
    )
    const z = raw.map((row) => row.map((x) => x / Math.hypot(...row)))
    const d = (i: number, j: number) => Math.hypot(...z[i]!.map((x, k) => x - z[j]![k]!))
    const first = softplus(d(0, 1) - d(0, 2) + 0.2)
    const second = softplus(d(1, 0) - d(1, 2) + 0.2)
    expect(loss).toBeCloseTo((2 * first + second) / 3, 5)
  })
})

describe('the ways of a triplet loss', () => {
  const labels = Array.from({ length: 40 }, (_, i) => i % 5)
  const relation = labelled(labels)
  const stream = random(5, 'distances')
  // Many are the same, as rounding makes them: ranges have ends to get wrong.
  const distances = Float32Array.from({ length: 1600 }, () => Math.round(stream.next() * 20) / 10)
  const rule: TripletRule = { ...triplet, margin: 0.3 }
  const reducers: readonly Reducer[] = someReducers.filter(({ kind }) => kind !== 'threshold')

  it.each(
    reducers.flatMap((reducer) =>
      (['all', 'semi-hard'] as const).map((mining) => ({ reducer, mining })),
    ),
  )('sorted distances equal a look at each triplet: $mining, $reducer.kind', (how) => {
    const sorted = tripletsOf(distances, { relation, rule: { ...rule, ...how } })
    const given = tripletsOf(distances, {
      relation,
      rule: { ...rule, ...how },
      given: tripletsWithin(how.mining),
    })
    expect(sorted.value / given.value).toBeCloseTo(1, 9)
    for (const [at, slope] of sorted.slopes.entries())
      expect(slope).toBeCloseTo(given.slopes[at]!, 6)
  })

  it.each([
    rule,
    { ...rule, form: 'soft' as const },
    { ...rule, isSwapped: true },
    { ...rule, mining: 'semi-hard' as const },
    { ...rule, reducer: { kind: 'threshold', low: 0.1, high: 0.5 } as const },
  ])('tensors, for graphics cards, equal loops: %j', async (how) => {
    await cpuRung.open()
    // Off the grid of distances: float32 would round hinges of 0 to either side.
    const rule = { ...how, margin: 0.35 }
    const loops = tripletsOf(distances, { relation, rule })
    const x = tf.tensor2d(distances, [40, 40])
    const { value, grad } = tf.valueAndGrad((d) =>
      tripletsInTensors(d as Tensor2D, { relation, rule }),
    )(x)
    expect((await value.data())[0]).toBeCloseTo(loops.value, 5)
    const slopes = await grad.data()
    for (const [at, slope] of loops.slopes.entries()) expect(slopes[at]).toBeCloseTo(slope, 6)
    tf.dispose([x, value, grad])
  })

  function tripletsWithin(mining: 'all' | 'semi-hard') {
    const found: [number, number, number][] = []
    for (const [a, label] of labels.entries())
      for (const [p, other] of labels.entries())
        for (const [n, third] of labels.entries()) {
          if (a === p || label !== other || label === third) continue
          const [near, far] = [distances[a * 40 + p]!, distances[a * 40 + n]!]
          const isMet = mining === 'all' || (far > near && far <= near + rule.margin)
          if (isMet) found.push([a, p, n])
        }
    expect(countPairs(relation).allPositives).toBe(40 * 7)
    return {
      anchors: Int32Array.from(found, ([a]) => a),
      positives: Int32Array.from(found, ([, p]) => p),
      negatives: Int32Array.from(found, ([, , n]) => n),
    }
  }
})
