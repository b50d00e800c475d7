import type { PairFamily } from '../../contract/pairHistory.ts'

/** What one epoch says of a pair. */
export interface PairMoment {
  readonly cosine: number
  /** Of the push that the first image gives to all others, in [0, 1]. */
  readonly pushShare: number
}

/**
 * A pair in one embedding: its cosine, and w = e^{s / τ} / Σ e^{s / τ} of the second among all images but
 * the first (Wang & Liu, “Understanding the Behaviour of Contrastive Loss”, CVPR 2021, arXiv:2012.09740).
 *
 * @param rows unit rows, `[n, dim]`
 */
export function pairMoment(
  rows: Float32Array,
  {
    dim,
    first,
    second,
    temperature,
  }: {
    readonly dim: number
    readonly first: number
    readonly second: number
    readonly temperature: number
  },
): PairMoment {
  const count = rows.length / dim
  const logits = new Float64Array(count)
  let highest = -Infinity
  for (let other = 0; other < count; other++) {
    let cosine = 0
    for (let d = 0; d < dim; d++)
      cosine += (rows[first * dim + d] ?? 0) * (rows[other * dim + d] ?? 0)
    logits[other] = cosine / temperature
    if (other !== first) highest = Math.max(highest, cosine / temperature)
  }
  let sum = 0
  for (let other = 0; other < count; other++)
    if (other !== first) sum += Math.exp((logits[other] ?? 0) - highest)
  const own = logits[second] ?? 0
  return { cosine: own * temperature, pushShare: Math.exp(own - highest) / sum }
}

/** A pair this close stands out; random directions in many dimensions lie near 0. */
const closeCosine = 0.6
/** Changes below it are noise of training. */
const clearChange = 0.15

/** How a pair fared, from its cosines over the epochs. */
export function pairFamily(cosines: Float32Array): PairFamily {
  const [start = 0] = cosines
  const end = cosines.at(-1) ?? 0
  const lowest = cosines.reduce((low, cosine) => Math.min(low, cosine), 1)
  const highest = cosines.reduce((high, cosine) => Math.max(high, cosine), -1)
  if (turns(cosines) >= 3) return 'oscillating'
  if (lowest >= closeCosine) return 'close'
  if (start - end > clearChange) return 'apart'
  if (end - start > clearChange && end >= closeCosine) return 'attracted'
  return highest < closeCosine ? 'distant' : 'close'
}

/** How often the way turned by more than noise. */
function turns(cosines: Float32Array): number {
  let [mark = 0] = cosines
  let direction = 0
  let count = 0
  for (const cosine of cosines) {
    const change = cosine - mark
    if (direction === 0 ? Math.abs(change) < clearChange : change * direction >= 0) {
      if (change * direction > 0) mark = cosine
      continue
    }
    if (Math.abs(change) < clearChange) continue
    if (direction !== 0) count += 1
    direction = Math.sign(change)
    mark = cosine
  }
  return count
}
