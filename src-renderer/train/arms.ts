import type { Catalogue } from '../../src-main/contract/catalogue.ts'
import type { RunConfig, RunId, RunRequest, Score } from '../../src-main/contract/runs.ts'
import type { RunSummary } from '../../src-main/contract/runState.ts'
import type { SuspectPolicy } from '../../src-main/contract/suspectPolicy.ts'
import { draftOf, requestOf } from './formValues.ts'

/** What is compared: runs that differ in nothing but what they do with suspected pairs. */
export type ArmKind = 'nothing' | 'eliminate' | 'attract' | 'random'

/** One of such runs. */
export interface Arm {
  readonly kind: ArmKind
  readonly run: RunId
  readonly seed: number
  /** Of the negatives that is removed in the end; null where none is. */
  readonly share: number | null
  readonly epochsDone: number
  readonly score: Score | null
  /** MAP@R beyond the arm with the same seed that does nothing; null without it, and for itself. */
  readonly gain: number | null
}

const kinds: Readonly<Record<SuspectPolicy, ArmKind>> = {
  off: 'nothing',
  show: 'nothing',
  eliminate: 'eliminate',
  attract: 'attract',
  random: 'random',
}
const order: readonly ArmKind[] = ['nothing', 'random', 'eliminate', 'attract']

/** All arms of the comparison that a run belongs to, itself included, by seed; of equal ones the newest. */
export function armsOf(runs: readonly RunSummary[], config: RunConfig): readonly Arm[] {
  const key = comparisonKey(config)
  const newest = new Map<string, RunSummary & { readonly config: RunConfig }>()
  for (const summary of runs.toSorted((a, b) =>
    (a.startedAt ?? '').localeCompare(b.startedAt ?? ''),
  ))
    if (summary.config !== null && comparisonKey(summary.config) === key)
      newest.set(armKey(summary.config), { ...summary, config: summary.config })
  return [...newest.values()]
    .map(({ run, config: own, epochsDone, after }) => {
      const base = newest.get(armKey({ ...own, settings: { ...own.settings, suspects: 'off' } }))
      const isComparable = base !== undefined && base.run !== run && base.epochsDone === epochsDone
      return {
        kind: kinds[own.settings.suspects],
        run,
        seed: own.settings.seed,
        share: shareOf(own),
        epochsDone,
        score: after,
        gain: isComparable && after && base.after ? after.mapAtR - base.after.mapAtR : null,
      }
    })
    .sort((a, b) => a.seed - b.seed || order.indexOf(a.kind) - order.indexOf(b.kind))
}

/** The same run with the same seed as another arm. */
export function armRequest(
  catalogue: Catalogue,
  config: RunConfig,
  kind: 'nothing' | 'random',
): RunRequest | null {
  const draft = draftOf(config)
  const suspects: SuspectPolicy = kind === 'nothing' ? 'off' : 'random'
  return requestOf(catalogue, { ...draft, settings: { ...draft.settings, suspects } })
}

/** Whether a run has an arm of this kind beside it: with its seed, and removing as much as it does. */
export function hasArm(arms: readonly Arm[], config: RunConfig, kind: ArmKind): boolean {
  const share = kind === 'nothing' ? null : config.settings.suspectShare
  return arms.some(
    (arm) => arm.kind === kind && arm.seed === config.settings.seed && arm.share === share,
  )
}

/** Whether a run removes pairs by suspicion, so that a control says what that is worth. */
export function needsControl({ settings }: RunConfig): boolean {
  return settings.suspects === 'eliminate' || settings.suspects === 'attract'
}

function shareOf({ settings }: RunConfig): number | null {
  return kinds[settings.suspects] === 'nothing' ? null : settings.suspectShare
}

function armKey(config: RunConfig): string {
  const { suspects, seed } = config.settings
  return [kinds[suspects], seed, shareOf(config)].join(' ')
}

/** All that decides a run but its policy on suspects, its seed and where it was computed. */
function comparisonKey({ regime, loss, miner, settings }: RunConfig): string {
  const rest = Object.entries(settings)
    .filter(([name]) => name !== 'seed' && !name.startsWith('suspect'))
    .sort(([a], [b]) => a.localeCompare(b))
  return JSON.stringify([regime, loss, miner, rest])
}
