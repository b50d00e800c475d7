import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import type { Batch, Learnt } from './loss.ts'
import { logSumExp } from './numerics.ts'
import { labelledRows, ownLabels, proxyCosines } from './proxies.ts'
import type { ProxyOptions } from './proxies.ts'

export interface ProxyAnchorParams extends ProxyOptions {
  /** δ: positives are pulled beyond it, negatives pushed below −δ, in [0, 1]; the paper takes .1. */
  readonly margin: number
  /** α: how sharply it looks at the worst rows of a proxy, > 0; the paper takes 32. */
  readonly scale: number
}

/**
 * ProxyAnchor: each proxy is an anchor of the batch's rows, log(1 + Σ e^(−α(s − δ))) over its label's rows,
 * averaged over labels in the batch, and log(1 + Σ e^(α(s + δ))) over all others, averaged over all labels.
 *
 * Kim, Kim, Cho, Kwak, "Proxy Anchor Loss for Deep Metric Learning", CVPR 2020, arXiv:2003.13911.
 *
 * @returns scalar ≥ 0; 0 when no row has a label
 */
export function proxyAnchorLoss(
  batch: Batch,
  { margin, scale }: ProxyAnchorParams,
  learnt: Learnt,
): Scalar {
  const { labels } = batch
  return tf.tidy(() => {
    const similarity = tf.transpose(proxyCosines(batch, learnt))
    const count = similarity.shape[0]
    const isOwn = ownLabels(labels, count)
    const isOther = tf.logicalAnd(labelledRows(labels), tf.logicalNot(isOwn))
    const sumOf = (x: Tensor, mask: Tensor) =>
      tf.sum(tf.softplus(logSumExp(x as Tensor2D, tf.transpose(mask as Tensor2D))))
    const pull = sumOf(tf.mul(tf.sub(margin, similarity), scale), isOwn)
    const push = sumOf(tf.mul(tf.add(similarity, margin), scale), isOther)
    const present = new Set(labels.filter((label) => label >= 0)).size
    return tf.add(tf.div(pull, Math.max(present, 1)), tf.div<Scalar>(push, Math.max(count, 1)))
  })
}
