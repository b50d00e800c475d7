import type { ChoiceSpec, MinerEntry, NumberSpec } from '../../contract/catalogue.ts'
import { choice, number } from '../entries/parameters.ts'

const measure: ChoiceSpec = choice({
  name: 'measure',
  title: 'Measured by',
  meaning: 'What thresholds are counted in: distance between unit rows, 0 – 2, or cosine, −1 – 1.',
  choices: [
    { value: 'distance', title: 'Distance' },
    { value: 'cosine', title: 'Cosine' },
  ],
  advanced: true,
})

const range = (name: string, title: string, value: number, meaning: string): NumberSpec =>
  number({ name, title, meaning, default: value, min: -1, max: 2, step: 0.1, advanced: true })

/** All miners that can be chosen; a run without one takes every pair. Pure data. */
export const minerCatalogue: readonly MinerEntry[] = [
  {
    name: 'batch-hard',
    title: 'Batch hard',
    summary:
      'An anchor’s farthest positive with its nearest negative, one triplet an anchor. Strong where ' +
      'labels are right; where they are not, the hardest pair is often a wrong label.',
    paper:
      'Hermans, Beyer, Leibe, “In Defense of the Triplet Loss for Person Re-Identification”, 2017',
    arxiv: '1703.07737',
    gives: 'triplets',
    parameters: [],
  },
  {
    name: 'easy-hard',
    title: 'Batch easy-hard',
    summary:
      'One positive and one negative an anchor, each hard, semi-hard or easy. Easy positives with ' +
      'semi-hard negatives let a label have several clusters.',
    paper:
      'Xuan, Stylianou, Pless, “Improved Embeddings with Easy Positive Triplet Mining”, WACV 2020',
    arxiv: '1904.04370',
    gives: 'pairs',
    parameters: [
      choice({
        name: 'positives',
        title: 'Positives',
        meaning:
          'The farthest positive (hard), the nearest (easy), the farthest that is nearer than the ' +
          'negative (semi-hard), or all of them.',
        choices: [
          { value: 'easy', title: 'Easy' },
          { value: 'hard', title: 'Hard' },
          { value: 'semihard', title: 'Semi-hard' },
          { value: 'all', title: 'All' },
        ],
      }),
      choice({
        name: 'negatives',
        title: 'Negatives',
        meaning:
          'The nearest negative (hard), the farthest (easy), the nearest that is farther than the ' +
          'positive (semi-hard), or all of them.',
        choices: [
          { value: 'semihard', title: 'Semi-hard' },
          { value: 'hard', title: 'Hard' },
          { value: 'easy', title: 'Easy' },
          { value: 'all', title: 'All' },
        ],
      }),
      measure,
      range('positiveLow', 'Positives from', -1, 'Positives below this are left out.'),
      range('positiveHigh', 'Positives up to', 2, 'Positives above this are left out.'),
      range('negativeLow', 'Negatives from', -1, 'Negatives below this are left out.'),
      range('negativeHigh', 'Negatives up to', 2, 'Negatives above this are left out.'),
    ],
  },
  {
    name: 'triplet-margin',
    title: 'Triplet margin',
    summary:
      'Triplets by how far they violate a margin. Semi-hard ones, whose negative is farther than the ' +
      'positive but not by enough, teach steadily; hard ones teach fast and may collapse the embedding.',
    paper: 'Schroff, Kalenichenko, Philbin, “FaceNet”, CVPR 2015',
    arxiv: '1503.03832',
    gives: 'triplets',
    parameters: [
      choice({
        name: 'kind',
        title: 'Triplets',
        meaning:
          'By how much farther the negative is: not farther (hard), by less than the margin ' +
          '(semi-hard), either of the two (all), or by more (easy).',
        choices: [
          { value: 'semihard', title: 'Semi-hard' },
          { value: 'hard', title: 'Hard' },
          { value: 'all', title: 'Hard and semi-hard' },
          { value: 'easy', title: 'Easy' },
        ],
      }),
      number({
        name: 'margin',
        title: 'Margin',
        meaning: 'A negative farther than its positive by this counts as easy.',
        default: 0.2,
        max: 2,
      }),
      measure,
    ],
  },
  {
    name: 'multi-similarity',
    title: 'Multi-similarity',
    summary:
      'Negatives nearer than the farthest positive, positives farther than the nearest negative, ' +
      'with a little room. Needs no margin that fits the data.',
    paper: 'Wang et al., “Multi-Similarity Loss with General Pair Weighting”, CVPR 2019',
    arxiv: '1904.06627',
    gives: 'pairs',
    parameters: [
      number({
        name: 'epsilon',
        title: 'Room ε',
        meaning:
          'How much easier a pair may be and still be kept, in cosine; more keeps more pairs.',
        default: 0.1,
        max: 2,
      }),
    ],
  },
  {
    name: 'pair-margin',
    title: 'Pair margin',
    summary:
      'Positives farther and negatives nearer than a margin of their own: those that a contrastive ' +
      'loss would move.',
    paper: 'Musgrave, Belongie, Lim, “PyTorch Metric Learning”, 2020',
    arxiv: '2008.09164',
    gives: 'pairs',
    parameters: [
      number({
        name: 'positiveMargin',
        title: 'Positive margin',
        meaning: 'Only positives farther than this are kept.',
        default: 0.2,
        min: -1,
        max: 2,
      }),
      number({
        name: 'negativeMargin',
        title: 'Negative margin',
        meaning: 'Only negatives nearer than this are kept.',
        default: 0.8,
        min: -1,
        max: 2,
      }),
      measure,
    ],
  },
  {
    name: 'angular',
    title: 'Angular',
    summary:
      'Triplets whose negative sees anchor and positive under too large an angle: a measure of shape ' +
      'that does not change with scale.',
    paper: 'Wang et al., “Deep Metric Learning with Angular Loss”, ICCV 2017',
    arxiv: '1708.01682',
    gives: 'triplets',
    parameters: [
      number({
        name: 'angle',
        title: 'Angle',
        meaning: 'Triplets with a larger angle at the negative are kept; a larger one keeps fewer.',
        default: 20,
        max: 89,
        isMinExclusive: true,
        step: 5,
        unit: '°',
      }),
    ],
  },
  {
    name: 'distance-weighted',
    title: 'Distance weighted',
    summary:
      'For each positive pair one negative, drawn so that all distances come up alike instead of the ' +
      'right angle that nearly all random pairs have.',
    paper:
      'Wu, Manmatha, Smola, Krähenbühl, “Sampling Matters in Deep Embedding Learning”, ICCV 2017',
    arxiv: '1706.07567',
    gives: 'triplets',
    parameters: [
      number({
        name: 'nearest',
        title: 'Nearest',
        meaning: 'Negatives nearer than this are drawn as if they were this far.',
        default: 0.5,
        max: 2,
        isMinExclusive: true,
      }),
      number({
        name: 'farthest',
        title: 'Farthest',
        meaning: 'Negatives farther than this are drawn only where there is no nearer one.',
        default: 1.4,
        max: 2,
        isMinExclusive: true,
      }),
    ],
  },
  {
    name: 'uniform-histogram',
    title: 'Uniform histogram',
    summary:
      'As many pairs of every distance: near negatives, which are few, stay, and the crowd at a right ' +
      'angle is thinned out.',
    paper: 'Musgrave, Belongie, Lim, “PyTorch Metric Learning”, 2020',
    arxiv: '2008.09164',
    gives: 'pairs',
    parameters: [
      perBin(
        'bins',
        'Bins',
        'Bins of the histogram of distances; more of them even it out more.',
        100,
      ),
      perBin('positivesPerBin', 'Positives a bin', 'Positive pairs kept of each bin.', 10),
      perBin('negativesPerBin', 'Negatives a bin', 'Negative pairs kept of each bin.', 10),
    ],
  },
  {
    name: 'hard-aware',
    title: 'Hardest share',
    summary:
      'The hardest share of all positive and of all negative pairs of the batch, as in one stage of a ' +
      'hard-aware cascade.',
    paper: 'Yuan, Yang, Zhang, “Hard-Aware Deeply Cascaded Embedding”, ICCV 2017',
    arxiv: '1611.05720',
    gives: 'pairs',
    parameters: [
      number({
        name: 'share',
        title: 'Share kept',
        meaning:
          'Share of the pairs of each kind that is kept; a smaller one keeps only harder ones.',
        default: 0.5,
        max: 1,
        isMinExclusive: true,
      }),
    ],
  },
]

function perBin(name: string, title: string, meaning: string, value: number): NumberSpec {
  return number({
    name,
    title,
    meaning,
    default: value,
    min: 1,
    max: 10_000,
    step: 1,
    isInteger: true,
    advanced: true,
  })
}
