import type { LossEntry } from '../../contract/catalogue.ts'
import { average, choice, distance, factor, number, pairMargins } from './parameters.ts'

export const tripletEntry: LossEntry = {
  name: 'triplet',
  title: 'Triplet margin',
  summary:
    'Asks that each negative is farther from the anchor than each positive by a margin, and leaves ' +
    'alone what already is. Easy to picture, and only as good as its mining: most triplets are ' +
    'satisfied soon and teach nothing.',
  formula: 'L = mean over triplets > 0 of max(0, ‖z_a − z_p‖ − ‖z_a − z_n‖ + m)',
  paper:
    'Schroff, Kalenichenko, Philbin: FaceNet: A Unified Embedding for Face Recognition and ' +
    'Clustering, CVPR 2015',
  arxiv: '1503.03832',
  regimes: ['contrastive', 'metric'],
  parameters: [
    number({
      name: 'margin',
      title: 'Margin',
      meaning:
        'How much farther than its positives an anchor’s negatives shall be; a larger margin keeps ' +
        'more triplets at work.',
      default: 0.2,
      max: 2,
      isMinExclusive: true,
    }),
    choice({
      name: 'mining',
      title: 'Mining',
      meaning: 'Which triplets of a batch count: harder ones teach more and are wrong more often.',
      choices: [
        { value: 'semi-hard', title: 'Semi-hard: a little farther than the positive' },
        { value: 'batch-hard', title: 'Batch-hard: farthest positive, nearest negative' },
        { value: 'all', title: 'All triplets' },
      ],
    }),
    choice({
      name: 'form',
      title: 'Form',
      meaning: 'A hinge stops at the margin; the soft form goes on pulling ever more gently.',
      advanced: true,
      choices: [
        { value: 'hinge', title: 'Hinge' },
        { value: 'soft', title: 'Soft' },
      ],
    }),
    choice({
      name: 'swap',
      title: 'Swap',
      meaning:
        'Whether a negative that is nearer to the positive than to the anchor is measured from there.',
      advanced: true,
      choices: [
        { value: 'no', title: 'No' },
        { value: 'yes', title: 'Yes' },
      ],
    }),
    distance('euclidean'),
    average,
  ],
}

