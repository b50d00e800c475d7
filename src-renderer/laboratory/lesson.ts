import type { ImageId } from '../../src-main/contract/images.ts'
import type { LaboratoryReport, PushedNegative } from '../../src-main/contract/laboratory.ts'
import type { RunState } from '../../src-main/contract/runState.ts'

export const lessonTitles = [
  'Two pictures of one thing are negatives',
  'How hard they are pushed apart',
  'What τ does to it',
  'Why they end close all the same',
  'What eliminating does',
] as const

/** What stands in the way of the lesson with a run, and what to do; null if nothing does. */
export function missingForLesson(
  run: Pick<RunState, 'config' | 'embedded'> | null,
  labelledImages: number,
): string | null {
  if (run?.config === null || run === null || run.embedded.length === 0)
    return 'A run with an embedding is missing: train one, a few epochs are enough.'
  if (run.config.regime !== 'contrastive')
    return (
      `In a ${run.config.regime} run images of one label are positives of each other, so they are never ` +
      'pushed apart. Choose or train a contrastive run.'
    )
  if (labelledImages < 2)
    return (
      'Labels are missing: training does without, but the lesson needs them to know what belongs ' +
      'together. Give two or more images one label, and train again.'
    )
  return null
}

/** The negative of the anchor's own label that is pushed most; null where none is listed. */
export function partnerIn(report: LaboratoryReport): PushedNegative | null {
  return report.ranked.find(({ hasSameLabel }) => hasSameLabel === true) ?? null
}

/** Of one pair, at one weighting. */
export interface PairPush {
  readonly cosine: number
  /** Of the anchor's push, in [0, 1]. */
  readonly share: number
  /** From 1. */
  readonly place: number
  /** By how much it gets more than if the push were even. */
  readonly timesEven: number
  readonly isSuspect: boolean
}

export function pairPushOf(report: LaboratoryReport, partner: ImageId): PairPush | null {
  const place = report.ranked.findIndex(({ image }) => image === partner)
  const found = report.ranked[place]
  if (found === undefined) return null
  return {
    cosine: found.cosine,
    share: found.share,
    place: place + 1,
    timesEven: found.share * report.negatives,
    isSuspect: found.isSuspect,
  }
}

/** What leaves the denominator when the suspects of an anchor are eliminated. */
export interface Elimination {
  /** Parts of the whole push, in [0, 1]; of the negatives that are listed. */
  readonly onFellows: number
  readonly onOthers: number
  /** Part of the push on the anchor's own label that is gone, in [0, 1]. */
  readonly ofFellows: number
  /** Each negative that stays takes so many times its share. */
  readonly factor: number
}

export function eliminationOf({ ranked, push }: LaboratoryReport): Elimination {
  const sum = (wanted: (negative: PushedNegative) => boolean): number =>
    ranked.filter(wanted).reduce((total, { share }) => total + share, 0)
  const onFellows = sum(({ isSuspect, hasSameLabel }) => isSuspect && hasSameLabel === true)
  const onOthers = sum(({ isSuspect, hasSameLabel }) => isSuspect && hasSameLabel !== true)
  return {
    onFellows,
    onOthers,
    ofFellows:
      push.onSameLabel === null || push.onSameLabel === 0 ? 0 : onFellows / push.onSameLabel,
    factor: 1 / Math.max(1e-6, 1 - push.onSuspects),
  }
}
