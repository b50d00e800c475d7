import { z } from 'zod'
import type { ParameterValues } from '../../src-main/contract/catalogue.ts'
import { geometryOf } from '../../src-main/losses/miners/geometry.ts'
import type { Mined } from '../../src-main/losses/miners/miner.ts'
import { minerOf } from '../../src-main/losses/miners/minerOf.ts'
import { negative, positive } from '../../src-main/losses/relation.ts'
import { random } from '../../src-main/numeric/random.ts'
import { compareIndices } from './findings.ts'
import type { Finding } from './findings.ts'
import { isRecord } from './fixtures.ts'
import { labelled } from './relations.ts'
import { NotOffered, ReferenceParams, distanceOf } from './referenceParams.ts'
import { tripletsOfPairs, tupleSchema } from './selection.ts'
import type { ExpectedTuple, SelectedPairs } from './selection.ts'

const dataSchema = z.object({
  embeddings: z.array(z.array(z.number()).min(1)).min(1),
  labels: z.array(z.int()),
})
export type Datasets = ReadonlyMap<string, unknown>

const caseSchema = z.object({
  params: z.object({ type: z.string(), params: z.record(z.string(), z.unknown()).default({}) }),
  inputs: z.union([dataSchema, z.object({ dataset: z.string() })]),
  expected: tupleSchema,
  /** The reference itself chooses otherwise in float32. */
  float32Differs: z.unknown().optional(),
})

/** The data that the cases of a file name. */
export function datasetsOf(cases: readonly unknown[]): Datasets {
  return new Map(
    cases.flatMap((given) =>
      isRecord(given) && isRecord(given['datasets']) ? Object.entries(given['datasets']) : [],
    ),
  )
}

/** What a miner selects, index by index; count and sums where the file leaves the indices out. */
export function checkMiner(given: unknown, datasets: Datasets): readonly Finding[] {
  const { params, inputs, expected } = caseSchema.parse(given)
  const { embeddings, labels } = dataSchema.parse(
    'dataset' in inputs ? datasets.get(inputs.dataset) : inputs,
  )
  const choice = choiceOf(params.type, new ReferenceParams(params.params))
  const mined = minerOf(choice)({
    relation: labelled(labels),
    geometry: geometryOf(Float32Array.from(embeddings.flat()), embeddings[0]?.length ?? 0),
    stream: random(1, 'golden miner'),
  })
  return compareTuple(listsOf(mined, expected), expected)
}

/** The lists that a tuple has, in its order, by name. */
type Lists = readonly (readonly [string, readonly number[]])[]

function compareTuple(found: Lists, expected: ExpectedTuple): readonly Finding[] {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
  return found.flatMap(([name, indices], i) => {
    const wanted = (expected as Readonly<Record<string, unknown>>)[name] as
      readonly number[] | undefined
    if (wanted) return compareIndices(name, indices, wanted)
    return [
      ...compareIndices(`count of ${name}`, [indices.length], [expected.count[i] ?? NaN]),
      ...compareIndices(`sum of ${name}`, [total(indices)], [expected.sums[i] ?? NaN]),
    ]
  })
}

function listsOf(mined: Mined, { kind }: ExpectedTuple): Lists {
  if (kind === 'triplets') {
    const triplets = mined.triplets ?? tripletsOfPairs(pairsIn(mined))
    return (['anchors', 'positives', 'negatives'] as const).map((name) => [
      name,
      [...triplets[name]],
    ])
  }
  return Object.entries(pairsIn(mined))
}

function pairsIn(mined: Mined): SelectedPairs {
  const [anchors1, positives] = pairsOf(mined, positive)
  const [anchors2, negatives] = pairsOf(mined, negative)
  return { anchors1, positives, anchors2, negatives }
}

function pairsOf(
  { relation: { columns, cells } }: Mined,
  value: number,
): readonly [readonly number[], readonly number[]] {
  const places = Array.from(cells.keys()).filter((at) => cells[at] === value)
  return [places.map((at) => Math.floor(at / columns)), places.map((at) => at % columns)]
}

/** A miner of ours and its parameters, as `minerOf` takes them. */
interface Choice {
  readonly name: string
  readonly params: ParameterValues
}

function choiceOf(type: string, params: ReferenceParams): Choice {
  const choice = minerChoices[type]?.(params)
  if (!choice) throw new NotOffered(`no miner here is called ${type}`)
  params.expectAllRead()
  return choice
}

/** Every distance and every cosine. */
const everywhere = {
  positiveLow: -Infinity,
  positiveHigh: Infinity,
  negativeLow: -Infinity,
  negativeHigh: Infinity,
}

const minerChoices: Readonly<Record<string, (params: ReferenceParams) => Choice>> = {
  BatchHardMiner: (params) => {
    const measure = measureOf(params)
    if (measure === 'distance') return { name: 'batch-hard', params: {} }
    // By cosine it is the easy-hard miner with hard ones on both sides.
    const hard = { positives: 'hard', negatives: 'hard', measure }
    return { name: 'easy-hard', params: { ...hard, ...everywhere } }
  },
  BatchEasyHardMiner: (params) => {
    const [positiveLow, positiveHigh] = rangeOf(params, 'allowed_pos_range')
    const [negativeLow, negativeHigh] = rangeOf(params, 'allowed_neg_range')
    return {
      name: 'easy-hard',
      params: {
        positives: params.text('pos_strategy', 'easy'),
        negatives: params.text('neg_strategy', 'semihard'),
        measure: measureOf(params),
        positiveLow,
        positiveHigh,
        negativeLow,
        negativeHigh,
      },
    }
  },
  TripletMarginMiner: (params) => ({
    name: 'triplet-margin',
    params: {
      margin: params.number('margin', 0.2),
      kind: params.text('type_of_triplets', 'all'),
      measure: measureOf(params),
    },
  }),
  MultiSimilarityMiner: (params) => {
    expectMeasure(params, 'cosine')
    return { name: 'multi-similarity', params: { epsilon: params.number('epsilon', 0.1) } }
  },
  PairMarginMiner: (params) => ({
    name: 'pair-margin',
    params: {
      positiveMargin: params.number('pos_margin', 0.2),
      negativeMargin: params.number('neg_margin', 0.8),
      measure: measureOf(params),
    },
  }),
  AngularMiner: (params) => {
    expectMeasure(params, 'distance')
    return { name: 'angular', params: { angle: params.number('angle', 20) } }
  },
}

function measureOf(params: ReferenceParams): 'distance' | 'cosine' {
  const distance = distanceOf(params.any('distance'), { kind: 'lp', p: 2, power: 1, isUnit: true })
  if (distance.kind === 'cosine') return 'cosine'
  if (distance.kind === 'dot' && distance.isUnit) return 'cosine'
  if (distance.kind === 'lp' && distance.p === 2 && distance.power === 1 && distance.isUnit)
    return 'distance'
  throw new NotOffered('miners here look at Euclidean distances of unit rows, or at cosines')
}

function expectMeasure(params: ReferenceParams, only: 'distance' | 'cosine'): void {
  const given = params.any('distance')
  if (given !== undefined && given !== null && measureOf(params) !== only)
    throw new NotOffered(`this miner here always looks at the ${only}`)
}

/** Both ends included; everything where none is given. */
function rangeOf(params: ReferenceParams, name: string): readonly [number, number] {
  const given = params.any(name)
  if (given === undefined || given === null) return [-Infinity, Infinity]
  const [low, high] = z.tuple([z.number(), z.number()]).parse(given)
  return [low, high]
}