export const tupletEntries: readonly LossEntry[] = [
  {
    name: 'circle',
    title: 'Circle',
    summary:
      'Pulls and pushes each pair at its own pace, the more the farther it is from its goal. Looks ' +
      'at the worst pairs of each anchor; fast, and strong with many labels.',
    formula: 'L = mean > 0 of log( 1 + Σ_n e^(γα_n(s_in − m)) · Σ_p e^(−γα_p(s_ip − 1 + m)) )',
    paper:
      'Sun et al.: Circle Loss: A Unified Perspective of Pair Similarity Optimization, CVPR 2020',
    arxiv: '2002.10857',
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'margin',
        title: 'Margin',
        meaning: 'Asks less of each pair as it grows: positives beyond 1 − m, negatives below m.',
        default: 0.25,
        max: 1,
      }),
      factor({
        name: 'scale',
        title: 'Scale γ',
        meaning: 'Looks at fewer and worse pairs of an anchor as it grows.',
        default: 80,
        max: 1000,
      }),
      average,
    ],
  },
  {
    name: 'multi-similarity',
    title: 'Multi-similarity',
    summary:
      'Weighs each pair by its own similarity and by how it compares with the anchor’s other pairs, ' +
      'after its miner has dropped the pairs that are easy on both counts.',
    formula: 'L = mean of 1/α log(1 + Σ_p e^(−α(s_ip − λ))) + 1/β log(1 + Σ_n e^(β(s_in − λ)))',
    paper:
      'Wang, Han, Huang, Dong, Scott: Multi-Similarity Loss with General Pair Weighting for Deep ' +
      'Metric Learning, CVPR 2019',
    arxiv: '1904.06627',
    regimes: ['contrastive', 'metric'],
    parameters: [
      factor({
        name: 'positiveScale',
        title: 'Scale of positives α',
        meaning: 'Pulls fewer and farther positives as it grows.',
        default: 2,
        max: 1000,
      }),
      factor({
        name: 'negativeScale',
        title: 'Scale of negatives β',
        meaning: 'Pushes fewer and nearer negatives as it grows.',
        default: 50,
        max: 1000,
      }),
      number({
        name: 'base',
        title: 'Base λ',
        meaning: 'Similarity that parts good from bad pairs; a larger one pulls more, pushes less.',
        default: 0.5,
        min: -1,
        max: 1,
      }),
      choice({
        name: 'mining',
        title: 'Mining',
        meaning: 'Which pairs of a batch count.',
        choices: [
          { value: 'relative', title: 'Harder than the anchor’s hardest of the other kind' },
          { value: 'all', title: 'All pairs' },
        ],
      }),
      number({
        name: 'epsilon',
        title: 'Slack ε of mining',
        meaning: 'Keeps more pairs as it grows; matters only where pairs are mined.',
        default: 0.1,
        max: 2,
        advanced: true,
      }),
    ],
  },
  {
    name: 'tuplet-margin',
    title: 'Tuplet margin',
    summary:
      'Each positive pair against all negatives of its anchor, with a margin on the angle that asks ' +
      'more of near positives than of far ones, so that odd images do not rule.',
    formula: 'L = mean over pairs (a, p) of log(1 + Σ_n e^(s(cos θ_an − cos(θ_ap − β))))',
    paper: 'Yu, Tao: Deep Metric Learning With Tuplet Margin Loss, ICCV 2019',
    arxiv: null,
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'angle',
        title: 'Margin β',
        meaning: 'Angle by which positives may miss; a larger one pulls far positives less.',
        default: 5.73,
        max: 90,
        step: 1,
        unit: '°',
      }),
      factor({
        name: 'scale',
        title: 'Scale s',
        meaning: 'Looks at fewer and nearer negatives as it grows.',
        default: 64,
        max: 1000,
      }),
    ],
  },
  {
    name: 'angular',
    title: 'Angular',
    summary:
      'Bounds the angle at the negative of the triangle that it makes with an anchor and its ' +
      'positive: a measure of shape that does not depend on how far apart things are.',
    formula: 'L = mean of log(1 + Σ_n e^f), f = 4 tan²α (z_a + z_p)·z_n − 2(1 + tan²α) z_a·z_p',
    paper: 'Wang, Zhou, Wen, Liu, Lin: Deep Metric Learning with Angular Loss, ICCV 2017',
    arxiv: '1708.01682',
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'angle',
        title: 'Greatest angle α',
        meaning: 'Pushes negatives more, against the pull, as it grows.',
        default: 40,
        max: 60,
        isMinExclusive: true,
        step: 1,
        unit: '°',
      }),
    ],
  },
  {
    name: 'lifted',
    title: 'Lifted structure',
    summary:
      'Each positive pair is pulled against all negatives of both of its ends; near negatives count ' +
      'most, and pairs that are in order are left alone.',
    formula: 'L = mean of max(0, log(Σ_n e^(m₋ − d_in) + Σ_n e^(m₋ − d_jn)) + d_ij − m₊)² / 2',
    paper:
      'Oh Song, Xiang, Jegelka, Savarese: Deep Metric Learning via Lifted Structured Feature ' +
      'Embedding, CVPR 2016',
    arxiv: '1511.06452',
    regimes: ['contrastive', 'metric'],
    parameters: [...pairMargins, distance('euclidean')],
  },
  {
    name: 'generalized-lifted',
    title: 'Generalised lifted structure',
    summary:
      'All positives of an anchor against all its negatives at once, the farthest and the nearest ' +
      'counting most: a soft form of batch-hard triplets.',
    formula: 'L = mean over i of max(0, log Σ_p e^(d_ip − m₊) + log Σ_n e^(m₋ − d_in))',
    paper:
      'Hermans, Beyer, Leibe: In Defense of the Triplet Loss for Person Re-Identification, 2017',
    arxiv: '1703.07737',
    regimes: ['contrastive', 'metric'],
    parameters: [...pairMargins, distance('euclidean')],
  },
  {
    name: 'centroid-triplet',
    title: 'Centroid triplet',
    summary:
      'Triplets of an anchor with centroids: nearer to the mean of its own label than to those of ' +
      'the others, by a margin. Steady against odd images. Not for contrastive learning: the ' +
      'centroid of one other view is that view.',
    formula: 'L = mean > 0 of max(0, ‖z_i − c_own‖ − ‖z_i − c_k‖ + m)',
    paper:
      'Wieczorek, Rychalska, Dąbrowski: On the Unreasonable Effectiveness of Centroids in Image ' +
      'Retrieval, ICONIP 2021',
    arxiv: '2104.13643',
    regimes: ['metric'],
    parameters: [
      number({
        name: 'margin',
        title: 'Margin',
        meaning: 'How much nearer the own centroid shall be; a larger one keeps more at work.',
        default: 0.3,
        max: 2,
      }),
      average,
    ],
  },
  {
    name: 'fastap',
    title: 'FastAP',
    summary:
      'Improves what retrieval is judged by: the average precision of each anchor’s ranking, made ' +
      'smooth by histograms of distances. Likes large batches with several images of each label; ' +
      'with two views of an image it is the rank of the one positive.',
    formula: 'L = 1 − mean over i of 1/|P(i)| Σ_k h⁺_k H⁺_k / H_k',
    paper: 'Cakir, He, Xia, Kulis, Sclaroff: Deep Metric Learning to Rank, CVPR 2019',
    arxiv: null,
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'bins',
        title: 'Bins',
        meaning: 'Makes the ranking finer and its gradient noisier as it grows.',
        default: 10,
        min: 2,
        max: 100,
        isInteger: true,
        step: 1,
      }),
    ],
  },
  {
    name: 'histogram',
    title: 'Histogram',
    summary:
      'The chance that a random negative pair is more similar than a random positive one, from ' +
      'histograms over the whole batch. It has nearly nothing to tune and wants large batches.',
    formula: 'L = Σ_r h⁻_r Σ_{q ≤ r} h⁺_q',
    paper: 'Ustinova, Lempitsky: Learning Deep Embeddings with Histogram Loss, NIPS 2016',
    arxiv: '1611.00822',
    regimes: ['contrastive', 'metric'],
    parameters: [
      number({
        name: 'bins',
        title: 'Bins',
        meaning: 'Compares similarities more finely as it grows, with little difference.',
        default: 100,
        min: 2,
        max: 400,
        isInteger: true,
        step: 1,
      }),
    ],
  },
]
