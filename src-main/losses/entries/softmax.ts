import type { LossEntry } from '../../contract/catalogue.ts'
import { choice, distance, factor, number, temperature, temperatureRule } from './parameters.ts'

/** Shown by all that knows of false negatives. */
const falseShare = number({
  name: 'falseShare',
  title: 'False negatives τ⁺',
  meaning: 'Share of negatives that are expected to be false; a larger one takes off more push.',
  default: 0.1,
  defaults: { metric: 0 },
  max: 0.9,
  step: 0.01,
})

export const softmaxEntries: readonly LossEntry[] = [
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
    parameters: [temperature(0.1), ...temperatureRule, distance('cosine')],
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
    parameters: [temperature(0.07, { contrastive: 0.1 }), ...temperatureRule, distance('cosine')],
  },
]

export const furtherSoftmaxEntries: readonly LossEntry[] = [
  {
    name: 'decoupled',
    title: 'Decoupled (DCL, DCLW)',
    summary:
      'NT-Xent without the positive in the denominator, so that a positive that is already near does ' +
      'not switch off the push on the negatives. Worth trying with small batches, where NT-Xent ' +
      'suffers most from that. Its value may be below 0.',
    formula: 'L = mean over pairs (i, p) of −w s_ip/τ + log Σ_n e^(s_in/τ)',
    paper: 'Yeh, Hong, Hsu, Liu, Chen, LeCun: Decoupled Contrastive Learning, ECCV 2022',
    arxiv: '2110.06848',
    regimes: ['contrastive', 'metric'],
    parameters: [
      temperature(0.1),
      ...temperatureRule,
      choice({
        name: 'weighting',
        title: 'Weighting',
        meaning: 'Whether positives that are still far apart are pulled more than near ones.',
        choices: [
          { value: 'even', title: 'Even (DCL)' },
          { value: 'far-positives', title: 'Far positives more (DCLW)' },
        ],
      }),
      factor({
        name: 'sigma',
        title: 'Width σ of the weights',
        meaning: 'Makes the weights more alike as it grows; matters only where they are uneven.',
        default: 0.5,
        max: 10,
        advanced: true,
      }),
    ],
  },
  {
    name: 'debiased',
    title: 'Debiased contrastive',
    summary:
      'NT-Xent that takes off the push what the false negatives among its negatives are expected to ' +
      'add. It knows how many there are, not which. Not for metric learning: there the labels say ' +
      'which pairs are negatives, and nothing is left to correct.',
    formula:
      'L = mean of −log( e⁺ / (e⁺ + g) ), g = max( (Σ_n e^(s_in/τ) − τ⁺M e⁺) / (1 − τ⁺), M e^(−1/τ) )',
    paper: 'Chuang, Robinson, Lin, Torralba, Jegelka: Debiased Contrastive Learning, NeurIPS 2020',
    arxiv: '2007.00224',
    regimes: ['contrastive'],
    parameters: [temperature(0.5), falseShare],
  },
  {
    name: 'hard-negative',
    title: 'Hard negatives (HCL)',
    summary:
      'The debiased loss that also weighs similar negatives more than the temperature alone does. ' +
      'They teach most, and without labels they are the likeliest to be false, so a hardness far ' +
      'above 1 does harm there. With labels no share of false negatives is expected.',
    formula:
      'L = mean of −log( e⁺ / (e⁺ + g) ), g as in the debiased loss with w_n e^(s_in/τ), w_n ∝ e^(β s_in/τ)',
    paper:
      'Robinson, Chuang, Sra, Jegelka: Contrastive Learning with Hard Negative Samples, ICLR 2021',
    arxiv: '2010.04592',
    regimes: ['contrastive', 'metric'],
    parameters: [
      temperature(0.5),
      number({
        name: 'hardness',
        title: 'Hardness β',
        meaning: 'Weighs similar negatives more as it grows; 0 weighs all alike.',
        default: 1,
        max: 10,
        step: 0.1,
      }),
      falseShare,
    ],
  },
  {
    name: 'cross-view',
    title: 'InfoNCE across views',
    summary:
      'NT-Xent in which a first view meets only second views and the reverse, as in MoCo and CLIP: ' +
      'half the negatives, and none that share a view’s augmentations by chance. Not for metric ' +
      'learning, where a batch holds one view of each image.',
    formula: 'L = mean over i of −log( e^(s_ii’/τ) / Σ_j’ e^(s_ij’/τ) ), j’ the second views',
    paper:
      'van den Oord, Li, Vinyals: Representation Learning with Contrastive Predictive Coding, 2018',
    arxiv: '1807.03748',
    regimes: ['contrastive'],
    parameters: [
      temperature(0.1),
      ...temperatureRule,
      choice({
        name: 'direction',
        title: 'Direction',
        meaning: 'Whether only first views look for their second ones, or the reverse too.',
        advanced: true,
        choices: [
          { value: 'both', title: 'Both ways' },
          { value: 'one', title: 'First to second only' },
        ],
      }),
    ],
  },
  {
    name: 'siglip',
    title: 'Sigmoid (SigLIP)',
    summary:
      'Judges each pair alone: same or not? No pair competes with another, so the size of the batch ' +
      'matters little. The paper learns scale and bias. With two views ' +
      'of each image, first views meet only second ones.',
    formula:
      'L = mean over i of Σ_j log( 1 + e^(∓(t s_ij + b)) ), − for positives, + for negatives',
    paper:
      'Zhai, Mustafa, Kolesnikov, Beyer: Sigmoid Loss for Language Image Pre-Training, ICCV 2023',
    arxiv: '2303.15343',
    regimes: ['contrastive', 'metric'],
    parameters: [
      factor({
        name: 'scale',
        title: 'Scale t',
        meaning: 'Looks more sharply at the doubtful pairs as it grows.',
        default: 10,
        max: 1000,
      }),
      number({
        name: 'bias',
        title: 'Bias b',
        meaning: 'Expects more pairs to be positives as it grows; low, since most are negatives.',
        default: -10,
        min: -100,
        max: 100,
        step: 1,
      }),
      choice({
        name: 'scaleRule',
        title: 'Scale and bias are',
        meaning: 'Fixed, or learnt with the network from these values on, as in the paper.',
        advanced: true,
        choices: [
          { value: 'fixed', title: 'Fixed' },
          { value: 'learnt', title: 'Learnt' },
        ],
      }),
    ],
  },
  {
    name: 'n-pairs',
    title: 'N-pairs',
    summary:
      'One pair a label: the anchor’s positive against the positives of all other labels. Cheap and ' +
      'without a margin; uses two images of each label of a batch. Not for contrastive learning: ' +
      'there it is InfoNCE across views in one direction.',
    formula: 'L = mean over labels of −log( e^(s_ap/τ) / Σ_q e^(s_aq/τ) ), q the labels’ positives',
    paper: 'Sohn: Improved Deep Metric Learning with Multi-class N-pair Loss Objective, NIPS 2016',
    arxiv: null,
    regimes: ['metric'],
    parameters: [temperature(0.1), distance('cosine')],
  },
  {
    name: 'nca',
    title: 'Neighbourhood components (NCA)',
    summary:
      'If an anchor picks a neighbour at random, near ones more likely, how likely is it a positive? ' +
      'One near positive is enough, so a label may fall into several groups.',
    formula: 'L = mean over i of −log( Σ_p e^(−s d_ip²) / Σ_{k≠i} e^(−s d_ik²) )',
    paper:
      'Goldberger, Roweis, Hinton, Salakhutdinov: Neighbourhood Components Analysis, NIPS 2004',
    arxiv: null,
    regimes: ['contrastive', 'metric'],
    parameters: [
      factor({
        name: 'scale',
        title: 'Scale',
        meaning: 'Looks at fewer and nearer neighbours as it grows; the paper’s 1 looks at all.',
        default: 8,
        max: 1000,
      }),
      distance('squared'),
    ],
  },
]
