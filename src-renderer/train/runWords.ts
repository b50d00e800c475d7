import type { LossEntry, Regime } from '../../src-main/contract/catalogue.ts'
import type { RunSeries } from '../../src-main/contract/runSeries.ts'
import type { RunConfig, Score } from '../../src-main/contract/runs.ts'
import type { RunState, RunSummary } from '../../src-main/contract/runState.ts'
import { valueOf } from '../ui/numbers.ts'

export const phaseWords: Readonly<Record<RunState['phase'], string>> = {
  preparing: 'preparing',
  training: 'training',
  paused: 'paused',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
}

export const regimeTitles: Readonly<Record<Regime, string>> = {
  contrastive: 'Contrastive',
  metric: 'Metric',
  mixed: 'Mixed',
}

/** Phases in which nothing goes on any more, but could from the last checkpoint. */
export function canGoOn(phase: RunState['phase']): boolean {
  return phase === 'stopped' || phase === 'failed' || phase === 'interrupted'
}

export function lossTitle(losses: readonly LossEntry[], name: string): string {
  return losses.find((loss) => loss.name === name)?.title ?? name
}

/** `NT-Xent + 0.1 KoLeo`: all terms of a run's loss. */
export function lossSumTitle(losses: readonly LossEntry[], loss: RunConfig['loss']): string {
  return lossSum(loss, (name) => lossTitle(losses, name))
}

function lossSum(
  { name, plus = [] }: RunConfig['loss'],
  titleOf: (name: string) => string = (name) => name,
): string {
  const terms = plus.map(
    (term) => `${term.weight === 1 ? '' : `${term.weight} `}${titleOf(term.name)}`,
  )
  return [titleOf(name), ...terms].join(' + ')
}

/** A run in a few words: `metric · supcon · 40 ep.`. */
export function runTitle({ config, epochsDone, run }: RunSummary): string {
  if (config === null) return run
  const epochs = config.settings.epochs
  const done = epochsDone < epochs ? `${epochsDone}/${epochs}` : String(epochs)
  const words = [config.regime, lossSum(config.loss), `${done} ep.`]
  return [...(config.series ? [seriesWords(config.series)] : []), ...words].join(' · ')
}

const replayedWords = { verdicts: 'verdicts', suspects: 'suspects policy' } as const

/** What is special about a run that was started with others: `with verdicts`, `τ 0.05`. */
export function seriesWords(series: RunSeries): string {
  if (series.kind === 'sweep') return `τ ${valueOf(series.temperature)}`
  return `${series.arm} ${replayedWords[series.what]}`
}

export interface Verdict {
  readonly tone: 'better' | 'even' | 'worse' | 'unknown'
  readonly words: string
}

/** Differences below this are not worth a word: about one query in two hundred. */
const noticeable = 0.005

/** What training did to the score, said the same way whether it is good news or bad. */
export function verdictOf(
  before: Score | null,
  after: Score | null,
  pixels: Score | null,
  isGoing = false,
): Verdict | null {
  if (before === null || after === null) return null
  const gain = after.recallAt1 - before.recallAt1
  const beyondPixels = pixels === null ? null : after.recallAt1 - pixels.recallAt1
  if (gain < -noticeable)
    return {
      tone: 'worse',
      words: isGoing
        ? 'So far training has made it worse: the untrained network finds more neighbours of the ' +
          'same label. That may still turn.'
        : 'Training made it worse: the untrained network finds more neighbours of the same label. ' +
          'Try a lower learning rate, weaker augmentation or another loss.',
    }
  if (beyondPixels !== null && beyondPixels < -noticeable)
    return {
      tone: 'worse',
      words: isGoing
        ? 'So far raw pixels do better than this embedding.'
        : 'Raw pixels do better than this embedding. Train longer, or look whether the labels are ' +
          'about more than colour and shape.',
    }
  if (gain <= noticeable)
    return { tone: 'even', words: 'Training has made no difference that can be told so far.' }
  return {
    tone: 'better',
    words:
      beyondPixels === null
        ? 'Better than the untrained network.'
        : 'Better than the untrained network and than raw pixels.',
  }
}
