import type { ParameterValues } from '../contract/catalogue.ts'
import type { Scalar, Tensor2D } from '../numeric/tf.ts'
import { minings } from './mining.ts'
import { ntXentPairs } from './ntxent.ts'
import type { Relation } from './relation.ts'
import { softmaxPairsLoss } from './softmaxPairs.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'
import { supConPairs } from './supcon.ts'
import { tripletForms, tripletLoss } from './triplet.ts'
import type { TripletParams } from './triplet.ts'

/** A loss that knows its batch's relation; has the shape that an encoder's `step` takes. */
export interface BoundLoss {
  /** @param rows unit rows `[batch, dim]` */
  readonly ofRows: (rows: Tensor2D) => Scalar
  readonly softmaxPairs?: SoftmaxPairs
}

/** Binds a loss to the relation of one batch. */
export type BindLoss = (relation: Relation) => BoundLoss

/**
 * The loss of a run's configuration.
 *
 * @throws TypeError for a name or value that the catalogue does not have: it was to be checked before
 */
export function lossOf({ name, params }: { name: string; params: ParameterValues }): BindLoss {
  switch (name) {
    case 'nt-xent':
      return softmaxLoss((relation) =>
        ntXentPairs(relation, { temperature: numberOf(params, 'temperature') }),
      )
    case 'supcon':
      return softmaxLoss((relation) =>
        supConPairs(relation, { temperature: numberOf(params, 'temperature') }),
      )
    case 'triplet': {
      const tripletParams: TripletParams = {
        margin: numberOf(params, 'margin'),
        mining: choiceOf(params, 'mining', minings),
        form: choiceOf(params, 'form', tripletForms),
      }
      return (relation) => ({
        ofRows: (rows) => tripletLoss({ rows, columns: rows, relation }, tripletParams),
      })
    }
    default:
      throw new TypeError(`no loss is called ${name}`)
  }
}

function softmaxLoss(pairsOf: (relation: Relation) => SoftmaxPairs): BindLoss {
  return (relation) => {
    const pairs = pairsOf(relation)
    return { ofRows: (rows) => softmaxPairsLoss(rows, rows, pairs), softmaxPairs: pairs }
  }
}

function numberOf(params: ParameterValues, name: string): number {
  const value = params[name]
  if (typeof value !== 'number') throw new TypeError(`${name} is ${String(value)}, not a number`)
  return value
}

function choiceOf<T extends string>(
  params: ParameterValues,
  name: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === params[name])
  if (found === undefined)
    throw new TypeError(`${name} is ${String(params[name])}, not one of ${choices.join(', ')}`)
  return found
}
