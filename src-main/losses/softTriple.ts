import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { lengths, rowsAt, safeUnitRows } from './numerics.ts'
import type { Batch, Learnt } from './loss.ts'
import { crossEntropy, proxiesOf, proxyCosines, withOwnLogit } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'
import type { Reducer } from './reducer.ts'
import { softChoice } from './softChoice.ts'

export interface SoftTripleParams extends ProxyOptions {
  /** Centres of each label, a whole number ≥ 1; the paper takes 10, of photographs of few kinds 2. */
  readonly centres: number
  /** λ: multiplies the logits, > 0; the paper takes 20. */
  readonly scale: number
  /** γ: how softly a row is shared among a label's centres, > 0; the paper takes .1. */
  readonly softness: number
  /** δ: taken off the own label's similarity, ≥ 0; the paper takes .01. */
  readonly margin: number
  /** τ: how much a label's centres are drawn together, ≥ 0; the paper takes .2. */
  readonly merging: number
  readonly reducer: Reducer
}

/**
 * SoftTriple: each label has several centres, and a row's similarity to a label is that to its centres,
 * weighted by a softmax of them; cross entropy of λ (S − δ [own label]). Centres of one label that are
 * alike are drawn together by τ times the mean of √(2 − 2 w·w′) over them.
 *
 * Qian, Shang, Sun, Hu, Li, Jin, "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling", ICCV
 * 2019, arXiv:1909.05235.
 *
 * @returns scalar ≥ 0; of rows without a label only the centres' part
 */
export function softTripleLoss(batch: Batch, params: SoftTripleParams, learnt: Learnt): Scalar {
  const { centres, scale, softness, margin, merging, reducer } = params
  const { labels } = batch
  return tf.tidy(() => {
    const cosines = proxyCosines(batch, learnt)
    const similarity = softChoice(cosines, { size: centres, softness })
    const logits = tf.mul<Tensor2D>(similarity, scale)
    const own = tf.sub<Tensor2D>(logits, scale * margin)
    const value = crossEntropy(withOwnLogit(logits, own, labels), labels, reducer)
    if (merging === 0 || centres === 1) return value
    return tf.add(value, tf.mul(spreadOfCentres(proxiesOf(learnt), centres), merging))
  })
}

/** Mean distance of two centres of one label: of unit rows √(2 − 2 w·w′). */
function spreadOfCentres(proxies: Tensor2D, centres: number): Scalar {
  const labels = proxies.shape[0] / centres
  const unit = safeUnitRows(proxies)
  const centre = (k: number) => {
    const places = Int32Array.from({ length: labels }, (_, label) => label * centres + k)
    return rowsAt(unit, places)
  }
  const apart: Tensor2D[] = []
  for (let s = 0; s < centres; s++)
    for (let t = s + 1; t < centres; t++) apart.push(lengths(tf.sub(centre(s), centre(t))))
  return tf.mean(tf.concat(apart, 0))
}
