import { z } from 'zod'
import { clusterAgreement } from '../../src-main/analysis/clusterAgreement.ts'
import { pairRanking } from '../../src-main/analysis/pairRanking.ts'
import { retrievalScore } from '../../src-main/analysis/retrieval.ts'
import { retrievalMetrics } from '../../src-main/analysis/retrievalMetrics.ts'
import { compareNumber } from './findings.ts'
import type { Finding, Matrix } from './findings.ts'
import { NotOffered } from './referenceParams.ts'

const matrix = z.array(z.array(z.number()).min(1)).min(1)
const numbers = z.array(z.number())

const caseSchema = z.object({
  params: z.record(z.string(), z.unknown()).default({}),
  inputs: z.object({
    embeddings: matrix,
    labels: z.array(z.int()),
    clusterAssignments: z.array(z.int()).optional(),
    referenceEmbeddings: matrix.optional(),
    referenceLabels: z.array(z.int()).optional(),
  }),
  expected: z
    .object({ recallAt: z.record(z.string(), z.number()).optional() })
    .catchall(z.union([z.number(), numbers, z.null()])),
  tolerance: z.object({ abs: z.number() }),
})
type MetricCase = z.infer<typeof caseSchema>

/** Retrieval, clusters and ranked pairs of one case; on tensors where training scores itself with them. */
export async function checkMetrics(given: unknown): Promise<readonly Finding[]> {
  const { params, inputs, expected, tolerance } = caseSchema.parse(given)
  const { distance } = params
  const isOfRaw = typeof distance === 'string' && distance.includes('raw')
  const found = { ...ranked(inputs, expected, isOfRaw), ...agreement(inputs), ...pairs(inputs) }
  const { recallAt = {}, ...plain } = expected
  const names = Object.entries({
    ...plain,
    ...Object.fromEntries(Object.entries(recallAt).map(([k, value]) => [`recallAt${k}`, value])),
  })
  return [
    ...names.flatMap(([name, wanted]) => {
      const value = found[name]
      if (value === undefined) throw new NotOffered(`the metric ${name} is not known here`)
      if (typeof wanted === 'number')
        return compareNumber(name, [value ?? NaN, wanted], tolerance.abs)
      return value === null ? [] : [{ what: name, found: String(value), expected: 'none' }]
    }),
    ...(isOfRaw ? [] : await trainingScore(inputs, expected, tolerance.abs)),
  ]
}

type Metrics = Readonly<Record<string, number | null>>

function ranked(
  inputs: MetricCase['inputs'],
  expected: MetricCase['expected'],
  isOfRaw: boolean,
): Metrics {
  const { embeddings, labels, referenceEmbeddings, referenceLabels } = inputs
  const rowsOf = (rows: Matrix) => (isOfRaw ? rows : rows.map(unit))
  const queries = rowsOf(embeddings)
  const gallery = referenceEmbeddings ? rowsOf(referenceEmbeddings) : queries
  const ks = Object.keys(expected.recallAt ?? {}).map(Number)
  const metrics = retrievalMetrics({
    queryLabels: dense(labels, labels),
    galleryLabels: dense(referenceLabels ?? labels, labels),
    ownPlaceOf: (query) => (referenceEmbeddings ? -1 : query),
    closenessOf: (query) => gallery.map((row) => -squaredDistance(queries[query] ?? [], row)),
    ks,
  })
  const recalls = ks.map((k, i) => [`recallAt${k}`, metrics?.recallAt[i] ?? null] as const)
  return {
    queriesCounted: metrics?.queries ?? 0,
    precisionAt1: metrics?.precisionAt1 ?? null,
    rPrecision: metrics?.rPrecision ?? null,
    mapAtR: metrics?.mapAtR ?? null,
    meanAveragePrecision: metrics?.meanAveragePrecision ?? null,
    mrr: metrics?.meanReciprocalRank ?? null,
    ...Object.fromEntries(recalls),
  }
}

function agreement({ labels, clusterAssignments }: MetricCase['inputs']): Metrics {
  return clusterAssignments ? { ...clusterAgreement(labels, clusterAssignments) } : {}
}

function pairs({ embeddings, labels }: MetricCase['inputs']): Metrics {
  const rows = embeddings.map(unit)
  const scores: number[] = []
  const isRelevant: number[] = []
  for (let i = 0; i < rows.length; i++)
    for (let j = i + 1; j < rows.length; j++) {
      scores.push(dot(rows[i] ?? [], rows[j] ?? []))
      isRelevant.push(labels[i] === labels[j] ? 1 : 0)
    }
  const ranking = pairRanking(scores, isRelevant)
  return {
    pairAveragePrecision: ranking?.averagePrecision ?? null,
    pairRocAuc: ranking?.rocAuc ?? null,
  }
}

/** The score that training prints, which sorts less and runs on tensors in float32. */
async function trainingScore(
  { embeddings, labels, referenceEmbeddings, referenceLabels = [] }: MetricCase['inputs'],
  expected: MetricCase['expected'],
  tolerance: number,
): Promise<readonly Finding[]> {
  const all = [...embeddings, ...(referenceEmbeddings ?? [])].map(unit)
  const from = (count: number, start: number) =>
    Int32Array.from({ length: count }, (_, i) => i + start)
  const queries = from(labels.length, 0)
  const score = await retrievalScore({
    rows: Float32Array.from(all.flat()),
    dim: all[0]?.length ?? 0,
    labels: dense([...labels, ...referenceLabels], labels),
    queries,
    gallery: referenceEmbeddings ? from(referenceLabels.length, labels.length) : queries,
  })
  const wanted = { recallAt1: expected['precisionAt1'], mapAtR: expected['mapAtR'] }
  return Object.entries(wanted).flatMap(([name, value]) =>
    typeof value === 'number'
      ? compareNumber(
          `${name} of training`,
          [score?.[name as keyof typeof wanted] ?? NaN, value],
          tolerance,
        )
      : [],
  )
}

/** Labels from 0, whatever numbers the file uses; a label that no query has comes after them. */
function dense(labels: readonly number[], known: readonly number[]): Int32Array {
  const places = new Map<number, number>()
  for (const label of [...known, ...labels]) if (!places.has(label)) places.set(label, places.size)
  return Int32Array.from(labels, (label) => places.get(label) ?? -1)
}

export function unit(row: readonly number[]): readonly number[] {
  const length = Math.max(Math.sqrt(dot(row, row)), 1e-12)
  return row.map((value) => value / length)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0)
}
