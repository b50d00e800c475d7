import { random } from '../numeric/random.ts'
import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import type { Batch, Learnt, LearntContext, LearntSpec } from './loss.ts'
import { only, safeUnitRows, withoutGradient } from './numerics.ts'
import { reduce } from './reducer.ts'
import type { Reducer } from './reducer.ts'

/** The name of what every proxy loss learns. */
const name = 'proxies'

export interface ProxyOptions {
  /** Proxies of each label; those of a label are next to each other. */
  readonly centres?: number
  /** Multiplies the learning rate of the proxies. */
  readonly proxyRate: number
}

/** One row a proxy, `[labels · centres, dim]`, drawn evenly over the directions, about as long as 1. */
export function learntProxies(
  { centres = 1, proxyRate }: ProxyOptions,
  { labels, dim, seed }: LearntContext,
): readonly LearntSpec[] {
  const count = labels * centres
  const stream = random(seed, 'proxies')
  const start = Float32Array.from({ length: count * dim }, () => stream.normal() / Math.sqrt(dim))
  return [{ name, shape: [count, dim], start, learningRateFactor: proxyRate }]
}

/** The proxies as they are learnt, `[labels · centres, dim]`. @throws TypeError when they are missing */
export function proxiesOf(learnt: Learnt): Tensor2D {
  const proxies = learnt[name]
  if (!proxies) throw new TypeError('the learnt value proxies is missing')
  return proxies as Tensor2D
}

/** The batch with proxies in the place of the other rows, to be measured by any distance. */
export function againstProxies(batch: Batch, learnt: Learnt): Batch {
  const proxies = proxiesOf(learnt)
  return { ...batch, columns: safeUnitRows(proxies), rawColumns: proxies }
}

/** Cosine of each row to each proxy, `[rows, labels · centres]`. */
export function proxyCosines({ rows }: Batch, learnt: Learnt): Tensor2D {
  return tf.matMul(rows, safeUnitRows(proxiesOf(learnt)), false, true)
}

/** Which label is a row's own, bool `[rows, labels]`; none of a row without a label. */
export function ownLabels(labels: Int32Array, count: number): Tensor2D {
  const isOwn = new Uint8Array(labels.length * count)
  for (const [i, label] of labels.entries()) if (label >= 0) isOwn[i * count + label] = 1
  return tf.tensor2d(isOwn, [labels.length, count], 'bool')
}

/** Which rows have a label, bool `[rows, 1]`. */
export function labelledRows(labels: Int32Array): Tensor2D {
  const isLabelled = Uint8Array.from(labels, (label) => (label < 0 ? 0 : 1))
  return tf.tensor2d(isLabelled, [labels.length, 1], 'bool')
}

/**
 * −log softmax of the own label's logit, reduced over rows that have a label.
 *
 * @param logits `[rows, labels]`
 */
export function crossEntropy(logits: Tensor2D, labels: Int32Array, reducer: Reducer): Scalar {
  const own = tf.sum<Tensor2D>(only(ownLabels(labels, logits.shape[1]), logits), 1, true)
  const maximum = withoutGradient(logits, (x) => tf.max<Tensor2D>(x, 1, true))
  const rest = tf.log(tf.sum(tf.exp(tf.sub(logits, maximum)), 1, true))
  const values = tf.add<Tensor2D>(tf.sub(maximum, own), rest)
  return reduce({ values, isCounted: labelledRows(labels) }, reducer)
}

/** `changed` in the own label's cell, `logits` in all others, each `[rows, labels]` or `[rows, 1]`. */
export function withOwnLogit(logits: Tensor2D, changed: Tensor2D, labels: Int32Array): Tensor2D {
  const all = tf.add<Tensor2D>(changed, tf.zerosLike(logits))
  return tf.where<Tensor2D>(ownLabels(labels, logits.shape[1]), all, logits)
}

/** The own label's cell of each row, `[rows, 1]`; 0 of a row without a label. */
export function ownCell(x: Tensor2D, labels: Int32Array): Tensor2D {
  return tf.sum<Tensor2D>(only(ownLabels(labels, x.shape[1]), x), 1, true)
}
