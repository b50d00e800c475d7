import type { LossEntry } from '../../contract/catalogue.ts'
import { choice, factor, number, temperature } from './parameters.ts'

/** Losses without negatives, and one that doubts its negatives. */
export const viewEntries: readonly LossEntry[] = [
  {
    name: 'vicreg',
    title: 'VICReg',
    summary:
      'No negatives, so no false ones: the views of an image are drawn together while each dimension ' +
      'is kept varied over the batch and free of the others. Wants large batches and wide ' +
      'projections. Not for metric learning, where a batch holds one view of each image.',
    formula: 'L = λ mean (a − b)² + μ/2 Σ_views mean [1 − √(Var + ε)]₊ + ν/d Σ_views Σ_{i≠j} C_ij²',
    paper:
      'Bardes, Ponce, LeCun: VICReg: Variance-Invariance-Covariance Regularization for ' +
      'Self-Supervised Learning, ICLR 2022',
    arxiv: '2105.04906',
    regimes: ['contrastive'],
    parameters: [
      number({
        name: 'invariance',
        title: 'Invariance λ',
        meaning: 'Draws views together more as it grows.',
        default: 25,
        max: 100,
        step: 1,
      }),
      number({
        name: 'variance',
        title: 'Variance μ',
        meaning:
          'Holds each dimension’s deviation at 1 more firmly as it grows; keeps from collapse.',
        default: 25,
        max: 100,
        step: 1,
      }),
      number({
        name: 'covariance',
        title: 'Covariance ν',
        meaning: 'Makes dimensions tell different things, the more as it grows.',
        default: 1,
        max: 100,
        step: 1,
      }),
    ],
  },
  {
    name: 'barlow-twins',
    title: 'Barlow Twins',
    summary:
      'No negatives: over a batch each dimension shall correlate with itself in the other view, and ' +
      'with no other dimension. Wants wide projections. Not for metric learning, where a batch holds ' +
      'one view of each image.',
    formula: 'L = Σ_d (1 − C_dd)² + λ Σ_{d≠e} C_de²',
    paper:
      'Zbontar, Jing, Misra, LeCun, Deny: Barlow Twins: Self-Supervised Learning via Redundancy ' +
      'Reduction, ICML 2021',
    arxiv: '2103.03230',
    regimes: ['contrastive'],
    parameters: [
      factor({
        name: 'redundancy',
        title: 'Redundancy λ',
        meaning: 'Makes dimensions tell different things, the more as it grows.',
        default: 0.005,
        max: 1,
      }),
    ],
  },
  {
    name: 'false-negatives',
    title: 'False-negative cancellation',
    summary:
      'NT-Xent that suspects the most similar negatives of an image to be of its kind, and leaves ' +
      'them out of the push or pulls them too. Attracting is the stronger remedy and the worse ' +
      'mistake where the suspicion is wrong. Not for metric learning: there labels say it.',
    formula: 'L = NT-Xent without suspects (eliminate) or with them as positives (attract)',
    paper:
      'Huynh, Kornblith, Walter, Maire, Khademi: Boosting Contrastive Self-Supervised Learning with ' +
      'False Negative Cancellation, WACV 2022',
    arxiv: '2011.11765',
    regimes: ['contrastive'],
    parameters: [
      temperature(0.1),
      choice({
        name: 'cancellation',
        title: 'Suspects are',
        meaning: 'What is done with a negative that is suspected to be false.',
        choices: [
          { value: 'eliminate', title: 'Left out of the push' },
          { value: 'attract', title: 'Pulled as positives' },
        ],
      }),
      number({
        name: 'most',
        title: 'Suspects at most',
        meaning: 'Suspects more negatives of each image as it grows.',
        default: 10,
        min: 1,
        max: 200,
        isInteger: true,
        step: 1,
      }),
      number({
        name: 'threshold',
        title: 'Threshold',
        meaning: 'Similarity that a suspect must exceed; suspects fewer as it grows.',
        default: 0.7,
        min: -1,
        max: 1,
      }),
    ],
  },
]

/** A margin that tunes itself. */
export const softMarginEntry: LossEntry = {
  name: 'dynamic-soft-margin',
  title: 'Dynamic soft margin',
  summary:
    'Hardest triplets without a margin to choose: each counts by the share of the batch’s triplets ' +
    'that are easier, so the hard ones rule and the solved ones fade out.',
  formula: 'L = mean over i of w_i (d_ip − d_in), w_i the share of gaps ≤ its own',
  paper:
    'Zhang, Rusinkiewicz: Learning Local Descriptors With a CDF-Based Dynamic Soft Margin, ICCV 2019',
  arxiv: null,
  regimes: ['contrastive', 'metric'],
  parameters: [],
}

/** What is meant beside another loss: alone they teach nothing of positives. */
export const regularizerEntries: readonly LossEntry[] = [
  {
    name: 'koleo',
    title: 'KoLeo (spread the nearest)',
    summary:
      'Pushes each row from its nearest negative, so that rows cover the sphere evenly and neighbours ' +
      'can be told apart. Meant beside another loss with a small weight, such as .1.',
    formula: 'L = mean over i of −log min_n ‖z_i − z_n‖',
    paper: 'Sablayrolles, Douze, Schmid, Jégou: Spreading vectors for similarity search, ICLR 2019',
    arxiv: '1806.03198',
    regimes: ['contrastive', 'metric'],
    parameters: [],
  },
  {
    name: 'spread-out',
    title: 'Spread out',
    summary:
      'Makes negatives as dissimilar as random directions are, no more: mean similarity 0, mean ' +
      'square at most 1/dim. Meant beside another loss.',
    formula: 'L = M₁² + max(0, M₂ − 1/d), M the moments of negatives’ similarities',
    paper: 'Zhang, Yu, Kumar, Chang: Learning Spread-out Local Feature Descriptors, ICCV 2017',
    arxiv: '1708.06320',
    regimes: ['contrastive', 'metric'],
    parameters: [],
  },
  {
    name: 'norm-regularizer',
    title: 'Lengths of rows',
    summary:
      'Keeps rows in hand before they are normalised, where the other losses only see directions: ' +
      'short, balanced about zero, or of even length. Meant beside another loss with a small weight.',
    formula: 'L = mean ‖x‖ₚ, or mean |Σ_d x_d|, or ¼ mean (‖x‖² − mean ‖x‖²)²',
    paper:
      'Yuan, Deng, Tang, Tang, Chen: Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric ' +
      'Learning, CVPR 2019 (the one about zero)',
    arxiv: '1904.02616',
    regimes: ['contrastive', 'metric'],
    parameters: [
      choice({
        name: 'normRule',
        title: 'Keeps rows',
        meaning: 'What is kept small.',
        choices: [
          { value: 'length', title: 'Short' },
          { value: 'zero-mean', title: 'Balanced about zero' },
          { value: 'even', title: 'Of even length' },
        ],
      }),
      number({
        name: 'p',
        title: 'Norm p',
        meaning: 'Looks at the largest coordinates more as it grows; of short rows only.',
        default: 2,
        min: 1,
        max: 10,
        advanced: true,
      }),
    ],
  },
]
