import { random } from '../../numeric/random.ts'
import { countOf } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'

export interface RepulsionInput {
  /** Unit rows of the embedding, un-augmented. */
  readonly rows: Rows
  /** Pairs that training pushes apart. */
  readonly isNegative: (first: number, second: number) => boolean
  readonly temperature: number
  /** Cosine that stands for each anchor's positive. */
  readonly positive: number
}

/** Anchors that stand for more: a sum over them is right to a few hundredths. */
const mostAnchors = 300

/** What an anchor's push on each negative follows from. */
interface AnchorPush {
  /** log Σ e^{s/τ} over its negatives. */
  readonly logSum: number
  /** Sum of |dL / ds| over its negatives. */
  readonly strength: number
}

/**
 * The push that InfoNCE gives to pairs, sums of |dL / ds_ij|: anchor i pushes its negative j by
 * (1 − p_i) / τ · e^{s_ij/τ} / Σ_k e^{s_ik/τ}, p_i the positive's part of the softmax, and j pushes i as an
 * anchor of its own. All images of a run take part, as if they stood in one batch. An anchor is worked out
 * when it is first asked for, and kept.
 */
export class Repulsion {
  private readonly input: RepulsionInput
  private readonly count: number
  private readonly anchors = new Map<number, AnchorPush>()
  private readonly logits: Float64Array

  constructor(input: RepulsionInput) {
    this.input = input
    this.count = countOf(input.rows)
    this.logits = new Float64Array(this.count)
  }

  /** Of a pair, both ways; 0 where training does not push it. */
  ofPair(i: number, j: number): number {
    if (i === j || !this.input.isNegative(i, j)) return 0
    const logit = this.logitOf(i, j)
    return this.part(this.anchorOf(i), logit) + this.part(this.anchorOf(j), logit)
  }

  /** Of all images on all; estimated from some where there are many. */
  all(): number {
    const { chosen, scale } = someOf(Int32Array.from({ length: this.count }, (_, i) => i))
    return scale * chosen.reduce((sum, i) => sum + this.anchorOf(i).strength, 0)
  }

  /** Of some images on some others, one way; estimated from some of the first where they are many. */
  from(images: Int32Array, on: Int32Array): number {
    const { chosen, scale } = someOf(images)
    let sum = 0
    for (const i of chosen) {
      const anchor = this.anchorOf(i)
      for (const j of on)
        if (j !== i && this.input.isNegative(i, j)) sum += this.part(anchor, this.logitOf(i, j))
    }
    return scale * sum
  }

  private part({ logSum, strength }: AnchorPush, logit: number): number {
    return strength === 0 || Number.isNaN(logit) ? 0 : strength * Math.exp(logit - logSum)
  }

  private anchorOf(i: number): AnchorPush {
    const known = this.anchors.get(i)
    if (known) return known
    const { isNegative, temperature, positive } = this.input
    let most = -Infinity
    for (let j = 0; j < this.count; j++) {
      const found = j !== i && isNegative(i, j) ? this.logitOf(i, j) : -Infinity
      // Rows that are not finite push nothing.
      const logit = Number.isNaN(found) ? -Infinity : found
      this.logits[j] = logit
      if (logit > most) most = logit
    }
    let sum = 0
    if (most > -Infinity)
      for (let j = 0; j < this.count; j++) sum += Math.exp((this.logits[j] as number) - most)
    const logSum = sum > 0 ? most + Math.log(sum) : -Infinity
    const made = {
      logSum,
      strength: sum > 0 ? 1 / (1 + Math.exp(positive / temperature - logSum)) / temperature : 0,
    }
    this.anchors.set(i, made)
    return made
  }

  private logitOf(i: number, j: number): number {
    const { data, dim } = this.input.rows
    let sum = 0
    for (let d = 0; d < dim; d++)
      sum += (data[i * dim + d] as number) * (data[j * dim + d] as number)
    return sum / this.input.temperature
  }
}

/** @returns what to multiply a sum over the chosen by */
function someOf(images: Int32Array): { readonly chosen: Int32Array; readonly scale: number } {
  if (images.length <= mostAnchors) return { chosen: images, scale: 1 }
  const chosen = random(0, 'repulsion').shuffle(images.slice()).subarray(0, mostAnchors).sort()
  return { chosen, scale: images.length / mostAnchors }
}
