import type { LossEntry } from '../../contract/catalogue.ts'
import { average, choice, distance, factor, number, pairMargins } from './parameters.ts'

export const pairEntries: readonly LossEntry[] = [
  {
    name: 'contrastive',
    title: 'Contrastive (margins)',
    summary:
      'The oldest of them: positives are pulled until they are within a margin, negatives pushed ' +
      'until they are beyond another; each pair alone. Easy to understand; satisfied pairs teach ' +
      'nothing more.',
    formula: 'L = mean > 0 of max(0, d_ip − m₊) + mean > 0 of max(0, m₋ − d_in)',
    paper:
      'Hadsell, Chopra, LeCun: Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006',
    arxiv: null,
    regimes: ['contrastive', 'metric'],
    parameters: [...pairMargins, distance('euclidean'), average],
  },
  {
    name: 'snr-contrastive',
    title: 'SNR contrastive',
    summary:
      'The contrastive loss on a ratio of noise to signal: how much two rows differ, over how much ' +
      'the anchor’s own coordinates vary.',
    formula: 'L = contrastive loss of d_ij = Var(z_i − z_j) / Var(z_i)',
    paper:
      'Yuan, Deng, Tang, Tang, Chen: Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric ' +
      'Learning, CVPR 2019',
    arxiv: '1904.02616',
    regimes: ['contrastive', 'metric'],
    parameters: [...pairMargins, average],
  },
  {
    name: 'margin',
    title: 'Margin',
    summary:
      'Parts positives from negatives by one boundary for all, with a gap about it. Negatives are ' +
      'weighed so that all distances count evenly, which keeps the nearest ones, mostly noise, from ' +
      'ruling. The boundary is one number, fixed or learnt, or one a label, learnt.',
    formula: 'L = mean > 0 of max(0, d_ap − β + m), max(0, β − d_an + m)',
    paper:
      'Wu, Manmatha, Smola, Krähenbühl: Sampling Matters in Deep Embedding Learning, ICCV 2017',
    arxiv: '1706.07567',
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'margin',
        title: 'Margin',
        meaning: 'Half the gap about the boundary; a larger one keeps more pairs at work.',
        default: 0.2,
        max: 2,
        isMinExclusive: true,
      }),
      number({
        name: 'boundary',
        title: 'Boundary β',
        meaning: 'Distance that parts positives from negatives; a larger one allows looser groups.',
        default: 1.2,
        max: 2,
        isMinExclusive: true,
      }),
      choice({
        name: 'mining',
        title: 'Mining',
        meaning: 'Which negatives a positive pair meets.',
        choices: [
          { value: 'distance-weighted', title: 'Distance-weighted: one, evenly over distances' },
          { value: 'all', title: 'All negatives of the anchor' },
        ],
      }),
      choice({
        name: 'boundaryRule',
        title: 'Boundary is',
        meaning: 'Fixed, learnt with the network, or learnt for each label by itself.',
        advanced: true,
        choices: [
          { value: 'fixed', title: 'Fixed' },
          { value: 'learnt', title: 'Learnt from β on' },
          { value: 'per-label', title: 'Learnt for each label' },
        ],
      }),
      number({
        name: 'shrinkage',
        title: 'Shrinkage ν',
        meaning: 'Keeps a boundary that is learnt smaller as it grows; the paper’s is 0.',
        default: 0,
        max: 1,
        advanced: true,
      }),
      distance('euclidean'),
    ],
  },
  {
    name: 'ranked-list',
    title: 'Ranked list',
    summary:
      'Pulls positives within one distance and pushes negatives beyond another, nearer negatives ' +
      'more; groups keep a size of their own instead of collapsing to a point.',
    formula: 'L = (1 − λ) mean [d_ip − (α − m)]₊ + λ Σ_n w_n [α − d_in]₊, w_n ∝ e^(T(α − d_in))',
    paper:
      'Wang, Hua, Kodirov, Hu, Garnier, Robertson: Ranked List Loss for Deep Metric Learning, CVPR 2019',
    arxiv: '1903.03238',
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'boundary',
        title: 'Boundary α',
        meaning: 'Negatives farther than this are left alone; a larger one pushes more of them.',
        default: 1.2,
        max: 2,
        isMinExclusive: true,
      }),
      number({
        name: 'margin',
        title: 'Margin',
        meaning:
          'How much nearer than the boundary positives shall be; a larger one pulls tighter.',
        default: 0.4,
        max: 2,
      }),
      number({
        name: 'sharpness',
        title: 'Sharpness T',
        meaning: 'Weighs near negatives more as it grows; 0 weighs all alike.',
        default: 10,
        max: 100,
        step: 1,
      }),
      number({
        name: 'negativeShare',
        title: 'Share of negatives λ',
        meaning: 'Pushes more and pulls less as it grows.',
        default: 0.5,
        max: 1,
        advanced: true,
      }),
    ],
  },
  {
    name: 'align-uniform',
    title: 'Alignment and uniformity',
    summary:
      'Says apart what contrastive losses do at once: positives shall be near each other, and all ' +
      'rows spread evenly over the sphere. Good for seeing which of the two a network lacks. Its ' +
      'value is mostly below 0.',
    formula: 'L = a · mean ‖z_i − z_p‖^α + b · log mean e^(−t ‖z_i − z_n‖²)',
    paper:
      'Wang, Isola: Understanding Contrastive Representation Learning through Alignment and ' +
      'Uniformity on the Hypersphere, ICML 2020',
    arxiv: '2005.10242',
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'alignWeight',
        title: 'Weight of alignment',
        meaning: 'Pulls positives more as it grows.',
        default: 1,
        max: 10,
      }),
      number({
        name: 'uniformWeight',
        title: 'Weight of uniformity',
        meaning: 'Spreads rows more as it grows.',
        default: 1,
        max: 10,
      }),
      factor({
        name: 'uniformScale',
        title: 'Scale t',
        meaning: 'Pushes fewer and nearer pairs as it grows.',
        default: 2,
        max: 100,
        advanced: true,
      }),
      number({
        name: 'alignPower',
        title: 'Power α',
        meaning: 'Pulls far positives more than near ones as it grows.',
        default: 2,
        min: 1,
        max: 4,
        advanced: true,
      }),
    ],
  },
  {
    name: 'intra-pair-variance',
    title: 'Intra-pair variance',
    summary:
      'Evens out: positives less similar than their mean are pulled, negatives more similar than ' +
      'theirs pushed. It does not part positives from negatives and is meant beside another loss; ' +
      'alone it is for study.',
    formula: 'L = mean [(1 − ε₊) s̄₊ − s_ip]₊² + mean [s_in − (1 + ε₋) s̄₋]₊²',
    paper: 'Yu, Tao: Deep Metric Learning With Tuplet Margin Loss, ICCV 2019',
    arxiv: null,
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'positiveEpsilon',
        title: 'Slack of positives ε₊',
        meaning: 'Leaves more positives below their mean alone as it grows.',
        default: 0.01,
        max: 1,
        step: 0.01,
      }),
      number({
        name: 'negativeEpsilon',
        title: 'Slack of negatives ε₋',
        meaning: 'Leaves more negatives above their mean alone as it grows.',
        default: 0.01,
        max: 1,
        step: 0.01,
      }),
    ],
  },
]
