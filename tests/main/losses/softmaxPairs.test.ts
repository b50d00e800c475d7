import { beforeAll, describe, expect, it } from 'vitest'
import { ntXentLoss, ntXentPairs } from '../../../src-main/losses/ntxent.ts'
import type { NtXentParams } from '../../../src-main/losses/ntxent.ts'
import { supConLoss, supConPairs } from '../../../src-main/losses/supcon.ts'
import type { SupConParams } from '../../../src-main/losses/supcon.ts'
import { relationOf } from '../../../src-main/losses/relation.ts'
import type { Relation } from '../../../src-main/losses/relation.ts'
import { softmaxPairsLoss } from '../../../src-main/losses/softmaxPairs.ts'
import { learntTemperature } from '../../../src-main/losses/temperature.ts'
import type { TemperatureParams } from '../../../src-main/losses/temperature.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import {
  backends,
  batchOf,
  expectGradient,
  labelled,
  matrixOf,
  twoViews,
  valueAndGradient,
} from './madeBatches.ts'
import type { Matrix } from './madeBatches.ts'
import {
  describeLoss,
  distanceLoop,
  logOnePlus,
  logSumExp,
  mean,
  randomRows,
  reduceLoop,
} from './lossChecks.ts'
import type { Pairs } from './lossChecks.ts'

const ntXent: NtXentParams = {
  temperature: 0.1,
  rule: 'fixed',
  distance: { kind: 'cosine' },
  reducer: { kind: 'mean' },
}

/** τ as its rule has it. */
function temperatureIn(
  { anchors, positives, learnt, fixed }: Pairs,
  { temperature, rule, alpha = 0, start = 0 }: TemperatureParams,
): number {
  if (rule === 'learnt') return Math.exp(learnt['logTemperature']![0]!)
  if (rule !== 'adaptive') return temperature
  const alignment = mean(anchors.flatMap((i) => positives(i).map((p) => fixed.s(i, p))))
  return Math.max(temperature * (1 + alpha * (alignment - start)), 1e-3)
}

const rules: readonly TemperatureParams[] = [
  { temperature: 0.2, rule: 'learnt' },
  { temperature: 0.2, rule: 'adaptive', alpha: 0.8, start: 0.1 },
]

describeLoss<NtXentParams>({
  title: 'NT-Xent',
  loss: ntXentLoss,
  learntOf: learntTemperature,
  params: ntXent,
  others: [
    { ...ntXent, temperature: 0.01 },
    { ...ntXent, temperature: 1, reducer: { kind: 'per-anchor' } },
    { ...ntXent, temperature: 0.2, distance: { kind: 'lp', p: 2, power: 1, isUnit: true } },
    ...rules.map((rule) => ({ ...ntXent, ...rule })),
  ],
  loops: (pairs, params) => {
    const temperature = temperatureIn(pairs, params)
    const d = distanceLoop(pairs, params.distance)
    const terms = pairs.anchors.map((i) =>
      pairs
        .positives(i)
        .map((p) => logOnePlus(pairs.negatives(i).map((n) => (d(i, p) - d(i, n)) / temperature))),
    )
    return reduceLoop(terms, params.reducer)
  },
})

const supCon: SupConParams = ntXent

describeLoss<SupConParams>({
  title: 'SupCon',
  loss: supConLoss,
  learntOf: learntTemperature,
  params: supCon,
  others: [
    { ...supCon, temperature: 0.01 },
    { ...supCon, temperature: 1, reducer: { kind: 'per-anchor' } },
    { ...supCon, distance: { kind: 'lp', p: 2, power: 2, isUnit: true } },
    ...rules.map((rule) => ({ ...supCon, ...rule })),
  ],
  loops: (pairs, params) => {
    const temperature = temperatureIn(pairs, params)
    const d = distanceLoop(pairs, params.distance)
    const terms = pairs.anchors.map((i) => {
      const own = pairs.positives(i).map((p) => -d(i, p) / temperature)
      const others = pairs.negatives(i).map((n) => -d(i, n) / temperature)
      return own.length === 0 ? [] : [logSumExp([...own, ...others]) - mean(own)]
    })
    return reduceLoop(terms, params.reducer)
  },
})

const losses = {
  'NT-Xent': { loss: ntXentLoss, pairs: ntXentPairs },
  SupCon: { loss: supConLoss, pairs: supConPairs },
} as const

