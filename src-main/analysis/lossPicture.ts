import type { ParameterValues, Regime } from '../contract/catalogue.ts'
import type { LossPicture, LossPictureRequest } from '../contract/lossPicture.ts'
import { lossOf } from '../losses/lossOf.ts'
import type { BatchFacts, RunLoss } from '../losses/lossOf.ts'
import { relationOf } from '../losses/relation.ts'
import type { Relation } from '../losses/relation.ts'
import { lossOfRows } from '../model/tfLoss.ts'
import type { LossOfRows } from '../model/tfLoss.ts'

/** A request whose loss and parameters were checked. */
export interface CheckedPicture extends Omit<LossPictureRequest, 'params'> {
  readonly params: ParameterValues
  readonly regime: Regime
}

/** The slopes of pairs must add up to those of the points to within this share. */
const tolerance = 1e-3

/** The loss of points on a circle and where it wants them, on the tensor backend that is active. */
export async function lossPicture(request: CheckedPicture): Promise<LossPicture> {
  const { loss: name, params, angles, labels, regime } = request
  const loss = lossOf({ name, params })
  const specs = loss.learntOf({ labels: labelCount(labels), dim: 2, seed: 1 })
  const learnt = specs.map(({ name, shape, start }) => {
    const known = request.learnt.find((one) => one.name === name)
    return { name, shape, values: known?.values.length === start.length ? known.values : start }
  })
  const images = regime === 'contrastive' ? labels : labels.map((_, i) => i)
  const relation = relationOf(regime, { images, labels })
  const whole = await evaluate({ loss, learnt }, angles, { relation, labels })
  const slopes = slopesOf(whole, angles)
  return {
    regime,
    loss: whole.loss,
    slopes,
    cells: relation.cells,
    pairSlopes: await pairSlopes({ loss, learnt }, { relation, labels, angles, slopes }),
    learnt: learnt.map((one, i) => ({
      ...one,
      gradient: whole.learntGradients[i] ?? new Float32Array(one.values.length),
    })),
  }
}

function labelCount(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label + 1), 1)
}

interface Learning {
  readonly loss: RunLoss
  readonly learnt:
    LossPicture['learnt'] | readonly Omit<LossPicture['learnt'][number], 'gradient'>[]
}

function evaluate(
  { loss, learnt }: Learning,
  angles: Float32Array,
  facts: BatchFacts,
): Promise<LossOfRows> {
  const bound = loss.bind(facts)
  return lossOfRows(
    {
      learnt,
      ofRows: (rows, { raw, learnt: tensors }) => {
        const named = learnt.map(({ name }, i) => [name, tensors[i] ?? rows] as const)
        return bound.ofRows({ rows, raw }, Object.fromEntries(named))
      },
    },
    pointsOf(angles),
    [angles.length, 2],
  )
}

/** `[points, 2]` */
function pointsOf(angles: Float32Array): Float32Array {
  const points = new Float32Array(2 * angles.length)
  angles.forEach((angle, i) => points.set([Math.cos(angle), Math.sin(angle)], 2 * i))
  return points
}

/** The gradient along the circle. */
function slopesOf({ gradient }: LossOfRows, angles: Float32Array): Float32Array {
  return angles.map(
    (angle, i) =>
      (gradient[2 * i + 1] ?? 0) * Math.cos(angle) - (gradient[2 * i] ?? 0) * Math.sin(angle),
  )
}

/**
 * What each pair has to do with it, exactly: every anchor meets copies of the others that nobody else
 * meets, so that the slope of a copy is that of one pair. Only the angle between two points counts, so
 * the anchor's part of it is the opposite. Null where that does not add up to the loss that was asked for.
 */
async function pairSlopes(
  learning: Learning,
  known: {
    readonly relation: Relation
    readonly labels: Int32Array
    readonly angles: Float32Array
    readonly slopes: Float32Array
  },
): Promise<Float32Array | null> {
  if (!learning.loss.takesMemory) return null
  const { relation, labels, angles, slopes } = known
  const count = angles.length
  const size = count + count * count
  const cells = new Int8Array(size * size)
  for (let i = 0; i < count; i++)
    cells.set(relation.cells.subarray(i * count, (i + 1) * count), i * size + count + i * count)
  const copies = Float32Array.from({ length: size }, (_, i) => angles[i % count] ?? 0)
  const ofCopies = await evaluate(learning, copies, {
    relation: { ...relation, rows: size, columns: size, cells },
    labels: Int32Array.from({ length: size }, (_, i) => (i < count ? (labels[i] ?? -1) : -1)),
  })
  const pairs = slopesOf(ofCopies, copies).subarray(count)
  return addsUp(pairs, slopes) ? pairs.slice() : null
}

function addsUp(pairs: Float32Array, slopes: Float32Array): boolean {
  const count = slopes.length
  const largest = slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 1e-6)
  return slopes.every((slope, k) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += (pairs[i * count + k] ?? 0) - (pairs[k * count + i] ?? 0)
    return Math.abs(sum - slope) <= tolerance * largest
  })
}
