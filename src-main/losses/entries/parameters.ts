import type { ChoiceSpec, NumberSpec, ParameterSpec, Regime } from '../../contract/catalogue.ts'

/** What most numbers have in common; the rest is said for each. */
type NumberParts = Pick<NumberSpec, 'name' | 'title' | 'meaning' | 'default' | 'max'> &
  Partial<NumberSpec>

/** A number: by default from 0, which is allowed, on a linear scale and without a unit. */
export function number(parts: NumberParts): NumberSpec {
  return {
    kind: 'number',
    min: 0,
    isInteger: false,
    step: 0.05,
    scale: 'linear',
    unit: '',
    ...parts,
  }
}

/** A positive number of any order of magnitude. */
export function factor(parts: NumberParts): NumberSpec {
  return number({ isMinExclusive: true, step: 1.1, scale: 'log', ...parts })
}

export function choice(
  parts: Pick<ChoiceSpec, 'name' | 'title' | 'meaning' | 'choices'> & Partial<ChoiceSpec>,
): ChoiceSpec {
  return { kind: 'choice', default: parts.choices[0]?.value ?? '', ...parts }
}

export function temperature(
  value: number,
  defaults?: Partial<Readonly<Record<Regime, number>>>,
): NumberSpec {
  return factor({
    name: 'temperature',
    title: 'Temperature τ',
    meaning:
      'Spreads the push over more negatives as it grows; a small one pushes only the nearest, which ' +
      'are the likeliest to be false.',
    default: value,
    ...(defaults && { defaults }),
    max: 10,
  })
}

/** How τ comes about; shown with every loss that can learn or adapt it. */
export const temperatureRule: readonly ParameterSpec[] = [
  choice({
    name: 'temperatureRule',
    title: 'Temperature is',
    meaning:
      'Fixed, learnt with the network as in CLIP, or raised where positives are well aligned as in MACL.',
    advanced: true,
    choices: [
      { value: 'fixed', title: 'Fixed' },
      { value: 'learnt', title: 'Learnt from τ on' },
      { value: 'adaptive', title: 'Adaptive: τ (1 + α (A − A₀))' },
    ],
  }),
  number({
    name: 'temperatureReaction',
    title: 'Reaction α',
    meaning:
      'How much an adaptive temperature rises with the mean similarity A of positives; matters only there.',
    default: 0.5,
    max: 1,
    shownIf: { name: 'temperatureRule', isOneOf: ['adaptive'] },
    advanced: true,
  }),
  number({
    name: 'temperatureStart',
    title: 'Start A₀',
    meaning:
      'Similarity of positives at which an adaptive temperature is τ; a larger one keeps it lower.',
    default: 0,
    min: -1,
    max: 1,
    shownIf: { name: 'temperatureRule', isOneOf: ['adaptive'] },
    advanced: true,
  }),
]

const distanceChoices = [
  { value: 'euclidean', title: 'Euclidean, 0 … 2' },
  { value: 'squared', title: 'Euclidean squared, 0 … 4' },
  { value: 'manhattan', title: 'Manhattan (L1)' },
  { value: 'cosine', title: '1 − cosine, 0 … 2' },
  { value: 'snr', title: 'Noise over signal (SNR)' },
] as const

/** What rows are compared by. @param usual what the loss takes by default */
export function distance(usual: (typeof distanceChoices)[number]['value']): ChoiceSpec {
  return choice({
    name: 'distance',
    title: 'Distance',
    meaning: 'What the loss measures between two rows.',
    default: usual,
    advanced: true,
    choices: distanceChoices,
  })
}

/** How the terms become one number. */
export const average: ChoiceSpec = choice({
  name: 'average',
  title: 'Average',
  meaning: 'How the terms of a batch become one number.',
  advanced: true,
  choices: [
    { value: 'non-zero', title: 'Mean of terms above 0' },
    { value: 'mean', title: 'Mean of all terms' },
    { value: 'sum', title: 'Sum' },
    { value: 'per-anchor', title: 'Mean of the anchors’ means' },
  ],
})

/** Both ends of losses that leave pairs alone between them. */
export const pairMargins: readonly NumberSpec[] = [
  number({
    name: 'negativeMargin',
    title: 'Negative margin',
    meaning: 'Negatives farther than this are left alone; a larger one pushes more of them.',
    default: 1,
    max: 4,
    isMinExclusive: true,
  }),
  number({
    name: 'positiveMargin',
    title: 'Positive margin',
    meaning: 'Positives nearer than this are left alone; a larger one keeps groups looser.',
    default: 0,
    max: 4,
    advanced: true,
  }),
]
