import { z } from 'zod'
import type { Batch, Learnt, Triplets } from '../../src-main/losses/loss.ts'
import { unitRows } from '../../src-main/model/unitRows.ts'
import type { Relation } from '../../src-main/losses/relation.ts'
import type { LearntValues } from '../../src-main/model/encoder.ts'
import { lossOfRows } from '../../src-main/model/tfLoss.ts'
import * as tf from '../../src-main/numeric/tf.ts'
import type { Tensor2D } from '../../src-main/numeric/tf.ts'
import {
  compareGradient,
  compareNumber,
  finite,
  firstNonFinite,
  gradientSchema,
} from './findings.ts'
import type { Finding, Matrix } from './findings.ts'
import type { ChosenLoss, LossInputs, ReferenceLoss } from './referenceLosses.ts'
import { NotOffered, ReferenceParams } from './referenceParams.ts'
import { labelled, twoViews } from './relations.ts'
import { narrowed, pairsOf, tripletsOf, tupleSchema } from './selection.ts'
import type { ExpectedTuple } from './selection.ts'

const matrix = z.array(z.array(z.number()).min(1)).min(1)
const gradient = gradientSchema.optional()

const inputsSchema = z.object({
  embeddings: matrix.optional(),
  labels: z.array(z.int()).optional(),
  view1: matrix.optional(),
  view2: matrix.optional(),
  proxies: matrix.optional(),
  W: matrix.optional(),
  fc: matrix.optional(),
  beta: z.union([z.number(), z.array(z.number())]).optional(),
  indicesTuple: tupleSchema.optional(),
})

/** What a loss and its gradients are compared with. */
export const wantedSchema = z.object({
  expected: z.object({
    /** Text where the reference is not finite. */
    loss: z.union([z.number(), z.string()]),
    gradEmbeddings: gradient,
    gradView1: gradient,
    gradView2: gradient,
    gradProxies: gradient,
    gradW: gradient,
    gradFc: gradient,
    gradBeta: gradient,
    gradParams: z.record(z.string(), z.number()).optional(),
  }),
  tolerance: z.looseObject({ lossAbs: z.number(), gradAbs: z.number() }),
})
type Wanted = z.infer<typeof wantedSchema>

const caseSchema = wantedSchema.extend({
  params: z.record(z.string(), z.unknown()).default({}),
  inputs: inputsSchema,
})

/** Value and gradients of one case with respect to its raw inputs, on the active backend. */
export async function checkLoss(
  reference: ReferenceLoss,
  given: unknown,
): Promise<readonly Finding[]> {
  const { params, inputs, ...wanted } = caseSchema.parse(given)
  const asked = new ReferenceParams(params)
  const loss = reference.choose(asked, inputs)
  asked.ignore('miner')
  asked.expectAllRead()
  const raw = rowsOf(inputs)
  const found = await evaluate({ loss, raw, facts: factsOf(reference, inputs) })
  return compareLoss({ loss, found, firstView: inputs.view1?.length ?? raw.length }, wanted)
}

/** Rows [embeddings], or [view 1; view 2]. */
function rowsOf({ embeddings, view1, view2 }: LossInputs): Matrix {
  const rows = embeddings ?? (view1 && view2 ? [...view1, ...view2] : undefined)
  if (!rows) throw new NotOffered('it has neither embeddings nor two views')
  return rows
}

/** What is known of a batch before its rows are. */
export interface Facts {
  readonly relation: Relation
  readonly labels: Int32Array
  readonly triplets?: Triplets
  /** Raw rows of the relation's further columns, `[columns − rows, dim]`. */
  readonly memory?: Float32Array
}

function factsOf(reference: ReferenceLoss, inputs: LossInputs): Facts {
  const { labels, view1, indicesTuple } = inputs
  if (!labels) {
    const count = view1?.length ?? 0
    return { relation: twoViews(count), labels: new Int32Array(2 * count).fill(-1) }
  }
  const relation = labelled(labels)
  const known = { relation, labels: Int32Array.from(labels) }
  return indicesTuple ? { ...known, ...selected(reference, relation, indicesTuple) } : known
}

function selected(
  { isOfTriplets = false }: ReferenceLoss,
  relation: Relation,
  tuple: ExpectedTuple,
): Partial<Facts> {
  const triplets = tripletsOf(tuple)
  const pairs = pairsOf(tuple)
  if (!triplets || !pairs) throw new NotOffered('what its miner selected is left out of the file')
  return isOfTriplets ? { triplets } : { relation: narrowed(relation, pairs) }
}

