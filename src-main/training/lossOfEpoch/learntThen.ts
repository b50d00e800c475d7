import type { LearntSpec } from '../../losses/loss.ts'
import type { Checkpoint, NamedArrays } from '../checkpoint.ts'
import { arraysUnder } from '../lossState.ts'
import type { LabelIndex } from '../labelIndex.ts'
import { prototypesOf } from '../../data/samplers/hardLabelBatches.ts'

/** What a loss had learnt by an epoch, as far as it is still known. */
export interface LearntThen {
  /** By name, as a checkpoint has them. */
  readonly saved: NamedArrays
  /** What had to be put in the place of something else, in sentences. */
  readonly assumptions: readonly string[]
}

/**
 * Proxies, boundaries and temperatures: as they began at epoch 0, as they were saved where the epoch's
 * checkpoint is kept, else the mean directions of labels for proxies and the last saved values for all
 * else.
 *
 * @param known.rows of the epoch, unit rows of all images
 */
export function learntThen(
  specs: readonly LearntSpec[],
  known: {
    readonly epoch: number
    readonly rows: Float32Array
    readonly dim: number
    readonly index: LabelIndex
    /** Of this very epoch. */
    readonly checkpoint: Checkpoint | null
    /** The last one, of whatever epoch. */
    readonly last: Checkpoint | null
  },
): LearntThen {
  const { epoch, rows, dim, index, checkpoint, last } = known
  if (specs.length === 0 || epoch === 0) return { saved: {}, assumptions: [] }
  if (checkpoint) return { saved: arraysUnder(checkpoint.more, 'loss'), assumptions: [] }
  const later = arraysUnder(last?.more ?? {}, 'loss')
  const saved: Record<string, Float32Array> = {}
  const assumptions = new Set<string>()
  for (const { name, start } of specs) {
    const values = later[`${name}/values`]
    if (name.endsWith('proxies')) {
      saved[`${name}/values`] = spread(prototypesOf(rows, dim, index), start.length, dim)
      assumptions.add(
        `The proxies of epoch ${epoch} were not kept: the mean directions of labels stand for them.`,
      )
    } else if (values instanceof Float32Array) {
      saved[`${name}/values`] = values
      assumptions.add(
        `What the loss had learnt by epoch ${epoch} was not kept: its last values stand for it.`,
      )
    }
  }
  return { saved, assumptions: [...assumptions] }
}

/** Every label's direction as often as it has proxies, next to each other. */
function spread(prototypes: Float32Array, length: number, dim: number): Float32Array {
  const centres = length / Math.max(prototypes.length, 1)
  const values = new Float32Array(length)
  for (let proxy = 0; proxy < length / dim; proxy++) {
    const label = Math.floor(proxy / centres)
    values.set(prototypes.subarray(label * dim, (label + 1) * dim), proxy * dim)
  }
  return values
}
