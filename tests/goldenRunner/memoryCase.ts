import { z } from 'zod'
import { createMemory } from '../../src-main/losses/memory.ts'
import { relationOf, withMemory } from '../../src-main/losses/relation.ts'
import { compareIndices } from './findings.ts'
import type { Finding } from './findings.ts'
import { compareLoss, evaluate, wantedSchema } from './lossCase.ts'
import { referenceLosses } from './referenceLosses.ts'
import { NotOffered, ReferenceParams } from './referenceParams.ts'

const stepSchema = z.object({
  inputs: z.object({
    embeddings: z.array(z.array(z.number()).min(1)).min(1),
    labels: z.array(z.int()),
  }),
  expected: z.looseObject({
    queueIndexAfter: z.int().optional(),
    filledAfter: z.boolean().optional(),
  }),
})

const caseSchema = z.object({
  params: z.object({
    /** A class of the reference: `ContrastiveLoss`. */
    loss: z.string(),
    lossParams: z.record(z.string(), z.unknown()).default({}),
    memorySize: z.int().min(1),
    embeddingSize: z.int().min(1),
  }),
  steps: z.array(z.unknown()).min(1),
})

/** The steps of one memory, in order: what it holds, the loss against it, and the batch's gradient. */
export async function checkMemory(given: unknown): Promise<readonly Finding[]> {
  const { params, steps } = caseSchema.parse(given)
  const name = fileNameOf(params.loss)
  const reference = referenceLosses[name]
  if (!reference) throw new NotOffered(`no loss here is called ${params.loss}`)
  const { memorySize, embeddingSize: dim } = params
  const memory = createMemory({ size: memorySize, dim })
  const findings: Finding[] = []
  let seen = 0
  for (const [index, step] of steps.entries()) {
    const { inputs, expected } = stepSchema.parse(step)
    const { embeddings } = inputs
    const labels = Int32Array.from(inputs.labels)
    // Each row is an image of its own.
    const rows = { labels, images: Int32Array.from(labels, (_, i) => seen + i) }
    seen += labels.length
    memory.enqueue(Float32Array.from(embeddings.flat()), rows)
    const columns = memory.columns()
    const asked = new ReferenceParams(params.lossParams)
    const loss = reference.choose(asked, inputs)
    asked.expectAllRead()
    const relation = withMemory(relationOf('metric', rows), rows, columns, {
      regime: 'metric',
      ownCopies: 'ignored',
      batch: 'stored',
    })
    const found = await evaluate({
      loss,
      raw: embeddings,
      facts: { relation, labels, memory: columns.raw },
    })
    const { queueIndexAfter, filledAfter } = expected
    const differences = [
      ...(queueIndexAfter === undefined
        ? []
        : compareIndices('queue index', [...memory.state.cursors], [queueIndexAfter])),
      ...(filledAfter === undefined
        ? []
        : compareIndices('filled', [memory.length === memorySize ? 1 : 0], [filledAfter ? 1 : 0])),
      ...compareLoss({ loss, found, firstView: labels.length }, wantedSchema.parse(step)),
    ]
    findings.push(
      ...differences.map((finding) => ({ ...finding, what: `step ${index + 1}: ${finding.what}` })),
    )
  }
  return findings
}

/** `NTXentLoss` → `ntxent`, `TripletMarginLoss` → `triplet_margin`. */
function fileNameOf(className: string): string {
  const stem = className.replace(/Loss$/, '')
  const plain = stem.toLowerCase()
  const names = Object.keys(referenceLosses)
  return names.find((name) => name.replaceAll('_', '') === plain) ?? className
}
