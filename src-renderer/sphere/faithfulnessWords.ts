import type { SphereFrame } from '../../src-main/contract/sphere.ts'

type Told = Pick<SphereFrame, 'view' | 'frameEpoch' | 'faithfulness' | 'ownMotionDegrees'>

/** How far a picture can be trusted: each word is bounded by the share of neighbours it keeps. */
type Trust = 'exact' | 'good' | 'fair' | 'poor'

/** A picture that keeps strangers away but few neighbours near shows groups, and no more. */
export function trustOf({ faithfulness }: Pick<Told, 'faithfulness'>): Trust {
  const { isExact, trustworthiness, neighboursKept } = faithfulness
  if (isExact) return 'exact'
  if (trustworthiness >= 0.95 && neighboursKept >= 0.4) return 'good'
  return trustworthiness >= 0.85 && neighboursKept >= 0.15 ? 'fair' : 'poor'
}

const verdicts: Readonly<Record<Trust, string>> = {
  exact: 'The picture is the embedding.',
  good: 'Groups and most near neighbours can be trusted.',
  fair: 'Groups can be trusted; single neighbours often cannot.',
  poor: 'A rough outline: check what you see against the true neighbours.',
}

/** One short sentence for beside the picture. */
export function verdictOf(told: Told): string {
  return verdicts[trustOf(told)]
}

/** Name and value of each number, with what it means. */
interface TrustFigure {
  readonly name: string
  readonly value: string
  readonly meaning: string
}

export function figuresOf({ view, faithfulness, ownMotionDegrees }: Told): readonly TrustFigure[] {
  const { isExact, lengthShare, trustworthiness, continuity, neighboursKept, k } = faithfulness
  if (isExact) return []
  const figures = [
    {
      name: 'trustworthiness',
      value: fixed(trustworthiness),
      meaning: 'falls when strangers stand together',
    },
    {
      name: 'continuity',
      value: fixed(continuity),
      meaning: 'falls when neighbours stand apart',
    },
    {
      name: 'neighbours kept',
      value: percentOf(neighboursKept),
      meaning: `of the ${k} nearest, ${howMany(neighboursKept * k)} are nearest here too`,
    },
  ]
  if (lengthShare !== null)
    figures.push({
      name: 'variance shown',
      value: percentOf(lengthShare),
      meaning: 'the rest points out of the picture',
    })
  figures.push({
    name: 'own motion',
    value: ownMotionDegrees === null ? 'none' : `${ownMotionDegrees.toFixed(2)}°`,
    meaning:
      view === 'neighbours'
        ? 'the most that the layout moves by itself between equal epochs'
        : 'nothing is optimised, so all motion is real',
  })
  return figures
}

/** One line for beside the picture. */
export function summaryOf(told: Told): string {
  const { view, frameEpoch, faithfulness } = told
  if (faithfulness.isExact) return 'exact · the picture is the embedding'
  const kept = `${percentOf(faithfulness.neighboursKept)} of neighbours kept`
  const trust = `trust ${fixed(faithfulness.trustworthiness)}`
  if (view === 'neighbours') return ['neighbours view', trust, kept].join(' · ')
  const length = `${percentOf(faithfulness.lengthShare ?? 0)} of variance`
  return ['linear view', `axes of epoch ${frameEpoch}`, trust, length, kept].join(' · ')
}

/** What kind of picture it is, in plain words. */
export function explanationOf({ view, frameEpoch, faithfulness }: Told): string {
  if (faithfulness.isExact)
    return 'The embedding has three dimensions, so distances on the ball are the true ones.'
  const more = 'The embedding has more dimensions than a ball can show.'
  return view === 'neighbours'
    ? `${more} Here stands near each other what is near in all of them; how far groups are from each other, and in which direction, means little.`
    : `${more} This is its shadow along the three axes that were longest at epoch ${frameEpoch}; they stay the same from epoch to epoch, so motion is real.`
}

/** Three digits, and never 1 for what is not. */
function fixed(share: number): string {
  const text = Math.abs(share).toFixed(3)
  if (text === '1.000' && share < 1) return '>.999'
  return text.startsWith('0') ? text.slice(1) : text
}

function percentOf(share: number): string {
  const percent = Math.round(100 * share)
  if (percent === 0 && share > 0) return 'under 1 %'
  if (percent === 100 && share < 1) return 'over 99 %'
  return `${percent} %`
}

function howMany(count: number): string {
  const rounded = Math.round(count)
  if (rounded === 0) return count > 0 ? 'fewer than one' : 'none'
  return `about ${rounded}`
}
