import type { LossEntry } from '../../contract/catalogue.ts'
import { distance, factor, number, temperature } from './parameters.ts'

/** The rate at which proxies learn. @param usual the paper's factor */
function proxyRate(usual: number) {
  return factor({
    name: 'proxyRate',
    title: 'Rate of proxies',
    meaning: 'Multiplies the learning rate of proxies; they start at random and must move far.',
    default: usual,
    max: 1000,
    advanced: true,
  })
}

function scale(usual: number, meaning: string) {
  return factor({ name: 'scale', title: 'Scale', meaning, default: usual, max: 1000 })
}

const sharper = 'Looks more sharply at the most confused labels as it grows.'

const angle = number({
  name: 'angle',
  title: 'Margin m',
  meaning: 'Asks rows of one label to be closer to its direction as it grows.',
  default: 28.6,
  max: 90,
  step: 1,
  unit: '°',
})

const margin = (usual: number, meaning: string) =>
  number({ name: 'margin', title: 'Margin', meaning, default: usual, max: 1, step: 0.01 })

const centres = (usual: number) =>
  number({
    name: 'centres',
    title: 'Centres of a label',
    meaning: 'Lets a label fall into more groups as it grows; each needs images of its own.',
    default: usual,
    min: 1,
    max: 32,
    isInteger: true,
    step: 1,
  })

