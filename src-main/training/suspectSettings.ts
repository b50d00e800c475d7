import type { ParameterSpec } from '../contract/catalogue.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunSettings } from '../contract/runs.ts'

/** Knobs of the policy on suspected pairs. */
export const suspectSettings: readonly ParameterSpec[] = [
  {
    kind: 'choice',
    name: 'suspects',
    title: 'Suspected false negatives',
    meaning:
      'What becomes of negatives that probably belong together: nothing, they are only shown, they leave ' +
      'the denominator, or those that you confirmed also attract each other.',
    default: 'off',
    choices: [
      { value: 'off', title: 'Do not look' },
      { value: 'show', title: 'Show' },
      { value: 'eliminate', title: 'Eliminate' },
      { value: 'attract', title: 'Eliminate, attract the confirmed' },
      { value: 'random', title: 'Control: as many at random' },
    ],
  },
  share('suspectShare', {
    title: 'Share eliminated',
    meaning:
      'Share of the negative pairs that is eliminated once it has grown to its whole; above the true ' +
      'share of pairs that belong together it merges labels.',
    default: 0.05,
  }),
  share('suspectBaseRate', {
    title: 'Guessed base rate',
    meaning:
      'Your guess of how many of all pairs belong together, which the share never exceeds; ten groups of ' +
      'one size make 0.1, a hundred 0.01.',
    default: 0.1,
  }),
  epochs('suspectStart', {
    title: 'First search',
    meaning:
      'Epochs before suspects are looked for; too early, and the embedding knows nothing yet.',
    default: 5,
  }),
  epochs('suspectEvery', {
    title: 'Search again',
    meaning:
      'Epochs from one search to the next; more of them are quicker and go by older suspects.',
    default: 2,
  }),
  {
    kind: 'choice',
    name: 'suspectGroup',
    title: 'Size of a group',
    meaning:
      'How many images you expect to belong together; pairs of tiny groups are shown, never eliminated.',
    default: 'medium',
    choices: [
      { value: 'tiny', title: 'Some five' },
      { value: 'medium', title: 'Dozens' },
      { value: 'large', title: 'A hundred and more' },
    ],
    advanced: true,
  },
]

/**
 * Limits that these settings put on each other.
 *
 * @throws WorkbenchError `bad-request` with what was found and a way out
 */
export function checkSuspectSettings(settings: RunSettings): void {
  const { suspects, suspectShare, suspectBaseRate, suspectStart, suspectGroup, epochs } = settings
  if (suspects === 'off') return
  if (suspects !== 'show' && suspectShare > suspectBaseRate)
    throw new WorkbenchError(
      'bad-request',
      `suspectShare is ${suspectShare}, but at most the guessed base rate, ${suspectBaseRate}, can be ` +
        'eliminated: what is above it does not belong together. Lower the share, or raise the guess.',
    )
  if (suspectGroup === 'tiny' && suspects !== 'show')
    throw new WorkbenchError(
      'bad-request',
      `suspectGroup is tiny, but suspects of tiny groups are too unsure for ${suspects}: they can only ` +
        'be shown. Choose show, or larger groups.',
    )
  if (suspectStart >= epochs)
    throw new WorkbenchError(
      'bad-request',
      `suspectStart is ${suspectStart}, but must be less than the ${epochs} epochs of the run, or ` +
        'nothing is ever looked for.',
    )
}

type Texts = Pick<Extract<ParameterSpec, { kind: 'number' }>, 'title' | 'meaning' | 'default'>

function share(name: string, texts: Texts): ParameterSpec {
  const range = { min: 0, max: 0.5, step: 0.01, scale: 'linear', unit: '' } as const
  return { kind: 'number', name, isInteger: false, ...range, ...texts }
}

function epochs(name: string, texts: Texts): ParameterSpec {
  const range = { min: 1, max: 10_000, step: 1, scale: 'linear', unit: 'epochs' } as const
  return { kind: 'number', name, isInteger: true, advanced: true, ...range, ...texts }
}
