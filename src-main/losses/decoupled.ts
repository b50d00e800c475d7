import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { similarities } from './distance.ts'
import type { Batch, Learnt } from './loss.ts'
import {
  excessOver,
  logZero,
  maskedLogSumExp,
  masksOf,
  meanWhere,
  withoutGradient,
} from './numerics.ts'
import { temperatureOf } from './temperature.ts'
import type { TemperatureParams } from './temperature.ts'

/** `far-positives`: DCLW, positives that are still far apart are pulled more than near ones. */
export const decoupledWeightings = ['even', 'far-positives'] as const

/** The paper takes a temperature of .1. */
export interface DecoupledParams extends TemperatureParams {
  readonly weighting: (typeof decoupledWeightings)[number]
  /** σ of the weights, > 0: the smaller, the fewer positives are pulled less. The paper takes .5. */
  readonly sigma: number
}

/**
 * Decoupled contrastive loss (DCL, DCLW): NT-Xent without the positive in the denominator, so that an
 * easy positive does not weaken the push: for each ordered positive pair −w s_ip/τ + log Σ_n e^(s_in/τ);
 * the mean over pairs whose anchor has a negative. w is 1, or 2 − e^(s_ip/σ) over its mean, through which
 * the gradient flows too.
 *
 * Yeh, Hong, Hsu, Liu, Chen, LeCun, "Decoupled Contrastive Learning", ECCV 2022, arXiv:2110.06848.
 *
 * @returns scalar of either sign; 0 when no anchor has both a positive and a negative
 */
export function decoupledLoss(batch: Batch, params: DecoupledParams, learnt: Learnt): Scalar {
  return tf.tidy(() => {
    const { rows, columns, relation } = batch
    const { weighting, sigma } = params
    const temperature = temperatureOf(batch, params, learnt)
    const similarity = similarities(rows, columns)
    const { isPositive, isNegative } = masksOf(relation)
    const isCounted = tf.logicalAnd<Tensor2D>(isPositive, tf.any(isNegative, 1, true))
    const pull = tf.div<Tensor2D>(similarity, temperature)
    const sum = maskedLogSumExp(pull, isNegative)
    const weighted =
      weighting === 'even' ? pull : tf.mul<Tensor2D>(pull, weightsOf(similarity, isCounted, sigma))
    return meanWhere(isCounted, excessOver(sum, weighted))
  })
}

/** 2 − e^(s/σ) over its mean over the counted pairs. */
function weightsOf(similarity: Tensor2D, isCounted: Tensor2D, sigma: number): Tensor2D {
  const logits = tf.div(similarity, sigma)
  const kept = tf.where(isCounted, logits, tf.fill(logits.shape, logZero))
  const powers = tf.exp(
    tf.sub(
      kept,
      withoutGradient(kept, (x) => tf.max(x)),
    ),
  )
  const count = tf.sum(tf.cast(isCounted, 'float32'))
  return tf.sub(2, tf.mul(tf.div(powers, tf.sum(powers)), count))
}
