import type { TrainingImages } from '../../contract/compute.ts'
import type { RunConfig } from '../../contract/runs.ts'
import { prototypesOf } from '../../data/samplers/hardLabelBatches.ts'
import { lossOf } from '../../losses/lossOf.ts'
import { createMemory } from '../../losses/memory.ts'
import type { Memory } from '../../losses/memory.ts'
import type { BatchRows } from '../../losses/relation.ts'
import type { StepLoss } from '../../model/encoder.ts'
import { contentsOf } from '../batches.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { judgedPairs } from '../judgedPairs.ts'
import { createLossStage } from '../lossStage.ts'
import type { SeenBatch } from '../lossStage.ts'
import { arraysUnder } from '../lossState.ts'
import { createLossVariables } from '../lossVariables.ts'
import type { LossVariables } from '../lossVariables.ts'
import { planRun } from '../prepare.ts'
import { learningRateAt } from '../schedules.ts'
import { createSuspectStage } from '../suspectStage.ts'
import { viewsOf } from '../views.ts'
import { learntThen } from './learntThen.ts'

/** A batch of images as the loss of a run sees it. */
export interface LookedBatch extends SeenBatch {
  /** Images by place in the run, one a row: first views, then second ones where there are two. */
  readonly rowImages: Int32Array
  /** Unit rows, `[rows, dim]`. */
  readonly raw: Float32Array
  /** What the relation's further columns show, by place in the run. */
  readonly memoryImages: Int32Array
  /** The whole of it, ready to be differentiated. */
  readonly whole: StepLoss
}

/** The loss of a run as it stood after an epoch, to be looked at without training. */
export interface EpochLoss {
  readonly dim: number
  readonly images: number
  /** Images that training sees, ascending. */
  readonly training: Int32Array
  readonly variables: LossVariables
  /** Labels that are trained on, and which of the run's labels each is. */
  readonly labelCount: number
  labelOf(place: number): number
  /** What a step multiplies the gradient by. */
  readonly learningRate: number
  /** Of a later pass over the images: 0 for the batches that were dealt next, 1 for those after them. */
  batchesOf(pass: number): readonly Int32Array[]
  /** @param views unit rows of the batch, one table a view; missing: the rows of the epoch */
  look(batch: Int32Array, views?: readonly Float32Array[]): Promise<LookedBatch>
  /** What was taken for granted, in sentences. @param hasViews of batches whose views were drawn anew */
  assumptions(hasViews: boolean): readonly string[]
}

/**
 * @param options.rows unit rows of all images after the epoch, `[images, dim]`
 * @param options.checkpoint of this very epoch, `last` of whatever epoch; null where there is none
 */
export function openEpochLoss(options: {
  readonly config: RunConfig
  readonly images: TrainingImages
  readonly epoch: number
  readonly rows: Float32Array
  readonly dim: number
  readonly checkpoint: Checkpoint | null
  readonly last: Checkpoint | null
}): EpochLoss {
  const { config, images, epoch, rows, dim, checkpoint } = options
  const { settings, regime } = config
  const { split, sampling } = planRun({ config, images })
  const { index, stepsPerEpoch } = sampling
  const steps = settings.epochs * stepsPerEpoch
  const specs = lossOf(config.loss).learntOf({ labels: index.count, dim, seed: settings.seed })
  const learnt = learntThen(specs, { ...options, index })
  const variables = createLossVariables(
    specs,
    Object.fromEntries(Object.entries(learnt.saved).filter(([name]) => name.endsWith('/values'))),
  )
  const contents = contentsOf(images.hashes)
  const suspects = createSuspectStage(
    { settings, regime, images: split.training, find: () => Promise.reject(neverAsked) },
    arraysUnder(checkpoint?.more ?? {}, 'suspects'),
  )
  const prototypes = settings.sampler === 'hard-labels' ? prototypesOf(rows, dim, index) : null
  const views = viewsOf(regime)

  function rowsOf(
    batch: Int32Array,
    drawn: readonly Float32Array[] = [],
  ): BatchRows & { raw: Float32Array; rowImages: Int32Array } {
    const count = views * batch.length
    const rowImages = Int32Array.from({ length: count }, (_, row) => batch[row % batch.length] ?? 0)
    const raw = new Float32Array(count * dim)
    rowImages.forEach((image, row) =>
      raw.set(rows.subarray(image * dim, (image + 1) * dim), row * dim),
    )
    drawn.forEach((view, place) => raw.set(view, place * view.length))
    return {
      raw,
      rowImages,
      images: views === 2 ? rowImages.map((image) => contents[image] ?? image) : rowImages,
      labels: rowImages.map((image) => index.labels[image] ?? -1),
    }
  }

  const isRemembering =
    settings.memorySize > 0 && epoch >= Math.max(settings.memoryWarmup, 1) && epoch > 0
  const memory = isRemembering ? filledMemory() : null

  /** As the steps before would have left it, if rows had not moved since. */
  function filledMemory(): Memory {
    const rings = settings.memoryKind === 'by-label' ? { labels: index.count } : {}
    const made = createMemory({ size: settings.memorySize, dim, ...rings })
    for (const batch of sampling.batchesOf(epoch, prototypes)) {
      const filled = rowsOf(batch)
      made.enqueue(filled.raw, filled)
    }
    made.nextStep()
    return made
  }

  const stage = createLossStage({
    config,
    dim,
    stepsPerEpoch,
    variables,
    memory,
    keys: null,
    suspects,
    verdicts: judgedPairs(config, images.verdicts ?? [], contents),
  })

  return {
    dim,
    images: images.ids.length,
    training: split.training,
    variables,
    labelCount: index.count,
    labelOf: (place) => images.labels[index.labels.indexOf(place)] ?? -1,
    learningRate: learningRateAt(Math.min(epoch * stepsPerEpoch, steps - 1), {
      peak: settings.learningRate,
      warmupSteps: Math.round(settings.warmupEpochs * stepsPerEpoch),
      steps,
    }),
    batchesOf: (pass) => sampling.batchesOf(epoch + 1 + pass, prototypes),
    async look(batch, drawn) {
      const filled = rowsOf(batch, drawn)
      const prepared = await stage.prepare({
        pixels: new Float32Array(),
        rows: filled,
        step: epoch * stepsPerEpoch,
        weights: { trainable: new Float32Array(), statistics: new Float32Array() },
      })
      prepared.loss.look?.(filled.raw)
      const seen = prepared.seen()
      if (!seen) throw new TypeError('a loss was not told of its batch')
      const { raw, rowImages } = filled
      const memoryImages = memory?.columns().images ?? new Int32Array()
      return { ...seen, raw, rowImages, memoryImages, whole: prepared.loss }
    },
    assumptions: (hasViews) => [
      `Batches as training deals them after epoch ${epoch}, ` +
        (hasViews ? 'with views that were drawn anew.' : 'of un-augmented images.'),
      ...(views === 2 && !hasViews
        ? ['Both views of an image are thought to be embedded just like it, so they do not pull.']
        : []),
      ...learnt.assumptions,
      ...(memory
        ? [
            `The memory holds ${memory.length} rows of the batches before, as they are embedded now.`,
          ]
        : []),
      ...(settings.suspects === 'off' || settings.suspects === 'show' || suspects.isCancelled
        ? []
        : ['Which pairs were cancelled then is not known any more: none is here.']),
    ],
  }
}

const neverAsked = new TypeError('nobody looks for suspects here')
