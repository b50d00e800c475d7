import type { ParameterValues } from '../contract/catalogue.ts'
import * as tf from '../numeric/tf.ts'
import type { Scalar, Tensor, Tensor2D } from '../numeric/tf.ts'
import { parameterReader } from './builders/builder.ts'
import type { Builder, BuiltLoss, LossScope } from './builders/builder.ts'
import { pairBuilders } from './builders/pairs.ts'
import { proxyBuilders } from './builders/proxies.ts'
import { softmaxBuilders } from './builders/softmax.ts'
import { tupletBuilders } from './builders/tuplets.ts'
import { viewBuilders } from './builders/views.ts'
import type { Batch, Learnt, LearntContext, LearntSpec, Triplets } from './loss.ts'
import { safeUnitRows } from './numerics.ts'
import { countAnchors } from './relation.ts'
import type { Relation } from './relation.ts'
import type { SoftmaxPairs } from './softmaxPairs.ts'

/** One term of a run's configuration. */
export interface LossChoice {
  readonly name: string
  readonly params: ParameterValues
}

/** A loss, and what is added to it: `L + Σ weight · Lₖ`. */
export interface LossSum extends LossChoice {
  readonly plus?: readonly (LossChoice & { readonly weight: number })[]
}

/** The loss of a run, as training takes it. */
export interface RunLoss {
  /** What it learns beside the weights; empty for most. */
  readonly learntOf: (context: LearntContext) => readonly LearntSpec[]
  /** It reads `BatchFacts.labels`, so a run without labels cannot take it. */
  readonly needsLabels: boolean
  /** It reads rows before normalisation: an engine must hand them out. */
  readonly needsRaw: boolean
  /** It works with columns that are no anchors: a memory may add some. */
  readonly takesMemory: boolean
  /** The widest of its terms. */
  readonly scope: LossScope
  readonly bind: (facts: BatchFacts) => BoundLoss
}

/** What is known of a batch before its rows are. */
export interface BatchFacts {
  readonly relation: Relation
  /** Index of each anchor's label, −1 for none, `[rows]`. */
  readonly labels: Int32Array
  /** Raw rows of the relation's further columns, `[columns − rows, dim]`; no gradient flows into them. */
  readonly memory?: Float32Array
  /** What a miner chose; its pairs are to be the relation's too. */
  readonly triplets?: Triplets
  /** Anchors that had a pair before a miner chose; missing: those that have one in the relation. */
  readonly anchorCount?: number
}

/** A loss that knows its batch; has the shape that an encoder's `step` takes. */
export interface BoundLoss {
  /**
   * @param batch unit rows and the raw ones that they come from, each `[rows, dim]`
   * @param learnt a tensor for each of {@link RunLoss.learntOf}, by name
   */
  readonly ofRows: (
    batch: { readonly rows: Tensor2D; readonly raw: Tensor2D },
    learnt: Learnt,
  ) => Scalar
  /** The same loss in closed form; missing where it has none, as with a memory. */
  readonly softmaxPairs?: SoftmaxPairs
}

const builders: Readonly<Record<string, Builder>> = {
  ...softmaxBuilders,
  ...tupletBuilders,
  ...pairBuilders,
  ...proxyBuilders,
  ...viewBuilders,
}

/** A term of the sum with its weight, and what it puts before the names of what it learns. */
interface Term extends BuiltLoss {
  readonly weight: number
  readonly prefix: string
}

/**
 * The loss of a run's configuration.
 *
 * @throws TypeError for a name or value that the catalogue does not have: it was to be checked before
 */
export function lossOf({ plus = [], ...first }: LossSum): RunLoss {
  const terms = [{ ...first, weight: 1 }, ...plus].map(({ name, params, weight }, place): Term => {
    const build = builders[name]
    if (!build) throw new TypeError(`no loss is called ${name}`)
    const prefix = plus.length === 0 ? '' : `${place}.`
    return { ...build(parameterReader(params)), weight, prefix }
  })
  const [only] = terms
  const closedForm = terms.length === 1 ? only?.softmaxPairs : undefined
  return {
    learntOf: (context) => terms.flatMap((term) => learntOf(term, context)),
    needsLabels: terms.some(({ needsLabels = false }) => needsLabels),
    needsRaw: terms.some(({ needsRaw = false }) => needsRaw),
    takesMemory: terms.every(({ takesMemory = true }) => takesMemory),
    scope:
      (['batch', 'views'] as const).find((scope) => terms.some((term) => term.scope === scope)) ??
      'anchors',
    bind: (facts) => ({
      ofRows: (rows, learnt) => tf.tidy(() => sumOf(terms, batchOf(rows, facts), learnt)),
      ...(closedForm && !facts.memory && { softmaxPairs: closedForm(facts.relation) }),
    }),
  }
}

function learntOf({ learntOf, prefix }: Term, context: LearntContext): readonly LearntSpec[] {
  const specs = learntOf?.(context) ?? []
  return specs.map((spec) => ({ ...spec, name: `${prefix}${spec.name}` }))
}

function sumOf(terms: readonly Term[], batch: Batch, learnt: Learnt): Scalar {
  return terms
    .map(({ loss, weight, prefix }) => {
      const value = loss(batch, ownOf(learnt, prefix))
      return weight === 1 ? value : tf.mul<Scalar>(value, weight)
    })
    .reduce((sum, value) => tf.add(sum, value))
}

/** The values whose names begin with the prefix, without it. */
function ownOf(learnt: Learnt, prefix: string): Learnt {
  const own = Object.entries(learnt).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(
    own.map(([name, tensor]): [string, Tensor] => [name.slice(prefix.length), tensor]),
  )
}

function batchOf(
  { rows, raw }: { readonly rows: Tensor2D; readonly raw: Tensor2D },
  { relation, labels, memory, triplets, anchorCount = countAnchors(relation) }: BatchFacts,
): Batch {
  const known = { rows, raw, labels, relation, anchorCount, ...(triplets && { triplets }) }
  if (!memory) return { ...known, columns: rows, rawColumns: raw }
  const others = tf.tensor2d(memory, [relation.columns - relation.rows, raw.shape[1]])
  return {
    ...known,
    columns: tf.concat([rows, safeUnitRows(others)], 0),
    rawColumns: tf.concat([raw, others], 0),
  }
}
