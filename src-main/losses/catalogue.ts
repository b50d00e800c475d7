import type { LossEntry, NumberSpec } from '../contract/catalogue.ts'

/** All losses that can be chosen, the default first. Pure data: hosts load it without any tensors. */
export const lossCatalogue: readonly LossEntry[] = [
  {
    name: 'nt-xent',
    title: 'NT-Xent (InfoNCE)',
    summary:
      'Pulls each positive pair together against all negatives of its anchor at once. The nearest ' +
      'negatives are pushed hardest, the more so the smaller the temperature. With two views of each ' +
      'image it is the loss of SimCLR: the one to take when there are no labels.',
    formula: 'L = mean over pairs (i, p) of −log( e^(s_ip/τ) / ( e^(s_ip/τ) + Σ_n e^(s_in/τ) ) )',
    paper:
      'Chen, Kornblith, Norouzi, Hinton: A Simple Framework for Contrastive Learning of Visual ' +
      'Representations, ICML 2020',
    arxiv: '2002.05709',
    regimes: ['contrastive', 'metric'],
    parameters: [temperature(0.1)],
  },
  {
    name: 'supcon',
    title: 'SupCon',
    summary:
      'Pulls an anchor towards all images of its label at once and pushes it from all others; the ' +
      'positives of an anchor also compete with each other. Steady with few images of many labels: ' +
      'the one to take when there are labels. With two views and no labels it equals NT-Xent.',
    formula: 'L = mean over i of −1/|P(i)| Σ_p log( e^(s_ip/τ) / Σ_{k≠i} e^(s_ik/τ) )',
    paper: 'Khosla et al.: Supervised Contrastive Learning, NeurIPS 2020',
    arxiv: '2004.11362',
    regimes: ['contrastive', 'metric'],
    parameters: [{ ...temperature(0.07), defaults: { contrastive: 0.1 } }],
  },
  {
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
      {
        kind: 'number',
        name: 'margin',
        title: 'Margin',
        meaning:
          'How much farther than its positives an anchor’s negatives shall be; a larger margin keeps ' +
          'more triplets at work.',
        default: 0.2,
        min: 0,
        max: 2,
        isMinExclusive: true,
        isInteger: false,
        step: 0.05,
        scale: 'linear',
        unit: '',
      },
      {
        kind: 'choice',
        name: 'mining',
        title: 'Mining',
        meaning:
          'Which triplets of a batch count: harder ones teach more and are wrong more often.',
        default: 'semi-hard',
        choices: [
          { value: 'semi-hard', title: 'Semi-hard: a little farther than the positive' },
          { value: 'batch-hard', title: 'Batch-hard: farthest positive, nearest negative' },
          { value: 'all', title: 'All triplets' },
        ],
      },
      {
        kind: 'choice',
        name: 'form',
        title: 'Form',
        meaning: 'A hinge stops at the margin; the soft form goes on pulling ever more gently.',
        advanced: true,
        default: 'hinge',
        choices: [
          { value: 'hinge', title: 'Hinge' },
          { value: 'soft', title: 'Soft' },
        ],
      },
    ],
  },
]

function temperature(value: number): NumberSpec {
  return {
    kind: 'number',
    name: 'temperature',
    title: 'Temperature τ',
    meaning:
      'Spreads the push over more negatives as it grows; a small one pushes only the nearest, which ' +
      'are the likeliest to be false.',
    default: value,
    min: 0,
    max: 10,
    isMinExclusive: true,
    isInteger: false,
    step: 1.1,
    scale: 'log',
    unit: '',
  }
}