describe.each(backends)('softmax losses on $backend', ({ open }) => {
  beforeAll(async () => void (await open()))

  it('SupCon of two views is NT-Xent', async () => {
    const raw = randomRows(8, 5)
    const relation = twoViews(4)
    const [ofViews, ofLabels] = await Promise.all(
      (['NT-Xent', 'SupCon'] as const).map((name) =>
        valueAndGradient(raw, (rows) =>
          losses[name].loss(batchOf(rows, relation), { ...ntXent, temperature: 0.1 }, {}),
        ),
      ),
    )
    expect(ofLabels!.loss).toBeCloseTo(ofViews!.loss, 5)
    expectGradient(ofLabels!.gradient, ofViews!.gradient, 1e-5)
  })

  describe.each(['NT-Xent', 'SupCon'] as const)('%s', (name) => {
    const raw = randomRows(8, 5)
    const relation = labelled([0, 0, 1, 1, 1, 2, 3, 3])

    it.each([0.01, 0.1, 1])('equals its closed form at τ = %d', async (temperature) => {
      const direct = await valueAndGradient(raw, (rows) =>
        losses[name].loss(batchOf(rows, relation), { ...ntXent, temperature }, {}),
      )
      const pairs = losses[name].pairs(relation, { temperature })
      const closed = await valueAndGradient(raw, (rows) => softmaxPairsLoss(rows, rows, pairs))
      expect(closed.loss).toBeCloseTo(direct.loss, 4)
      expectGradient(closed.gradient, direct.gradient, 1e-6 / temperature ** 2)
    })

    it('stays finite at a temperature of .0001', async () => {
      const { loss, gradient } = await valueAndGradient(raw, (rows) =>
        losses[name].loss(batchOf(rows, relation), { ...ntXent, temperature: 1e-4 }, {}),
      )
      expect(loss).toSatisfy(Number.isFinite)
      expect(gradient.flat().every(Number.isFinite)).toBe(true)
    })

    it('is right where every similarity is near −1 at a temperature of .001', async () => {
      const at = (degrees: number) => [Math.cos(degrees / 57.3), Math.sin(degrees / 57.3)]
      const far = [at(0), at(180), at(170), at(-170)]
      const cells = Int8Array.of(0, 1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
      const { loss } = await valueAndGradient(far, (rows) =>
        losses[name].loss(
          batchOf(rows, { rows: 4, columns: 4, cells }),
          { ...ntXent, temperature: 0.001 },
          {},
        ),
      )
      const s = (j: number) => (far[0]![0]! * far[j]![0]! + far[0]![1]! * far[j]![1]!) / 0.001
      expect(loss).toBeGreaterThan(10)
      expect(Math.abs(loss - logOnePlus([s(2) - s(1), s(3) - s(1)]))).toBeLessThan(1e-3)
    })

    it('describes the pairs it weighs: one weight in all, no row in its own denominator', () => {
      const { weights, denominator } = losses[name].pairs(labelled([0, 0, 1, 1, 1, 2]), {
        temperature: 0.1,
      })
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6)
      for (let i = 0; i < 6; i++) expect(denominator[i * 7]).toBe(0)
    })

    it('leaves no tensor behind in its closed form but its result', () => {
      const rows = matrixOf(raw)
      const pairs = losses[name].pairs(relation, { temperature: 0.1 })
      const before = tf.memory().numTensors
      const loss = softmaxPairsLoss(rows, rows, pairs)
      expect(tf.memory().numTensors).toBe(before + 1)
      tf.dispose([rows, loss])
    })
  })
})

it('SupCon does not count an anchor that has one positive and nothing to tell it from', async () => {
  await cpuRung.open()
  const raw = randomRows(6, 3)
  const images = Int32Array.of(0, 1, 2, 3, 4, 4)
  const withViews = relationOf('metric', { images, labels: Int32Array.of(0, 0, 1, 1, -1, -1) })
  const lossOf = async (rows: Matrix, relation: Relation) =>
    (await valueAndGradient(rows, (x) => supConLoss(batchOf(x, relation), supCon, {}))).loss
  expect(await lossOf(raw, withViews)).toBeCloseTo(
    await lossOf(raw.slice(0, 4), labelled([0, 0, 1, 1])),
    5,
  )
})
