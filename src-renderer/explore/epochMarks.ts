import type { JournalEntry } from '../../src-main/contract/journal.ts'
import type { EpochState, RunHalt, RunState } from '../../src-main/contract/runState.ts'
import type { EpochEvent } from '../ui/epochEvent.ts'
import { countOf, fractionOf, valueOf } from '../ui/numbers.ts'

/** Something that happened at an epoch. */
export interface EpochMark {
  readonly epoch: number
  readonly kind: 'best' | 'checkpoint' | 'suspects' | 'halt' | 'edit' | 'rate' | 'temperature'
  readonly title: string
}

/** All that happened at one epoch: one tick on the scrubber. */
export interface EpochTick extends EpochEvent {
  /** Of the mark that matters most, by which the tick is coloured. */
  readonly kind: EpochMark['kind']
}

const colours: Readonly<Record<EpochMark['kind'], string>> = {
  best: 'var(--ok)',
  suspects: 'var(--suspect)',
  halt: 'var(--danger)',
  edit: 'var(--accent)',
  rate: 'var(--dim)',
  temperature: 'var(--dim)',
  checkpoint: 'var(--dim)',
}

type MarkedRun = Pick<RunState, 'epochs' | 'checkpoint' | 'suspects' | 'halts'>

/** What is worth a look on the way of a run, the weightiest kinds first. */
export function epochMarks(run: MarkedRun, edits: readonly JournalEntry[]): readonly EpochMark[] {
  return [
    ...run.halts.map(haltMark),
    ...bestMarks(run.epochs),
    ...run.suspects.map(({ epoch, share }) => ({
      epoch,
      kind: 'suspects' as const,
      title: `suspects searched: ${(100 * share).toFixed(1)} % of negatives are treated from here on`,
    })),
    ...editMarks(run.epochs, edits),
    ...rateMarks(run.epochs),
    ...temperatureMarks(run.epochs),
    ...(run.checkpoint === null
      ? []
      : [{ epoch: run.checkpoint, kind: 'checkpoint' as const, title: 'the last checkpoint' }]),
  ]
}

/** One tick an epoch, ascending. */
export function ticksOf(marks: readonly EpochMark[]): readonly EpochTick[] {
  const byEpoch = new Map<number, EpochMark[]>()
  for (const mark of marks) {
    const known = byEpoch.get(mark.epoch)
    if (known === undefined) byEpoch.set(mark.epoch, [mark])
    else if (known.every(({ title }) => title !== mark.title)) known.push(mark)
  }
  return [...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([epoch, [first, ...rest]]) => ({
      epoch,
      kind: first?.kind ?? 'checkpoint',
      colour: colours[first?.kind ?? 'checkpoint'],
      title: [`Epoch ${epoch}: ${first?.title ?? ''}`, ...rest.map(({ title }) => title)].join(
        '\n',
      ),
    }))
}

const haltWords: Readonly<Record<RunHalt['kind'], string>> = {
  paused: 'paused after it',
  resumed: 'gone on from here',
  stopped: 'stopped after it',
  failed: 'failed after it',
  interrupted: 'interrupted after it',
}

function haltMark({ epoch, kind }: RunHalt): EpochMark {
  return { epoch, kind: 'halt', title: haltWords[kind] }
}

function bestMarks(epochs: readonly EpochState[]): EpochMark[] {
  let best: { readonly epoch: number; readonly recall: number } | null = null
  for (const { epoch, score } of epochs)
    if (score !== null && (best === null || score.recallAt1 > best.recall))
      best = { epoch, recall: score.recallAt1 }
  return best === null
    ? []
    : [{ epoch: best.epoch, kind: 'best', title: `best Recall@1, ${fractionOf(best.recall)}` }]
}

const editsNamed = 3

/** Edits while the run trained. It does not see them: it goes on with the labels it began with. */
function editMarks(epochs: readonly EpochState[], edits: readonly JournalEntry[]): EpochMark[] {
  return epochs.flatMap(({ epoch, at }, i): EpochMark[] => {
    const since = epochs[i - 1]?.at ?? null
    if (at === null || since === null) return []
    const own = edits.filter((edit) => edit.kind === 'do' && edit.at > since && edit.at <= at)
    if (own.length === 0) return []
    const named = own.slice(-editsNamed).map(({ title }) => `“${title}”`)
    const others = own.length - named.length
    const list = [...(others > 0 ? [countOf(others, 'other edit')] : []), ...named].join(', ')
    return [{ epoch, kind: 'edit', title: `edited meanwhile, of no effect on this run: ${list}` }]
  })
}

/** Of the highest: half is where it begins to settle, a hundredth where it hardly moves any more. */
const rateDrops = [
  { share: 0.01, words: 'a hundredth' },
  { share: 0.1, words: 'a tenth' },
  { share: 0.5, words: 'half' },
] as const

function rateMarks(epochs: readonly EpochState[]): EpochMark[] {
  const rates = epochs.flatMap(({ epoch, learningRate: rate }) =>
    rate === null ? [] : [{ epoch, rate }],
  )
  const highest = Math.max(...rates.map(({ rate }) => rate))
  const peak = rates.findIndex(({ rate }) => rate === highest)
  const marks: EpochMark[] = []
  let least: number = 1
  for (const { epoch, rate } of rates.slice(peak)) {
    const drop = rateDrops.find(({ share }) => rate <= share * highest)
    if (drop === undefined || drop.share >= least) continue
    least = drop.share
    const title = `learning rate down to ${drop.words} of its highest, ${shortOf(rate)}`
    marks.push({ epoch, kind: 'rate', title })
  }
  return marks
}

/** A change of a quarter is one that the picture shows. */
const noticeable = 1.25

function temperatureMarks(epochs: readonly EpochState[]): EpochMark[] {
  const marks: EpochMark[] = []
  let before: number | null = null
  for (const { epoch, temperature: now } of epochs) {
    if (now === null) continue
    if (before !== null) {
      if (Math.max(now / before, before / now) < noticeable) continue
      const title = `temperature from ${shortOf(before)} to ${shortOf(now)}`
      marks.push({ epoch, kind: 'temperature', title })
    }
    before = now
  }
  return marks
}

function shortOf(value: number): string {
  return valueOf(Number(value.toPrecision(2)))
}
