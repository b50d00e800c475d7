import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import type { StepLoss } from './encoder.ts'

/** The loss of rows. One that does not look at them has the gradient 0; tfjs alone would throw. */
export function lossThrough(rows: Tensor2D, ofRows: StepLoss['ofRows']): Scalar {
  return tf.tidy(() => tf.add(ofRows(rows), tf.mul(tf.sum(rows), 0)))
}

/** Value and dL/drows of a loss, for engines that run the network elsewhere. */
export async function lossOfRows(
  rows: Float32Array,
  [count, dim]: readonly [number, number],
  ofRows: StepLoss['ofRows'],
): Promise<{ readonly loss: number; readonly gradient: Float32Array }> {
  const { value, grad } = tf.tidy(() => {
    const lossOf = (x: Tensor) => lossThrough(x as Tensor2D, ofRows)
    return tf.valueAndGrad(lossOf)(tf.tensor2d(rows, [count, dim]))
  })
  try {
    const [[loss = NaN], gradient] = await Promise.all([value.data(), grad.data()])
    return { loss, gradient: gradient as Float32Array }
  } finally {
    tf.dispose([value, grad])
  }
}
