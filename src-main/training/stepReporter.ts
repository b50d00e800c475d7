import type { KeptPairs, RunEventBody } from '../contract/runs.ts'
import type { StepFigures } from './lossStage.ts'

type StepsEvent = Extract<RunEventBody, { kind: 'steps' }>

/** At most four reports a second. */
const reportEveryMs = 250

/** Counts work and time, and gathers steps into a few reports a second. */
export interface StepReporter {
  /** Notes a step; returns a report when one is due. */
  step(done: StepDone): StepsEvent | null
  /** What has not been reported yet, at the end of an epoch or before a pause. */
  rest(): StepsEvent | null
  /** Notes how long an epoch took besides its steps. */
  epochEnded(besidesMs: number): void
}

export interface StepDone {
  readonly epoch: number
  /** Since the run began. */
  readonly step: number
  readonly loss: number
  readonly learningRate: number
  readonly images: number
  readonly durationMs: number
  readonly figures: StepFigures
  /** Milliseconds since 1970. */
  readonly now: number
}

/** @param plan steps and epochs of the whole run */
export function createStepReporter(plan: {
  readonly steps: number
  readonly stepsPerEpoch: number
  readonly epochs: number
}): StepReporter {
  let gathered: StepDone[] = []
  let reportedAt = 0
  let stepMs = 0
  let besidesMs = 0

  function report(): StepsEvent | null {
    const [first, last] = [gathered[0], gathered.at(-1)]
    if (!first || !last) return null
    const durationMs = gathered.reduce((sum, done) => sum + done.durationMs, 0)
    const images = gathered.reduce((sum, done) => sum + done.images, 0)
    const stepsLeft = plan.steps - last.step - 1
    const epochsLeft = plan.epochs - Math.floor(last.step / plan.stepsPerEpoch)
    const event: StepsEvent = {
      kind: 'steps',
      epoch: first.epoch,
      firstStep: first.step,
      losses: gathered.map(({ loss }) => loss),
      learningRate: last.learningRate,
      imagesPerSecond: durationMs > 0 ? (1000 * images) / durationMs : 0,
      secondsLeft: (stepsLeft * stepMs + epochsLeft * besidesMs) / 1000,
      residentBytes: process.memoryUsage.rss(),
      temperature: last.figures.temperature,
      kept: meanKept(gathered),
      memory: last.figures.memory,
    }
    gathered = []
    reportedAt = last.now
    return event
  }

  return {
    step(done) {
      gathered.push(done)
      stepMs = smoothed(stepMs, done.durationMs)
      return done.now - reportedAt >= reportEveryMs ? report() : null
    },
    rest: report,
    epochEnded(durationMs) {
      besidesMs = smoothed(besidesMs, durationMs)
    },
  }
}

/** On average over steps; null where no miner chose. */
function meanKept(steps: readonly StepDone[]): KeptPairs | null {
  const all = steps.flatMap(({ figures: { kept } }) => (kept ? [kept] : []))
  if (all.length === 0) return null
  const mean = (valueOf: (kept: KeptPairs) => number) =>
    all.reduce((sum, kept) => sum + valueOf(kept), 0) / all.length
  return {
    positives: mean(({ positives }) => positives),
    negatives: mean(({ negatives }) => negatives),
    triplets: all.some(({ triplets }) => triplets === null)
      ? null
      : mean(({ triplets }) => triplets ?? 0),
  }
}

/** Follows the last twenty or so values, and begins with the first. */
function smoothed(mean: number, value: number): number {
  return mean === 0 ? value : mean + (value - mean) / 20
}
