import type { ProjectInfo } from '../../contract/project.ts'
import { foldRun } from '../../contract/runState.ts'
import type { RunState } from '../../contract/runState.ts'
import type { RunEvent, RunId, Score } from '../../contract/runs.ts'
import { durationText, scoreText } from './Progress.ts'
import type { Progress } from './Progress.ts'

/** What `train --json` prints. Scores are of the held-out part; null where no image there has a label. */
export interface RunReport {
  readonly run: RunId
  /** The project's folder. */
  readonly project: string
  readonly engine: string
  readonly images: number
  readonly labels: number
  readonly skipped: number
  /** Epochs that were done. */
  readonly epochs: number
  /** From the run's start to its end, decoding and measuring included. */
  readonly seconds: number
  /** While stepping. */
  readonly imagesPerSecond: number
  readonly baselines: { readonly pixels: ReportedScore | null }
  /** The untrained network. */
  readonly before: ReportedScore | null
  readonly after: ReportedScore | null
}

interface ReportedScore {
  readonly recallAt1: number
  readonly mapAtR: number
}

export function reportOf(state: RunState, project: ProjectInfo, seconds: number): RunReport {
  const [untrained] = state.epochs
  const last = state.epochs.at(-1)
  const perEpoch = state.images?.training ?? 0
  const trained = (last?.epoch ?? 0) * perEpoch
  const stepping = last?.trainingSeconds ?? 0
  return {
    run: state.run,
    project: project.folder,
    engine: state.config?.engine ?? 'unknown',
    images: project.images,
    labels: project.labels,
    skipped: project.skipped,
    epochs: last?.epoch ?? 0,
    seconds: rounded(seconds),
    imagesPerSecond: rounded(stepping > 0 ? trained / stepping : (state.imagesPerSecond ?? 0)),
    baselines: { pixels: reported(state.pixels) },
    before: reported(untrained?.score ?? null),
    after: reported(last?.score ?? null),
  }
}

/** Follows a run by its events and tells a person how it goes. */
export class RunTeller {
  state: RunState
  private readonly progress: Progress

  /** @param state what the run had said before */
  constructor(state: RunState, progress: Progress) {
    this.state = state
    this.progress = progress
  }

  tell(event: RunEvent): void {
    this.state = foldRun(this.state, event)
    const { state, progress } = this
    const epochs = state.config?.settings.epochs ?? 0
    switch (event.kind) {
      case 'started':
        progress.line(
          `run ${event.run} on ${event.config.engine} (${event.device}): ` +
            `${event.images.training} images to train on, ${event.images.heldOut} held out`,
        )
        break
      case 'preparing':
        progress.passing(`preparing ${event.what}: ${event.done} of ${event.total}`)
        break
      case 'baseline':
        progress.line(`${event.name}: ${scoresText(event.score)}`)
        break
      case 'steps':
        progress.passing(
          `epoch ${event.epoch}/${epochs}  loss ${(event.losses.at(-1) ?? 0).toFixed(3)}  ` +
            `${figuresText(event)}${Math.round(event.imagesPerSecond)} images/s  ` +
            `${durationText(event.secondsLeft)} left`,
        )
        break
      case 'epoch':
        progress.line(epochText(event, epochs))
        break
      case 'suspects':
        progress.line(suspectsText(event))
        break
      case 'ended':
        progress.line(`${event.reason}${event.message ? `: ${event.message}` : ''}`)
        break
      case 'embedded':
      case 'checkpoint':
      case 'paused':
      case 'resumed':
        break
      default:
        event satisfies never
    }
  }
}

/** What the run's own parts say: temperature, share of negatives that the miner kept, memory. */
function figuresText({ temperature, kept, memory }: Extract<RunEvent, { kind: 'steps' }>): string {
  const parts = [
    ...(temperature === undefined || temperature === null ? [] : [`τ ${temperature.toFixed(3)}`]),
    ...(kept ? [`kept ${Math.round(100 * kept.negatives)} % of negatives`] : []),
    ...(memory === undefined || memory === null ? [] : [`memory ${memory}`]),
  ]
  return parts.map((part) => `${part}  `).join('')
}

/** What becomes of the suspected pairs from here on. */
function suspectsText({ policy, share }: Extract<RunEvent, { kind: 'suspects' }>): string {
  const percent = `${(100 * share).toFixed(1)} %`
  if (policy === 'show')
    return `suspects: ${percent} of the negatives are marked, none is cancelled`
  const which = policy === 'random' ? 'drawn at random' : 'most suspected'
  return `suspects: the ${percent} of the negatives that are ${which} leave the denominator`
}

function epochText(
  { epoch, meanLoss, score }: Extract<RunEvent, { kind: 'epoch' }>,
  epochs: number,
): string {
  const loss = meanLoss === null ? 'untrained' : `loss ${meanLoss.toFixed(3)}`
  return `epoch ${epoch}/${epochs}  ${loss}${score ? `  ${scoresText(score)}` : ''}`
}

function scoresText({ recallAt1, mapAtR }: Score): string {
  return `R@1 ${scoreText(recallAt1)}  MAP@R ${scoreText(mapAtR)}`
}

function reported(score: Score | null): ReportedScore | null {
  return score && { recallAt1: score.recallAt1, mapAtR: score.mapAtR }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
