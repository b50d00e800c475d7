import type { TrainRequest } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunEventBody } from '../contract/runs.ts'
import { prototypesOf } from '../data/samplers/hardLabelBatches.ts'
import { openEngine } from '../numeric/engines/ladder.ts'
import { loadLastCheckpoint, saveCheckpoint } from './checkpoint.ts'
import type { Progress } from './checkpoint.ts'
import { checkMemory } from './checkMemory.ts'
import { checkEmbedding, checkStep } from './checkStep.ts'
import type { ImageEmbedder } from './embedImages.ts'
import { failureOf } from './engineFailure.ts'
import { under } from './lossState.ts'
import { variableRate } from './lossVariables.ts'
import { nextTurn } from './nextTurn.ts'
import { pixelRowDim, pixelRows } from './pixelRows.ts'
import { planRun, prepareRun } from './prepare.ts'
import type { Plan, Session } from './prepare.ts'
import { openEventLog } from './runFolder.ts'
import { learningRateAt } from './schedules.ts'
import { createStepReporter } from './stepReporter.ts'
import type { StepReporter } from './stepReporter.ts'
import type { TrainingHooks } from './trainingHooks.ts'

/**
 * Trains from the beginning or from the last checkpoint, and reports all of it as events.
 *
 * Resolves when the run has ended, for whatever reason: its last event says which. Four epochs give the
 * same bits as two, a stop, and two more, on one engine.
 *
 * @throws WorkbenchError `io` when not even the events can be written; `device-lost` when a run that has
 *   not recovered from that yet could do so in another process
 */
export async function train(request: TrainRequest, hooks: TrainingHooks): Promise<void> {
  const log = await openEventLog(request.runFolder)
  let written = Promise.resolve()
  const emit = (body: RunEventBody): Promise<void> => {
    const event = { run: request.run, ...body }
    written = written.then(() => log.append(event)).then(() => hooks.emit(event))
    return written
  }
  try {
    const isDone = await trainAndReport(request, hooks, emit)
    await emit({ kind: 'ended', ...ending(isDone), at: timeOf(hooks) })
  } catch (cause) {
    const code = cause instanceof WorkbenchError ? cause.code : null
    if (code === 'device-lost' && !request.isRecovery) throw cause
    const reason = code === 'cancelled' ? ending(false) : failureOf(cause, request)
    await emit({ kind: 'ended', ...reason, at: timeOf(hooks) })
  } finally {
    await log.close()
  }
}

/** One run in progress. */
interface Run extends Session {
  readonly request: TrainRequest
  readonly hooks: TrainingHooks
  readonly plan: Plan
  readonly reporter: StepReporter
  readonly emit: (body: RunEventBody) => Promise<void>
  /** Of the last whole epoch, `[labels, dim]`. */
  prototypes: Float32Array | null
}

/** @returns whether all epochs are done; false when the run was told to stop */
async function trainAndReport(
  request: TrainRequest,
  hooks: TrainingHooks,
  emit: Run['emit'],
): Promise<boolean> {
  const { config, runFolder } = request
  const plan = planRun(request)
  const checkpoint = request.isContinuation ? await loadLastCheckpoint(runFolder) : null
  const engine = await openEngine(config.engine)
  try {
    checkMemory(config, {
      freeBytes: process.availableMemory(),
      largestTensorBytes: engine.largestTensorBytes ?? null,
    })
    await emit({
      kind: 'started',
      config,
      device: engine.device,
      images: {
        training: plan.training.images,
        heldOut: plan.heldOut.images,
        trainingLabels: plan.training.labels,
        heldOutLabels: plan.heldOut.labels,
      },
      verdicts: request.images.verdicts?.length ?? 0,
      protocol: plan.split.protocol,
      stepsPerEpoch: plan.sampling.stepsPerEpoch,
      at: timeOf(hooks),
      fromEpoch: checkpoint?.progress.epoch ?? 0,
    })
    const session = await prepareRun(request, engine, {
      emit: (event) => void emit(event),
      signal: hooks.control.signal,
      checkpoint,
      plan,
      findSuspects: hooks.findSuspects,
    })
    const { epochs } = config.settings
    const { stepsPerEpoch } = plan.sampling
    const steps = epochs * stepsPerEpoch
    const reporter = createStepReporter({ steps, stepsPerEpoch, epochs })
    if (engine.kind === 'webgpu')
      await emit({ kind: 'preparing', what: 'programs for the graphics card', done: 0, total: 1 })
    const saved = checkpoint?.more['prototypes']
    const prototypes = saved instanceof Float32Array ? saved : null
    const run: Run = { ...session, request, hooks, plan, reporter, emit, prototypes }
    try {
      const start = checkpoint ? await goOn(run, checkpoint.progress) : await begin(run)
      return start !== null && (await trainEpochs(run, start))
    } finally {
      session.lossState.dispose()
      session.encoder.dispose()
      session.pixels.dispose()
    }
  } finally {
    engine.dispose()
  }
}

