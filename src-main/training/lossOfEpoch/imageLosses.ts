import type { BatchFacts } from '../../losses/lossOf.ts'
import { ignored } from '../../losses/relation.ts'
import { lossOfRows, lossThrough, learntTensors } from '../../model/tfLoss.ts'
import * as tf from '../../numeric/tf.ts'
import { nextTurn } from '../nextTurn.ts'
import type { EpochLoss, LookedBatch } from './epochLoss.ts'

export interface MeasureOptions {
  readonly signal: AbortSignal
  /** Told the share that is done, in [0, 1]. */
  readonly onProgress: (share: number) => void
}

/** Anchors between two turns of the event loop: some 20 ms. */
const anchorsATurn = 16

/** Passes after which an image that no batch has dealt is left without a value. */
const mostPasses = 4

/**
 * The loss of each image as the only anchor of its batch, mean over its views: on the scale of the loss
 * that training reports. On the tensor backend that is active.
 *
 * @returns `[images]`, NaN for images that no batch deals or that have no pair in theirs; null where the
 *   loss compares whole batches
 * @throws the signal's reason when it is aborted
 */
export async function imageLosses(
  epochLoss: EpochLoss,
  options: MeasureOptions,
): Promise<Float32Array | null> {
  const values = new Float32Array(epochLoss.images).fill(NaN)
  for await (const { looked, fresh } of lookedBatches(epochLoss, options)) {
    if (looked.loss.scope === 'batch') return null
    const sums = new Map<number, { sum: number; views: number }>()
    for (let row = 0; row < looked.rowImages.length; row++) {
      const image = looked.rowImages[row] ?? 0
      if (!fresh.has(image)) continue
      const { sum, views } = sums.get(image) ?? { sum: 0, views: 0 }
      sums.set(image, { sum: sum + lossOfAnchor(looked, row, epochLoss), views: views + 1 })
      if (row % anchorsATurn === 0) await turn(options.signal)
    }
    for (const [image, { sum, views }] of sums) values[image] = sum / views
  }
  return values
}

/**
 * Length of the gradient of a batch's loss by each image's embedding, per radian, both views together.
 *
 * @returns `[images]`, NaN for images that no batch deals
 * @throws the signal's reason when it is aborted
 */
export async function gradientLengths(
  epochLoss: EpochLoss,
  options: MeasureOptions,
): Promise<Float32Array> {
  const { dim } = epochLoss
  const values = new Float32Array(epochLoss.images).fill(NaN)
  for await (const { looked, fresh } of lookedBatches(epochLoss, options)) {
    const { rowImages, raw, whole } = looked
    const { gradient } = await lossOfRows(whole, raw, [rowImages.length, dim])
    const sums = new Map<number, Float64Array>()
    rowImages.forEach((image, row) => {
      const sum = sums.get(image) ?? new Float64Array(dim)
      for (let d = 0; d < dim; d++) sum[d] = (sum[d] ?? 0) + (gradient[row * dim + d] ?? 0)
      sums.set(image, sum)
    })
    for (const [image, sum] of sums) if (fresh.has(image)) values[image] = Math.hypot(...sum)
  }
  return values
}

/** Batches that deal images which none before has dealt, and which those are. */
async function* lookedBatches(
  epochLoss: EpochLoss,
  { signal, onProgress }: MeasureOptions,
): AsyncGenerator<{ readonly looked: LookedBatch; readonly fresh: ReadonlySet<number> }> {
  const isMissing = new Set(epochLoss.training)
  for (let pass = 0; pass < mostPasses && isMissing.size > 0; pass++)
    for (const batch of epochLoss.batchesOf(pass)) {
      const fresh = new Set(batch.filter((image) => isMissing.has(image)))
      if (fresh.size === 0) continue
      await turn(signal)
      yield { looked: await epochLoss.look(batch), fresh }
      for (const image of fresh) isMissing.delete(image)
      onProgress(1 - isMissing.size / Math.max(epochLoss.training.length, 1))
    }
}

async function turn(signal: AbortSignal): Promise<void> {
  await nextTurn()
  signal.throwIfAborted()
}

function lossOfAnchor(looked: LookedBatch, row: number, epochLoss: EpochLoss): number {
  const { loss, facts } = looked
  const isAlone = loss.scope === 'anchors' && (loss.takesMemory || loss.needsLabels)
  const { raw, one } = isAlone ? alone(looked, row, epochLoss.dim) : amongAll(looked, row)
  const hasLabel = loss.needsLabels && (facts.labels[row] ?? -1) >= 0
  if (!hasLabel && !one.relation.cells.some((cell) => cell !== ignored)) return NaN
  const bound = loss.bind(one)
  return tf.tidy(() => {
    const rows = tf.tensor2d(raw, [one.relation.rows, epochLoss.dim])
    const step = {
      ofRows: (unit: tf.Tensor2D, given: { raw: tf.Tensor2D; learnt: readonly tf.Tensor[] }) =>
        bound.ofRows({ rows: unit, raw: given.raw }, epochLoss.variables.named(given.learnt)),
      learnt: epochLoss.variables.values,
    }
    const value = lossThrough(step, rows, learntTensors(step.learnt))
    return value.dataSync()[0] ?? NaN
  })
}

interface OneAnchor {
  readonly raw: Float32Array
  readonly one: BatchFacts
}

/** One anchor; its batch and the memory stand in the columns. */
function alone({ raw, facts }: LookedBatch, row: number, dim: number): OneAnchor {
  const { relation, labels, memory = new Float32Array(), triplets } = facts
  const { columns, cells, firstViews } = relation
  const own = new Int8Array(1 + columns)
  own.set(cells.subarray(row * columns, (row + 1) * columns), 1)
  const others = new Float32Array(raw.length + memory.length)
  others.set(raw)
  others.set(memory, raw.length)
  return {
    raw: raw.subarray(row * dim, (row + 1) * dim),
    one: {
      relation: {
        rows: 1,
        columns: 1 + columns,
        cells: own,
        ...(firstViews !== undefined && { firstViews: row < firstViews ? 1 : 0 }),
      },
      labels: labels.subarray(row, row + 1),
      memory: others,
      anchorCount: 1,
      ...(triplets && { triplets: ofAnchor(triplets, row, { anchor: 0, shift: 1 }) }),
    },
  }
}

/** The whole batch, in which only one anchor has pairs. */
function amongAll({ raw, facts }: LookedBatch, row: number): OneAnchor {
  const { relation, triplets } = facts
  const { columns } = relation
  const cells = new Int8Array(relation.cells.length)
  const start = row * columns
  cells.set(relation.cells.subarray(start, start + columns), start)
  return {
    raw,
    one: {
      ...facts,
      relation: { ...relation, cells },
      anchorCount: 1,
      ...(triplets && { triplets: ofAnchor(triplets, row, { anchor: row, shift: 0 }) }),
    },
  }
}

function ofAnchor(
  { anchors, positives, negatives }: NonNullable<BatchFacts['triplets']>,
  row: number,
  to: { readonly anchor: number; readonly shift: number },
): NonNullable<BatchFacts['triplets']> {
  const places = [...anchors.keys()].filter((place) => anchors[place] === row)
  return {
    anchors: Int32Array.from(places, () => to.anchor),
    positives: Int32Array.from(places, (place) => (positives[place] ?? 0) + to.shift),
    negatives: Int32Array.from(places, (place) => (negatives[place] ?? 0) + to.shift),
  }
}
