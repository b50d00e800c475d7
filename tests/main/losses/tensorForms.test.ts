import { beforeAll, describe, expect, it } from 'vitest'
import { liftedInTensors } from '../../../src-main/losses/lifted.ts'
import { liftedOf } from '../../../src-main/losses/liftedLoops.ts'
import { lpDistances } from '../../../src-main/losses/lpDistances.ts'
import { lpDistancesInTensors } from '../../../src-main/losses/lpDistancesInTensors.ts'
import {
  inLoops,
  maskedLogSumExp,
  maskedLogSumExpInTensors,
} from '../../../src-main/losses/numerics.ts'
import { reduce, reduceInTensors } from '../../../src-main/losses/reducer.ts'
import { columnPlus, takeRows } from '../../../src-main/losses/rowLoops.ts'
import { softChoice, softChoiceInTensors } from '../../../src-main/losses/softChoice.ts'
import { softHistogram } from '../../../src-main/losses/softHistogram.ts'
import { softHistogramInTensors } from '../../../src-main/losses/softHistogramInTensors.ts'
import { cpuRung } from '../../../src-main/numeric/engines/cpu.ts'
import * as tf from '../../../src-main/numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../../../src-main/numeric/tf.ts'
import { randomRows, someReducers } from './lossChecks.ts'
import { labelled, matrixOf } from './madeBatches.ts'

type Form = (first: Tensor2D, second: Tensor2D) => Tensor

/** Weights that tell every cell of a result from every other. */
function told(result: Tensor): Scalar {
  const weights = tf.reshape(tf.cos(tf.range(1, result.size + 1)), result.shape)
  return tf.sum(tf.mul(result, weights))
}

async function expectSame(loops: Form, tensors: Form, inputs: readonly number[][][]) {
  const results = await Promise.all(
    [loops, tensors].map(async (form) => {
      const { value, grads } = tf.valueAndGrads((...given: Tensor[]) =>
        told(form(given[0] as Tensor2D, given[1] as Tensor2D)),
      )(inputs.map(matrixOf))
      const data = await Promise.all([value, ...grads].map((tensor) => tensor.data()))
      return data.map((numbers) => Array.from(numbers))
    }),
  )
  const [first, second] = results.map((data) => data.flat())
  for (const [at, number] of first!.entries())
    expect(Math.abs(number - second![at]!)).toBeLessThan(1e-5 * (1 + Math.abs(number)))
}

describe('loops, on the processor, equal tensors, on graphics cards:', () => {
  beforeAll(async () => void (await cpuRung.open()))

  const x = randomRows(6, 9)
  const mask = () => tf.greater<Tensor2D>(tf.cos(matrixOf(randomRows(6, 9))), 0.3)

  it.each([
    { p: 2, power: 1 },
    { p: 2, power: 2 },
    { p: 1, power: 1 },
    { p: 3, power: 1.5 },
  ])('distances, %j', async (how) => {
    // Two rows are the same: their distance is 0 and so is its slope.
    const [a, b] = [randomRows(5, 4), [...randomRows(5, 4).slice(0, 2), ...randomRows(7, 4)]]
    await expectSame(
      (first, second) => lpDistances(first, second, how),
      (first, second) => lpDistancesInTensors(first, second, how),
      [a, b],
    )
    await expectSame(
      (rows) => lpDistances(rows, rows, how),
      (rows) => lpDistancesInTensors(rows, rows, how),
      [a],
    )
  })

  it('a sum of exponentials of the cells that a mask keeps', async () => {
    await expectSame(
      (logits) => {
        const { maximum, rest } = maskedLogSumExp(logits, mask())
        return tf.add(maximum, rest)
      },
      (logits) => {
        const { maximum, rest } = maskedLogSumExpInTensors(logits, mask())
        return tf.add(maximum, rest)
      },
      [x],
    )
  })

  it('a number for each row with a matrix', async () => {
    for (const sign of [1, -1] as const)
      await expectSame(
        (column, cells) => columnPlus(column, cells, sign),
        (column, cells) => tf.add(column, tf.mul(cells, sign)),
        [randomRows(6, 1), x],
      )
  })

  it.each(someReducers)('terms as one number, %j', async (reducer) => {
    const terms = (values: Tensor2D) => ({ values, isCounted: mask() })
    await expectSame(
      (values) => reduce(terms(values), reducer),
      (values) => reduceInTensors(terms(values), reducer),
      [x],
    )
    const soft = (excess: Tensor2D) => ({ ...terms(tf.softplus(excess)), excess })
    await expectSame(
      (excess) => reduce(soft(excess), reducer),
      (excess) => reduceInTensors(soft(excess), reducer),
      [x.map((row) => row.map((value) => value * 400))],
    )
  })

  it('rows by place', async () => {
    const places = Int32Array.of(3, 0, 3, 5)
    await expectSame(
      (rows) => takeRows(rows, places),
      (rows) => tf.gather(rows, tf.tensor1d(places, 'int32')),
      [x],
    )
  })

  it('soft histograms', async () => {
    const nodes = { first: -4, last: 4, count: 17 }
    await expectSame(
      (values) => softHistogram(values, mask(), nodes),
      (values) => softHistogramInTensors(values, mask(), nodes),
      [[...x.slice(1), [-4, 4, 0, 0.5, 1, -1, 3.9, -3.9, 0.25]]],
    )
  })

  it('soft choices', async () => {
    await expectSame(
      (values) => softChoice(values, { size: 3, softness: 0.2 }),
      (values) => softChoiceInTensors(values, { size: 3, softness: 0.2 }),
      [x],
    )
  })

  it('lifted structures', async () => {
    const relation = labelled([0, 0, 1, 1, 1, 2])
    const distances = randomRows(6, 6).map((row) => row.map(Math.abs))
    for (const reducer of someReducers) {
      const margins = { positiveMargin: 0.1, negativeMargin: 1, reducer }
      await expectSame(
        (cells) => inLoops(cells, (numbers) => liftedOf(numbers, relation, margins)),
        (cells) => liftedInTensors(cells, relation, margins),
        [distances],
      )
    }
  })
})