/** Measures what can be had without training: raw pixels, and the untrained network as epoch 0. */
async function begin(run: Run): Promise<Progress | null> {
  const { request, hooks, plan, pixels, emit } = run
  const images = request.images.labels.length
  const pixelsOf = (image: number) => pixels.pixelsOf(image)
  const rows = pixelRows({ images, size: pixels.size, pixelsOf })
  const score = await scoreOf({ request, hooks, plan }, rows, pixelRowDim)
  if (score) await emit({ kind: 'baseline', name: 'pixels', score })
  const progress: Progress = { epoch: 0, losses: [], trainingSeconds: 0 }
  return (await closeEpoch(run, progress)) ? progress : null
}

/**
 * Says again what an unfinished epoch had done, since events after a whole epoch are forgotten. A fork
 * with a policy on suspects that the run it comes from had not looks for them first.
 */
async function goOn(run: Run, progress: Progress): Promise<Progress | null> {
  const { epoch, losses } = progress
  if (run.suspects.isMissing(epoch)) {
    const embedded = await embedAll(run)
    if (!embedded) return null
    const { embedding: rows, features } = embedded
    const suspected = await run.suspects.epochEnded(epoch, { rows, dim: run.dim, features })
    if (suspected) await run.emit(suspected)
  }
  if (losses.length > 0)
    await run.emit({
      kind: 'steps',
      epoch: epoch + 1,
      firstStep: epoch * run.plan.sampling.stepsPerEpoch,
      losses,
      learningRate: rateOf(run, epoch * run.plan.sampling.stepsPerEpoch + losses.length - 1),
      imagesPerSecond: 0,
      secondsLeft: 0,
      residentBytes: process.memoryUsage.rss(),
    })
  return progress
}

/** @returns false when the run was told to stop; then all that is done lies in a checkpoint */
async function trainEpochs(run: Run, start: Progress): Promise<boolean> {
  let done = start
  while (done.epoch < run.request.config.settings.epochs) {
    const stepped = await trainEpoch(run, done)
    const isWhole = stepped.losses.length === run.plan.sampling.stepsPerEpoch
    const closed = { ...stepped, epoch: done.epoch + 1, losses: [] }
    if (!isWhole || !(await closeEpoch(run, closed, stepped.losses))) {
      await save(run, stepped)
      return false
    }
    done = closed
  }
  return true
}

/** The steps of the epoch after `done`, up to its end or to where the run is told to stop. */
async function trainEpoch(run: Run, done: Progress): Promise<Progress> {
  const { request, hooks, plan, encoder, optimizer, average, filler, reporter, emit } = run
  const { lossState, lossStage } = run
  const { settings } = request.config
  const { stepsPerEpoch } = plan.sampling
  const epoch = done.epoch + 1
  const losses = [...done.losses]
  let { trainingSeconds } = done

  for (const [i, batch] of plan.sampling.batchesOf(epoch, run.prototypes).entries()) {
    if (i < losses.length) continue
    if (!(await isGoing(run))) break
    const startedAt = hooks.now()
    const step = done.epoch * stepsPerEpoch + i
    const { pixels, count, rows } = filler.fill(batch, epoch, i)
    const prepared = await lossStage.prepare({ pixels, rows, step, weights: encoder.weights })
    const result = await encoder.step(pixels, count, prepared.loss, step)
    checkStep(result, { epoch, step, batch, paths: request.images.paths, settings })
    const learningRate = rateOf(run, step)
    optimizer.step(encoder.weights.trainable, result.gradient, learningRate)
    const steps = settings.epochs * stepsPerEpoch
    average?.update(encoder.weights, { done: step + 1, steps })
    lossState.variables.step(result.learntGradients, variableRate(learningRate, settings))
    const figures = prepared.finish(result)
    losses.push(result.loss)

    const now = hooks.now()
    const durationMs = now - startedAt
    trainingSeconds += durationMs / 1000
    const report = reporter.step({
      epoch,
      step,
      loss: result.loss,
      learningRate,
      images: batch.length,
      durationMs,
      figures,
      now,
    })
    if (report) await emit(report)
    await nextTurn()
  }
  const rest = reporter.rest()
  if (rest) await emit(rest)
  return { epoch: done.epoch, losses, trainingSeconds }
}

