import type { KeptPairs, RunConfig } from '../contract/runs.ts'
import { lossOf } from '../losses/lossOf.ts'
import type { BatchFacts, BoundLoss, RunLoss } from '../losses/lossOf.ts'
import type { Memory, MemoryContent } from '../losses/memory.ts'
import { geometryOf } from '../losses/miners/geometry.ts'
import type { Products } from '../losses/miners/geometry.ts'
import type { Mined } from '../losses/miners/miner.ts'
import { minerOf } from '../losses/miners/minerOf.ts'
import { countAnchors, countPairs, positive, relationOf, withMemory } from '../losses/relation.ts'
import type { BatchRows, Relation } from '../losses/relation.ts'
import { withoutCancelled } from '../losses/suspects.ts'
import { withVerdicts } from '../losses/verdicts.ts'
import type { Verdicts } from '../losses/verdicts.ts'
import type { StepLoss, StepResult } from '../model/encoder.ts'
import type { WeightBuffers } from '../model/weights.ts'
import { random } from '../numeric/random.ts'
import * as tf from '../numeric/tf.ts'
import type { KeyEncoder } from './keyEncoder.ts'
import type { LossVariables } from './lossVariables.ts'
import type { SuspectStage } from './suspectStage.ts'
import { adaptiveTemperature, temperatureAt } from './temperature.ts'

/** What the loss of a run is made of; each part but the loss may be missing. */
export interface LossParts {
  readonly config: RunConfig
  readonly dim: number
  readonly stepsPerEpoch: number
  readonly variables: LossVariables
  readonly memory: Memory | null
  readonly keys: KeyEncoder | null
  readonly suspects: Pick<SuspectStage, 'isCancelled'>
  readonly verdicts: Verdicts
}

/** One batch on its way to its loss. */
export interface StepBatch {
  readonly pixels: Float32Array
  readonly rows: BatchRows
  /** Since the run began. */
  readonly step: number
  /** Of the network, live: the memory's encoder begins as a copy, and follows after the step. */
  readonly weights: WeightBuffers
}

/** What there is to say of a step's loss besides its value. */
export interface StepFigures {
  /** Null for a loss that has none. */
  readonly temperature: number | null
  /** Shares of the pairs that the miner kept; null without one. */
  readonly kept: KeptPairs | null
  /** Rows that the memory holds; null without one. */
  readonly memory: number | null
}

/** A run's loss, and what it is told of a batch. */
export interface SeenBatch {
  readonly loss: RunLoss
  readonly facts: BatchFacts
}

/** A loss that is ready for an encoder's step. */
export interface PreparedLoss {
  readonly loss: StepLoss
  /** What the loss is of; null for one that still has to look at its rows. */
  readonly seen: () => SeenBatch | null
  /** To be called when the optimizer has moved the weights; takes the step's rows into the memory. */
  finish(result: StepResult): StepFigures
}

export interface LossStage {
  /** Relation, memory, suspects, verdicts, miner and temperature, in this order; later stages narrow earlier ones. */
  prepare(batch: StepBatch): Promise<PreparedLoss>
}