/** Losses that learn a direction for each label and compare rows with those instead of with each other. */
export const proxyEntries: readonly LossEntry[] = [
  {
    name: 'proxy-anchor',
    title: 'Proxy anchor',
    summary:
      'Each label learns a proxy, an anchor that pulls its label’s rows and pushes all others, the ' +
      'worst ones most. Sees the whole set of labels in every batch, so it converges fast and does ' +
      'not need several images of a label in a batch.',
    formula:
      'L = mean over labels in the batch of log(1 + Σ e^(−α(s − δ))) + mean over all of log(1 + Σ e^(α(s + δ)))',
    paper: 'Kim, Kim, Cho, Kwak: Proxy Anchor Loss for Deep Metric Learning, CVPR 2020',
    arxiv: '2003.13911',
    regimes: ['metric'],
    parameters: [
      margin(0.1, 'Pulls rows beyond it and pushes others below minus it; more stay at work.'),
      scale(32, 'Looks at fewer and worse rows of each proxy as it grows.'),
      proxyRate(100),
    ],
  },
  {
    name: 'proxy-nca',
    title: 'Proxy NCA',
    summary:
      'Each label learns a proxy, and a row shall be nearer to its own than to all others. The first ' +
      'of its kind: simple and quick, and blind to how rows of one label lie to each other.',
    formula: 'L = mean over i of −log( e^(−s d(i, own)) / Σ_k e^(−s d(i, k)) )',
    paper:
      'Movshovitz-Attias, Toshev, Leung, Ioffe, Singh: No Fuss Distance Metric Learning using ' +
      'Proxies, ICCV 2017',
    arxiv: '1703.07464',
    regimes: ['metric'],
    parameters: [
      scale(9, 'Looks at fewer and nearer proxies as it grows.'),
      distance('squared'),
      proxyRate(1),
    ],
  },
  {
    name: 'soft-triple',
    title: 'SoftTriple',
    summary:
      'Each label learns several centres and a row is compared with a soft choice among them, so a ' +
      'label may be several things. Centres that are not needed are drawn together.',
    formula:
      'L = cross entropy of λ(S_c − δ[c own]), S_c = Σ_k softmax_k(s_ck/γ) s_ck, + τ mean ‖w_s − w_t‖',
    paper:
      'Qian, Shang, Sun, Hu, Li, Jin: SoftTriple Loss: Deep Metric Learning Without Triplet ' +
      'Sampling, ICCV 2019',
    arxiv: '1909.05235',
    regimes: ['metric'],
    parameters: [
      centres(2),
      scale(20, sharper),
      margin(0.01, 'Asks the own label to win by more as it grows.'),
      factor({
        name: 'softness',
        title: 'Softness γ',
        meaning: 'Shares a row among more centres of a label as it grows.',
        default: 0.1,
        max: 10,
        advanced: true,
      }),
      number({
        name: 'merging',
        title: 'Merging τ',
        meaning: 'Draws the centres of one label together as it grows.',
        default: 0.2,
        max: 10,
        advanced: true,
      }),
      proxyRate(100),
    ],
  },
  {
    name: 'arcface',
    title: 'ArcFace',
    summary:
      'Classifies rows by their angle to one direction a label and adds a margin to the own angle: ' +
      'labels become compact and stay apart. The standard of face recognition; wants many images ' +
      'and labels that can be trusted.',
    formula: 'L = cross entropy of s cos(θ + m [own])',
    paper:
      'Deng, Guo, Xue, Zafeiriou: ArcFace: Additive Angular Margin Loss for Deep Face Recognition, ' +
      'CVPR 2019',
    arxiv: '1801.07698',
    regimes: ['metric'],
    parameters: [angle, scale(64, sharper), proxyRate(1)],
  },
  {
    name: 'sub-center-arcface',
    title: 'Sub-centre ArcFace',
    summary:
      'ArcFace with several directions a label, the nearest of which counts. Wrongly labelled and ' +
      'odd images gather at a direction of their own instead of bending the main one.',
    formula:
      'L = cross entropy of s cos(θ + m [own]), θ the angle to the label’s nearest direction',
    paper:
      'Deng, Guo, Liu, Gong, Zafeiriou: Sub-center ArcFace: Boosting Face Recognition by ' +
      'Large-Scale Noisy Web Faces, ECCV 2020',
    arxiv: null,
    regimes: ['metric'],
    parameters: [centres(3), angle, scale(64, sharper), proxyRate(1)],
  },
  {
    name: 'cosface',
    title: 'CosFace',
    summary:
      'Classifies rows by their cosine to one direction a label, less a margin for the own label. ' +
      'Close to ArcFace and a little gentler with rows that are far off.',
    formula: 'L = cross entropy of s (cos θ − m [own])',
    paper:
      'Wang, Wang, Zhou, Ji, Gong, Zhou, Li, Liu: CosFace: Large Margin Cosine Loss for Deep Face ' +
      'Recognition, CVPR 2018',
    arxiv: '1801.09414',
    regimes: ['metric'],
    parameters: [
      margin(0.35, 'Asks the own label to win by more as it grows.'),
      scale(64, sharper),
      proxyRate(1),
    ],
  },
  {
    name: 'sphereface',
    title: 'SphereFace',
    summary:
      'Multiplies the angle to the own label’s direction instead of adding to it, and lets rows keep ' +
      'their length. The first angular margin; harder to train than ArcFace and CosFace.',
    formula: 'L = cross entropy of ‖x‖ cos θ, own label ‖x‖ ((−1)^k cos mθ − 2k)',
    paper:
      'Liu, Wen, Yu, Li, Raj, Song: SphereFace: Deep Hypersphere Embedding for Face Recognition, ' +
      'CVPR 2017',
    arxiv: '1704.08063',
    regimes: ['metric'],
    parameters: [
      {
        kind: 'choice',
        name: 'angleFactor',
        title: 'Factor m',
        meaning: 'Asks rows of one label to be closer to its direction as it grows.',
        default: '4',
        choices: ['2', '3', '4'].map((value) => ({ value, title: `${value} θ` })),
      },
      scale(1, sharper),
      proxyRate(1),
    ],
  },
  {
    name: 'normalized-softmax',
    title: 'Normalized softmax',
    summary:
      'Plain classification by cosines to one direction a label over a temperature: no margin, no ' +
      'mining, and a baseline that is hard to beat.',
    formula: 'L = cross entropy of cos θ / σ',
    paper: 'Zhai, Wu: Classification is a Strong Baseline for Deep Metric Learning, BMVC 2019',
    arxiv: '1811.12649',
    regimes: ['metric'],
    parameters: [temperature(0.05), proxyRate(1)],
  },
  {
    name: 'p2s-grad',
    title: 'P2SGrad',
    summary:
      'Pulls each cosine to 1 for the own label and to 0 for all others, with the error itself as ' +
      'force. It has neither scale nor margin to tune.',
    formula: 'L = mean over i of ½ Σ_k (cos θ_ik − [k own])²',
    paper:
      'Zhang, Zhao, Yan, Gao, Qiao, Wang, Li: P2SGrad: Refined Gradients for Optimizing Deep Face ' +
      'Models, CVPR 2019',
    arxiv: '1905.02479',
    regimes: ['metric'],
    parameters: [proxyRate(1)],
  },
]
