import { z } from 'zod'
import { embeddingStatistics } from '../../src-main/analysis/embeddingStatistics.ts'
import type { EmbeddingStatistics } from '../../src-main/analysis/embeddingStatistics.ts'
import { compareNumber } from './findings.ts'
import type { Finding } from './findings.ts'
import { unit } from './metricCase.ts'
import { NotOffered } from './referenceParams.ts'

const caseSchema = z.object({
  inputs: z.object({
    embeddings: z.array(z.array(z.number()).min(1)).min(1),
    labels: z.array(z.int()),
  }),
  expected: z.record(z.string(), z.number().nullable()),
  tolerance: z.object({ abs: z.number() }),
})

/** Our names by those of the files. */
const names: Readonly<Record<string, keyof EmbeddingStatistics>> = {
  uniformity_t2: 'uniformity',
  toleranceOverAllPairs: 'tolerance',
  toleranceOverSameClassPairs: 'cosineWithinLabels',
  alignmentSameClass_alpha2: 'alignment',
  meanOffDiagonalCosine: 'meanCosine',
  effectiveRank: 'effectiveRank',
  stdPerDimensionOfUnitRowsTimesSqrtD: 'spread',
  silhouetteEuclideanUnitRows: 'silhouette',
}

/** The statistics of one embedding; what the file leaves out is not defined and has to be null. */
export function checkStatistics(given: unknown): readonly Finding[] {
  const { inputs, expected, tolerance } = caseSchema.parse(given)
  const { embeddings, labels } = inputs
  const unknown = Object.keys(expected).find((name) => !(name in names))
  if (unknown !== undefined) throw new NotOffered(`the statistic ${unknown} is not known here`)
  const places = [...new Set(labels)]
  const found = embeddingStatistics(
    { data: Float32Array.from(embeddings.flatMap(unit)), dim: embeddings[0]?.length ?? 0 },
    Int32Array.from(labels, (label) => places.indexOf(label)),
  )
  return Object.entries(names).flatMap(([name, own]) => {
    const wanted = expected[name] ?? null
    const value = found[own]
    if (wanted !== null) return compareNumber(name, [value ?? NaN, wanted], tolerance.abs)
    return value === null ? [] : [{ what: name, found: String(value), expected: 'none' }]
  })
}