export function createLossStage(parts: LossParts): LossStage {
  const { config, dim, stepsPerEpoch, variables, memory, keys, suspects, verdicts } = parts
  const { regime, settings, loss, miner } = config
  const mine = miner && minerOf(miner)
  const start = loss.params['temperature']
  const warmup = Math.round(settings.memoryWarmup * stepsPerEpoch)
  const isAdaptive = loss.params['temperatureRule'] === 'adaptive'
  const isStored = settings.memoryBatch === 'stored'
  const bindAt = binderOf(config)
  const canReadAtOnce = config.engine !== 'webgpu'

  /** The relation with the memory's columns, without suspects, and as people say. */
  function relationWith(rows: BatchRows, content: MemoryContent | null): Relation {
    const { isCancelled } = suspects
    const plain = withoutCancelled(relationOf(regime, rows), rows.images, isCancelled)
    const own = withVerdicts(plain, rows.images, verdicts)
    if (!content) return own
    const use = { regime, ownCopies: settings.memoryOwn, batch: settings.memoryBatch } as const
    const images = new Int32Array(rows.images.length + content.images.length)
    images.set(rows.images)
    images.set(content.images, rows.images.length)
    const isOut = (column: number) => isStored && column < rows.images.length
    const remembered = withMemory(own, rows, content, use)
    return withVerdicts(withoutCancelled(remembered, images, isCancelled), images, verdicts, isOut)
  }

  return {
    async prepare({ pixels, rows, step, weights }) {
      const isActive = memory !== null && step >= warmup
      if (isActive) keys?.start(weights)
      const keyRows = isActive && keys ? await keys.rowsOf(pixels, rows.images.length) : null
      const isRowsFirst = isActive && isStored && !keyRows
      const steps = settings.epochs * stepsPerEpoch
      const temperature =
        typeof start === 'number'
          ? temperatureAt(settings, start, { done: step, steps, stepsPerEpoch })
          : null
      let kept: KeptPairs | null = null
      let alignment: number | null = null
      let seen: SeenBatch | null = null

      function bind(raw: Float32Array | null): BoundLoss {
        const stored = keyRows ?? raw
        if (isActive && isStored && stored) memory.enqueue(stored, rows)
        const content = isActive && memory.length > 0 ? memory.columns() : null
        const relation = relationWith(rows, content)
        let mined: Mined = { relation }
        if (mine && raw) {
          const geometry = geometryOf(raw, dim, {
            memory: content?.raw,
            ...(canReadAtOnce && { products }),
          })
          mined = mine({ relation, geometry, stream: random(settings.seed, 'miner', step) })
          kept = sharesOf(relation, mined)
        }
        alignment =
          isAdaptive && raw ? alignmentOf(relation, { raw, dim, others: content?.raw }) : null
        const facts = {
          ...mined,
          labels: rows.labels,
          anchorCount: countAnchors(relation),
          ...(content && { memory: content.raw }),
        }
        seen = { loss: bindAt(temperature), facts }
        return seen.loss.bind(facts)
      }

      const needsRows = mine !== null || isRowsFirst || isAdaptive
      let bound = needsRows ? null : bind(null)
      return {
        loss: {
          ofRows: (unit, { raw, learnt }) => {
            if (!bound) throw new TypeError('a loss was asked for before it saw its rows')
            return bound.ofRows({ rows: unit, raw }, variables.named(learnt))
          },
          learnt: variables.values,
          ...(needsRows && {
            look: (raw: Float32Array) => {
              bound = bind(raw)
            },
          }),
          wantsRaw: isActive && !isStored && !keyRows,
          ...(bound?.softmaxPairs && { softmaxPairs: bound.softmaxPairs }),
        },
        seen: () => seen,
        finish({ raw }) {
          const live = keyRows ?? raw
          if (isActive && !isStored && live) memory.enqueue(live, rows)
          if (isActive) memory.nextStep()
          if (isActive) keys?.follow(weights)
          return {
            temperature:
              alignment !== null && temperature !== null
                ? adaptiveTemperature(loss.params, temperature, alignment)
                : (learntTemperatureIn(variables) ?? temperature),
            kept,
            memory: memory && memory.length,
          }
        },
      }
    },
  }
}

/** On the losses' backend, where its tensors can be read at once. */
const products: Products = (unit, { rows, columns, dim }) => {
  const table = tf.tidy(() => {
    const others = tf.tensor2d(unit, [columns, dim])
    const anchors = tf.slice(others, [0, 0], [rows, dim])
    // Turned first: on wasm the product of a turned matrix takes eight times as long.
    return tf.matMul(anchors, tf.transpose(others))
  })
  // Not within the tidy: it would look for tensors among millions of numbers.
  const values = table.dataSync() as Float32Array
  table.dispose()
  return values
}

/** The run's loss at a temperature; one that does not change is built once. */
function binderOf({ loss }: RunConfig): (temperature: number | null) => RunLoss {
  let built: { readonly temperature: number | null; readonly loss: RunLoss } | null = null
  return (temperature) => {
    if (built?.temperature !== temperature || !built) {
      const params = temperature === null ? loss.params : { ...loss.params, temperature }
      built = { temperature, loss: lossOf({ ...loss, params }) }
    }
    return built.loss
  }
}

/** Of a loss that learns its own; null for any other. */
function learntTemperatureIn({ values }: LossVariables): number | null {
  const found = values.find(({ name }) => name.endsWith('logTemperature'))?.values[0]
  return found === undefined ? null : Math.exp(found)
}

/** Mean cosine of the positive pairs; null where there is none. */
function alignmentOf(
  { rows, columns, cells }: Relation,
  table: {
    readonly raw: Float32Array
    readonly dim: number
    /** Rows of the columns after the anchors. */
    readonly others: Float32Array | undefined
  },
): number | null {
  const { raw, dim, others = new Float32Array() } = table
  let sum = 0
  let count = 0
  for (let at = 0; at < cells.length; at++) {
    if (cells[at] !== positive) continue
    const column = at % columns
    const [other, place] = column < rows ? [raw, column] : [others, column - rows]
    sum += cosineOf(rowAt(raw, Math.floor(at / columns), dim), rowAt(other, place, dim))
    count++
  }
  return count === 0 ? null : sum / count
}

function rowAt(table: Float32Array, row: number, dim: number): Float32Array {
  return table.subarray(row * dim, (row + 1) * dim)
}

function cosineOf(a: Float32Array, b: Float32Array): number {
  let [product, ofA, ofB] = [0, 0, 0]
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k] ?? 0, b[k] ?? 0]
    product += x * y
    ofA += x * x
    ofB += y * y
  }
  return product / Math.max(Math.sqrt(ofA * ofB), 1e-12)
}

function sharesOf(all: Relation, { relation, triplets }: Mined): KeptPairs {
  const before = countPairs(all)
  const after = countPairs(relation)
  return {
    positives: after.allPositives / Math.max(before.allPositives, 1),
    negatives: after.allNegatives / Math.max(before.allNegatives, 1),
    triplets: triplets ? triplets.anchors.length : null,
  }
}
