import type { ParameterValues } from '../../contract/catalogue.ts'
import type { Scalar } from '../../numeric/tf.ts'
import { namedDistances } from '../distance.ts'
import type { Distance } from '../distance.ts'
import type { Batch, Learnt, LearntContext, LearntSpec, Loss } from '../loss.ts'
import { namedReducers } from '../reducer.ts'
import type { Reducer } from '../reducer.ts'
import type { Relation } from '../relation.ts'
import type { SoftmaxPairs } from '../softmaxPairs.ts'

/** A loss whose parameters are set. */
export interface BuiltLoss {
  readonly loss: (batch: Batch, learnt: Learnt) => Scalar
  /** Missing: it learns nothing. */
  readonly learntOf?: (context: LearntContext) => readonly LearntSpec[]
  /** The same loss in closed form, if it has one. */
  readonly softmaxPairs?: (relation: Relation) => SoftmaxPairs
  readonly needsLabels?: boolean
  readonly needsRaw?: boolean
  /** Missing: it does. */
  readonly takesMemory?: boolean
  /** Missing: `anchors`. */
  readonly scope?: LossScope
}

/**
 * What a loss cannot be taken apart below.
 *
 * - `anchors`: it can be asked of one anchor and its others
 * - `views`: the same, but it has to see which rows of the batch are first views
 * - `batch`: it compares whole batches, and no anchor has a part of its own
 */
export type LossScope = 'anchors' | 'views' | 'batch'

/** Makes a loss of the values that a person chose for it. */
export type Builder = (read: ParameterReader) => BuiltLoss

/** Reads checked values: what is not there is a mistake of the program. */
export interface ParameterReader {
  readonly number: (name: string) => number
  readonly choice: <T extends string>(name: string, choices: readonly T[]) => T
}

export function parameterReader(params: ParameterValues): ParameterReader {
  return {
    number: (name) => {
      const value = params[name]
      if (typeof value !== 'number')
        throw new TypeError(`${name} is ${String(value)}, not a number`)
      return value
    },
    choice: (name, choices) => {
      const found = choices.find((choice) => choice === params[name])
      if (found === undefined)
        throw new TypeError(`${name} is ${String(params[name])}, not one of ${choices.join(', ')}`)
      return found
    },
  }
}

/** Most losses: parameters and nothing else. */
export function built<P>(loss: Loss<P>, params: P): BuiltLoss {
  return { loss: (batch, learnt) => loss(batch, params, learnt) }
}

/** The parameter `distance`, which many losses share. */
export function distanceFrom({ choice }: ParameterReader): { readonly distance: Distance } {
  return { distance: namedDistances[choice('distance', distanceNames)] }
}

const distanceNames = ['euclidean', 'squared', 'manhattan', 'cosine', 'snr'] as const

/** The parameter `average`, which many losses share. */
export function reducerFrom({ choice }: ParameterReader): { readonly reducer: Reducer } {
  return { reducer: { kind: choice('average', namedReducers) } }
}