/** Waits while the run is paused. @returns false when it is told to stop */
async function isGoing({ hooks: { control }, reporter, emit }: Run): Promise<boolean> {
  if (control.isPaused) {
    const rest = reporter.rest()
    if (rest) await emit(rest)
    await emit({ kind: 'paused' })
    await control.whenGoing()
    if (!control.isStopping) await emit({ kind: 'resumed' })
  }
  return !control.isStopping
}

/**
 * Embeds all images without augmentation, scores the held-out ones and saves a checkpoint.
 *
 * @param losses of the epoch's steps
 * @returns false when the run was told to stop before the embedding was complete
 */
async function closeEpoch(
  run: Run,
  progress: Progress,
  losses: readonly number[] = [],
): Promise<boolean> {
  const { hooks, dim, emit } = run
  const startedAt = hooks.now()
  const { epoch, trainingSeconds } = progress
  const embedded = await embedAll(run)
  if (!embedded) return false
  const { embedding: rows, features } = embedded
  checkEmbedding(rows, { epoch, settings: run.request.config.settings })
  await hooks.storeEmbedding({ epoch, rows, dim, features })
  await emit({ kind: 'embedded', epoch })
  run.prototypes = prototypesAfter(run, rows)
  const suspected = await run.suspects.epochEnded(epoch, { rows, dim, features })
  if (suspected) await emit(suspected)
  const score = await scoreOf(run, rows, dim)
  const at = timeOf(hooks)
  await emit({ kind: 'epoch', epoch, meanLoss: meanOf(losses), score, trainingSeconds, at })
  await save(run, progress)
  await emit({ kind: 'checkpoint', epoch })
  run.reporter.epochEnded(hooks.now() - startedAt)
  return true
}

/** With the mean of the weights where the run takes one. Null when the run was told to stop. */
function embedAll({
  hooks,
  embedder,
  encoder,
  average,
}: Run): ReturnType<ImageEmbedder['embedAll']> {
  const embed = () => embedder.embedAll(encoder, () => hooks.control.isStopping)
  return average ? average.during(encoder.weights, embed) : embed()
}

/** What the next epoch's batches are dealt by; null for samplers that do not look at it. */
function prototypesAfter({ request, plan, dim }: Run, rows: Float32Array): Float32Array | null {
  if (request.config.settings.sampler !== 'hard-labels') return null
  return prototypesOf(rows, dim, plan.sampling.index)
}

async function save(run: Run, progress: Progress): Promise<void> {
  const { request, encoder, optimizer, average, lossState, prototypes, suspects } = run
  await saveCheckpoint(request.runFolder, {
    weights: encoder.weights,
    slots: optimizer.slots,
    average: average?.state ?? null,
    progress,
    more: {
      ...lossState.arrays(),
      ...(prototypes && { prototypes }),
      ...under('suspects', suspects.arrays()),
    },
  })
}

function scoreOf(
  { request, hooks, plan }: Pick<Run, 'request' | 'hooks' | 'plan'>,
  rows: Float32Array,
  dim: number,
): ReturnType<TrainingHooks['score']> {
  const { labels } = request.images
  const { heldOut, gallery } = plan.split
  return hooks.score({ rows, dim, labels, queries: heldOut, gallery })
}

function rateOf({ request, plan }: Run, step: number): number {
  const { learningRate, warmupEpochs, epochs } = request.config.settings
  return learningRateAt(step, {
    peak: learningRate,
    warmupSteps: Math.round(warmupEpochs * plan.sampling.stepsPerEpoch),
    steps: epochs * plan.sampling.stepsPerEpoch,
  })
}

function meanOf(losses: readonly number[]): number | null {
  if (losses.length === 0) return null
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

function ending(isDone: boolean): { reason: 'done' | 'stopped'; message: null } {
  return { reason: isDone ? 'done' : 'stopped', message: null }
}

function timeOf({ now }: TrainingHooks): string {
  return new Date(now()).toISOString()
}
