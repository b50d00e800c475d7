import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import type { Triplets } from './loss.ts'
import { maskOf, withoutGradient } from './numerics.ts'
import { reduce } from './reducer.ts'
import { negative, positive } from './relation.ts'
import type { Relation } from './relation.ts'
import type { TripletTask } from './tripletLoops.ts'

/**
 * The triplet loss as tensors over a list of triplets: for graphics cards, whose numbers cannot be read
 * in the midst of a gradient. Means over each anchor's own triplets are means over all here. Call inside
 * `tf.tidy`.
 *
 * @param distances `[rows, columns]`
 */
export function tripletsInTensors(distances: Tensor2D, task: TripletTask): Scalar {
  const { relation, rule, given = allTriplets(relation) } = task
  const { columns, rows } = relation
  const { anchors, positives, negatives } = given
  if (anchors.length === 0) return tf.sum<Scalar>(tf.zerosLike(distances))
  const flat = tf.reshape(distances, [-1])
  const at = (first: Int32Array, second: Int32Array) =>
    tf.gather(
      flat,
      tf.tensor1d(
        first.map((i, t) => i * columns + (second[t] ?? 0)),
        'int32',
      ),
    )
  const near = at(anchors, positives)
  const own = at(anchors, negatives)
  const far = rule.isSwapped
    ? nearer(
        own,
        tf.where(
          tf.tensor1d(
            Uint8Array.from(positives, (p) => (p < rows ? 1 : 0)),
            'bool',
          ),
          at(
            positives.map((p) => Math.min(p, rows - 1)),
            negatives,
          ),
          own,
        ),
      )
    : own
  const excess: Tensor2D = tf.reshape(tf.add(tf.sub(near, far), rule.margin), [-1, 1])
  const isCounted = given === task.given ? tf.onesLike(tf.cast<Tensor2D>(excess, 'bool')) : mined()
  const kind = rule.reducer.kind === 'per-anchor' ? ({ kind: 'mean' } as const) : rule.reducer
  if (rule.form === 'hinge') return reduce({ values: tf.relu(excess), isCounted }, kind)
  return reduce({ values: tf.softplus(excess), isCounted, excess }, kind)

  function mined(): Tensor2D {
    return withoutGradient(distances, (d) => {
      const isMet = isChosen(d as Tensor2D, { near, far: own }, task, anchors)
      return tf.reshape<tf.Rank.R2>(isMet, [-1, 1])
    })
  }
}

/** The smaller one; of two that are the same each takes half of the slope. */
function nearer(a: Tensor, b: Tensor): Tensor {
  const share = withoutGradient(tf.sub(b, a), (gap) => tf.div(tf.add(1, tf.sign(gap)), 2))
  return tf.add(tf.mul(share, a), tf.mul(tf.sub(1, share), b))
}

function isChosen(
  distances: Tensor2D,
  { near, far }: { readonly near: Tensor; readonly far: Tensor },
  { relation, rule }: TripletTask,
  anchors: Int32Array,
): Tensor {
  if (rule.mining === 'all') return tf.onesLike(tf.cast(near, 'bool'))
  if (rule.mining === 'semi-hard') {
    const gap = tf.sub(far, near)
    return tf.logicalAnd(tf.greater(gap, 0), tf.lessEqual(gap, rule.margin))
  }
  const { rows, columns, cells } = relation
  const extreme = (kind: number, filler: number) =>
    tf.where(maskOf(cells, kind, [rows, columns]), distances, tf.fill([rows, columns], filler))
  const anchorOf = tf.tensor1d(anchors, 'int32')
  const farthest = tf.gather(tf.max(extreme(positive, -1e9), 1), anchorOf)
  const nearest = tf.gather(tf.min(extreme(negative, 1e9), 1), anchorOf)
  return tf.logicalAnd(tf.equal(near, farthest), tf.equal(far, nearest))
}

function allTriplets({ rows, columns, cells }: Relation): Triplets {
  const [anchors, positives, negatives]: [number[], number[], number[]] = [[], [], []]
  for (let i = 0; i < rows; i++)
    for (let p = 0; p < columns; p++) {
      if (cells[i * columns + p] !== positive) continue
      for (let n = 0; n < columns; n++)
        if (cells[i * columns + n] === negative) {
          anchors.push(i)
          positives.push(p)
          negatives.push(n)
        }
    }
  return {
    anchors: Int32Array.from(anchors),
    positives: Int32Array.from(positives),
    negatives: Int32Array.from(negatives),
  }
}
