import type { Weighting } from '../../contract/laboratory.ts'

/** What one anchor's push looks like. */
export interface AnchorPush {
  /** Share of the push that each negative takes, in [0, 1], `[negatives]`; all 0 where there is no push. */
  readonly shares: Float64Array
  /** Σ |dL / ds_n| over the negatives, for one positive. */
  readonly strength: number
}

/**
 * How an anchor's push is dealt out among its negatives: shares of |dL / ds_n|, and their sum, in float64.
 *
 * - softmax: share_n = e^{s_n/τ} / Σ e^{s/τ}; strength (1 − p) / τ, p the positive's part of the softmax
 * - margin: hinge of Euclidean distances on the unit sphere, d = √(2 − 2s): negatives with d_n < d_p + m
 *   are pushed, each by 1 in its distance
 * - multi-similarity (Wang et al., CVPR 2019, arXiv:1904.06627): Σ e^{β(s_n − λ)} / (1 + Σ e^{β(s − λ)}) in all
 * - circle (Sun et al., CVPR 2020, arXiv:2002.10857): logits γ [s + m]₊ (s − m), the weights [·]₊ fixed
 *
 * @param cosines of the anchor to its negatives
 * @param positive its cosine to its positive
 */
export function pushOf(cosines: Float32Array, positive: number, weighting: Weighting): AnchorPush {
  switch (weighting.kind) {
    case 'softmax':
      return softmaxPush(cosines, positive, weighting.temperature)
    case 'margin':
      return marginPush(cosines, positive, weighting.margin)
    case 'multi-similarity': {
      const { beta, base } = weighting
      const { shares, logSum } = softmax(cosines, (s) => beta * (s - base))
      return { shares, strength: sigmoid(logSum) }
    }
    case 'circle':
      return circlePush(cosines, positive, weighting)
    default:
      return weighting satisfies never
  }
}

function softmaxPush(cosines: Float32Array, positive: number, temperature: number): AnchorPush {
  const { shares, logSum } = softmax(cosines, (s) => s / temperature)
  return { shares, strength: sigmoid(logSum - positive / temperature) / temperature }
}

function marginPush(cosines: Float32Array, positive: number, margin: number): AnchorPush {
  const reach = distanceOf(positive) + margin
  const shares = new Float64Array(cosines.length)
  let active = 0
  for (let n = 0; n < cosines.length; n++)
    if (distanceOf(cosines[n] as number) < reach) {
      shares[n] = 1
      active += 1
    }
  for (let n = 0; n < shares.length; n++) shares[n] = (shares[n] as number) / Math.max(active, 1)
  return { shares, strength: active / Math.max(cosines.length, 1) }
}

function circlePush(
  cosines: Float32Array,
  positive: number,
  { margin, scale }: { readonly margin: number; readonly scale: number },
): AnchorPush {
  const weightOf = (s: number) => Math.max(s + margin, 0)
  const { shares, logSum } = softmax(cosines, (s) => scale * weightOf(s) * (s - margin))
  let sum = 0
  for (let n = 0; n < shares.length; n++) {
    const weighted = (shares[n] as number) * weightOf(cosines[n] as number)
    shares[n] = weighted
    sum += weighted
  }
  for (let n = 0; n < shares.length; n++) shares[n] = sum > 0 ? (shares[n] as number) / sum : 0
  const pull = -scale * Math.max(1 + margin - positive, 0) * (positive - (1 - margin))
  return { shares, strength: scale * sum * sigmoid(logSum + pull) }
}

/** Softmax and the logarithm of its sum, which do not overflow at any temperature. */
function softmax(
  cosines: Float32Array,
  logitOf: (cosine: number) => number,
): { readonly shares: Float64Array; readonly logSum: number } {
  const shares = new Float64Array(cosines.length)
  let most = -Infinity
  for (let n = 0; n < cosines.length; n++) {
    const logit = logitOf(cosines[n] as number)
    shares[n] = logit
    if (logit > most) most = logit
  }
  if (cosines.length === 0) return { shares, logSum: -Infinity }
  let sum = 0
  for (let n = 0; n < shares.length; n++) {
    const power = Math.exp((shares[n] as number) - most)
    shares[n] = power
    sum += power
  }
  for (let n = 0; n < shares.length; n++) shares[n] = (shares[n] as number) / sum
  return { shares, logSum: most + Math.log(sum) }
}

/** e^{entropy}, in [1, negatives]; 0 where there is no push. */
export function effectiveCount(shares: Float64Array): number {
  let entropy = 0
  let sum = 0
  for (let n = 0; n < shares.length; n++) {
    const share = shares[n] as number
    sum += share
    if (share > 0) entropy -= share * Math.log(share)
  }
  return sum > 0 ? Math.exp(entropy) : 0
}

function distanceOf(cosine: number): number {
  return Math.sqrt(Math.max(2 - 2 * cosine, 0))
}

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))
}
