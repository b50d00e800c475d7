import type { Scalar } from '../numeric/tf.ts'
import { hardNegativeLoss } from './hardNegative.ts'
import type { Batch } from './loss.ts'

export interface DebiasedParams {
  /** τ > 0; the paper takes .5. */
  readonly temperature: number
  /** τ⁺: the share of negatives that are expected to be false, in [0, 1); the paper takes .1. */
  readonly falseShare: number
}

/**
 * Debiased contrastive loss: NT-Xent whose negatives are corrected by what false ones among them are
 * expected to add, g = max((Σ_n e^(s_in/τ) − τ⁺ M e^(s_ip/τ)) / (1 − τ⁺), M e^(−1/τ)). It knows how many
 * negatives are false, not which.
 *
 * Chuang, Robinson, Lin, Torralba, Jegelka, "Debiased Contrastive Learning", NeurIPS 2020,
 * arXiv:2007.00224.
 *
 * @returns scalar ≥ 0; 0 when the batch has no positive or no negative pair
 */
export function debiasedLoss(batch: Batch, params: DebiasedParams): Scalar {
  return hardNegativeLoss(batch, { ...params, hardness: 0 })
}
