import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import type { LearntValues, StepLoss } from './encoder.ts'
import { unitRows } from './unitRows.ts'

/**
 * The loss of rows that are not normalised yet. Of what it does not look at the gradient is 0; tfjs
 * alone would throw.
 *
 * @param raw `[batch, dim]`
 * @param learnt in the order of `loss.learnt`
 */
export function lossThrough(loss: StepLoss, raw: Tensor2D, learnt: readonly Tensor[]): Scalar {
  return tf.tidy(() => {
    const rows = unitRows(raw)
    const value = loss.ofRows(rows, { raw, learnt })
    return [rows, ...learnt].reduce<Scalar>(
      (sum, input) => tf.add(sum, tf.mul(tf.sum(input), 0)),
      value,
    )
  })
}

/** Lets a loss look at its rows while they are differentiated, and keeps them if it wants them. */
export interface RowWatcher {
  /** @param raw disposed of with the rest of the step */
  see(raw: Tensor2D): void
  /** The caller's to dispose of. */
  readonly kept: Tensor2D | null
}

export function rowWatcher({ look, wantsRaw }: Pick<StepLoss, 'look' | 'wantsRaw'>): RowWatcher {
  let kept: Tensor2D | null = null
  return {
    see(raw) {
      look?.(raw.dataSync() as Float32Array)
      if (wantsRaw) kept = tf.keep(tf.clone(raw))
    },
    get kept() {
      return kept
    },
  }
}

export function learntTensors(learnt: readonly LearntValues[] = []): Tensor[] {
  return learnt.map(({ values, shape }) => tf.tensor(values, [...shape]))
}

/** Value and gradients of a loss, for engines that run the network elsewhere. */
export interface LossOfRows {
  readonly loss: number
  /** dL/draw, `[batch, dim]`. */
  readonly gradient: Float32Array
  readonly learntGradients: readonly Float32Array[]
  readonly raw?: Float32Array
}

/** @param raw rows that are not normalised yet, `[batch, dim]` */
export async function lossOfRows(
  loss: StepLoss,
  raw: Float32Array,
  [count, dim]: readonly [number, number],
): Promise<LossOfRows> {
  loss.look?.(raw)
  const { value, grads } = tf.tidy(() => {
    const lossOf = (x: Tensor, ...learnt: Tensor[]) => lossThrough(loss, x as Tensor2D, learnt)
    return tf.valueAndGrads(lossOf)([tf.tensor2d(raw, [count, dim]), ...learntTensors(loss.learnt)])
  })
  try {
    const [[lossValue = NaN], [gradient = new Float32Array(), ...learntGradients]] =
      await Promise.all([
        value.data(),
        Promise.all(grads.map(async (grad) => (await grad.data()) as Float32Array)),
      ])
    return { loss: lossValue, gradient, learntGradients, ...(loss.wantsRaw && { raw }) }
  } finally {
    tf.dispose([value, ...grads])
  }
}
