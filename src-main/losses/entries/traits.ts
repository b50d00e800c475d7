import type { LossEntry } from '../../contract/catalogue.ts'

type LossTraits = Pick<LossEntry, 'miners' | 'learns'>

/**
 * What a loss learns beside the network, and the miners that suit it, the best first; by its name. A
 * loss that is not here learns nothing and wants no miner.
 */
export const lossTraits: Readonly<Record<string, LossTraits>> = {
  'nt-xent': {
    miners: ['multi-similarity', 'hard-aware', 'uniform-histogram'],
    learns: 'the temperature, if asked to',
  },
  supcon: { miners: ['multi-similarity', 'hard-aware'], learns: 'the temperature, if asked to' },
  decoupled: { learns: 'the temperature, if asked to' },
  'cross-view': { learns: 'the temperature, if asked to' },
  'false-negatives': { learns: 'the temperature, if asked to' },
  siglip: { miners: ['hard-aware'], learns: 'scale and bias, if asked to' },
  contrastive: { miners: ['pair-margin', 'hard-aware', 'uniform-histogram', 'distance-weighted'] },
  'snr-contrastive': { miners: ['pair-margin', 'hard-aware', 'uniform-histogram'] },
  margin: {
    miners: ['distance-weighted', 'triplet-margin'],
    learns: 'the boundary, one or one a label, if asked to',
  },
  'intra-pair-variance': { miners: ['pair-margin'] },
  triplet: { miners: ['triplet-margin', 'batch-hard', 'easy-hard', 'distance-weighted'] },
  circle: { miners: ['multi-similarity', 'hard-aware'] },
  'multi-similarity': { miners: ['multi-similarity', 'easy-hard'] },
  'tuplet-margin': { miners: ['easy-hard', 'hard-aware'] },
  angular: { miners: ['angular', 'easy-hard'] },
  lifted: { miners: ['pair-margin', 'hard-aware'] },
  'generalized-lifted': { miners: ['pair-margin', 'hard-aware'] },
  nca: { miners: ['easy-hard', 'multi-similarity'] },
  'proxy-nca': { learns: 'one proxy a label' },
  'proxy-anchor': { learns: 'one proxy a label' },
  'soft-triple': { learns: 'several centres a label' },
  'normalized-softmax': { learns: 'one direction a label' },
  arcface: { learns: 'one direction a label' },
  'sub-center-arcface': { learns: 'several directions a label' },
  cosface: { learns: 'one direction a label' },
  sphereface: { learns: 'one direction a label' },
  'p2s-grad': { learns: 'one direction a label' },
}
