import type { ChoiceSpec, NumberSpec, Regime } from '../../contract/catalogue.ts'

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