interface Evaluated {
  readonly loss: number
  /** With respect to raw rows, `[rows, dim]`. */
  readonly gradient: Matrix
  /** With respect to what the loss learns, by name. */
  readonly learnt: Readonly<Record<string, Matrix>>
}

/** As a training step does it: raw rows through the normalisation, learnt values beside them. */
export async function evaluate(request: {
  readonly loss: ChosenLoss
  readonly raw: Matrix
  readonly facts: Facts
}): Promise<Evaluated> {
  const { loss, raw, facts } = request
  const inputs = Object.entries(loss.learnt ?? {})
  const learnt = inputs.map(([, { values, shape }]): LearntValues => ({
    values: Float32Array.from(values.flat()),
    shape,
  }))
  const dim = raw[0]?.length ?? 0
  const result = await lossOfRows(
    {
      learnt,
      ofRows: (rows, { raw, learnt }) => {
        const named = Object.fromEntries(inputs.map(([name], i) => [name, learnt[i] ?? rows]))
        return tf.tidy(() => loss.of(batchOf({ rows, raw }, facts), named as Learnt))
      },
    },
    Float32Array.from(raw.flat()),
    [raw.length, dim],
  )
  return {
    loss: result.loss,
    gradient: matrixOf(result.gradient, dim),
    learnt: Object.fromEntries(
      inputs.map(([name, { shape }], i) => [
        name,
        matrixOf(result.learntGradients[i] ?? new Float32Array(), shape.at(-1) ?? 1),
      ]),
    ),
  }
}

function batchOf(
  { rows, raw }: { readonly rows: Tensor2D; readonly raw: Tensor2D },
  { memory, ...facts }: Facts,
): Batch {
  // The reference's means over anchors are over all rows.
  const known = { ...facts, rows, raw, anchorCount: facts.relation.rows }
  if (!memory) return { ...known, columns: rows, rawColumns: raw }
  const others = tf.tensor2d(memory, [memory.length / raw.shape[1], raw.shape[1]])
  return {
    ...known,
    columns: tf.concat([rows, unitRows(others)], 0),
    rawColumns: tf.concat([raw, others], 0),
  }
}

function matrixOf(values: Float32Array, columns: number): Matrix {
  return Array.from({ length: values.length / columns }, (_, row) => [
    ...values.subarray(row * columns, (row + 1) * columns),
  ])
}

/** The files allow a loss this share of itself in float32. */
const scalarTolerance = 2e-5

/** What was found against what is wanted; a number that is not finite is never right. */
export function compareLoss(
  result: { readonly loss: ChosenLoss; readonly found: Evaluated; readonly firstView: number },
  { expected, tolerance }: Wanted,
): readonly Finding[] {
  const { loss, found, firstView } = result
  const { gradAbs, lossAbs } = tolerance
  const ofRows = [
    ['gradEmbeddings', found.gradient],
    ['gradView1', found.gradient.slice(0, firstView)],
    ['gradView2', found.gradient.slice(firstView)],
  ] as const
  const infinite = firstNonFinite('the gradient', found.gradient)
  return [
    ...finite('loss', found.loss),
    ...(infinite ? [infinite] : []),
    ...(typeof expected.loss === 'number'
      ? compareNumber('loss', [found.loss, expected.loss], lossAbs)
      : []),
    ...ofRows.flatMap(([what, rows]) => {
      const wanted = typeof expected.loss === 'number' ? expected[what] : undefined
      return wanted ? compareGradient(what, rows, wanted, gradAbs) : []
    }),
    ...Object.entries(loss.learnt ?? {}).flatMap(([name, { of, toReference }]) => {
      const own = toReference(found.learnt[name] ?? [])
      const allowed = tolerance[`grad${of}Abs`]
      const within = typeof allowed === 'number' ? allowed : gradAbs
      const whole = expected[`grad${of}` as 'gradProxies' | 'gradW' | 'gradFc' | 'gradBeta']
      if (whole) return compareGradient(`grad${of}`, own, whole, within)
      const single = expected.gradParams?.[of]
      if (single === undefined) return []
      // These have no tolerance of their own and may be large: as a loss, to five digits.
      const size = Math.max(within, scalarTolerance * Math.abs(single))
      return compareNumber(`gradParams.${of}`, [own[0]?.[0] ?? NaN, single], size)
    }),
  ]
}
