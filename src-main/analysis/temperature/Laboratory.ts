import type { Push, Weighting } from '../../contract/laboratory.ts'
import { random } from '../../numeric/random.ts'
import { countOf, everyIndex } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import { effectiveCount, pushOf } from './shares.ts'

/** What is known of the images of an epoch. */
export interface LaboratoryInput {
  /** Unit rows, un-augmented. */
  readonly rows: Rows
  /** One an image, −1 for none. */
  readonly labels: Int32Array
  /** Pairs that training pushes apart. */
  readonly isNegative: (first: number, second: number) => boolean
  readonly isSuspect: (first: number, second: number) => boolean
}

/** Anchors that stand for a label or for all images: their mean push is right to a few hundredths. */
const mostAnchors = 100

/** Cosines that are kept: 16 MiB. */
const mostCosines = 2 ** 22

/**
 * The push of some anchors, at any weighting: cosines are worked out once, so that a slider may ask again and
 * again. One anchor with 5,000 negatives takes well under a millisecond, a hundred take some 15.
 */
export class Laboratory {
  readonly anchors: readonly Anchor[]
  /** Whether these are only some of those that were asked for. */
  readonly isSample: boolean

  /** @param asked images whose push is looked at */
  constructor(input: LaboratoryInput, asked: Int32Array) {
    const count = countOf(input.rows)
    const most = Math.max(1, Math.min(mostAnchors, Math.floor(mostCosines / Math.max(count, 1))))
    this.isSample = asked.length > most
    const chosen = this.isSample
      ? random(0, 'anchors').shuffle(asked.slice()).subarray(0, most).sort()
      : asked
    this.anchors = Array.from(chosen, (image) => anchorOf(input, image))
  }

  /**
   * The mean over the anchors.
   *
   * @param positive cosine that stands for each anchor's positive
   */
  push(weighting: Weighting, positive: number): Push {
    let effectiveNegatives = 0
    let onSuspects = 0
    let onSameLabel = 0
    let labelled = 0
    let strength = 0
    for (const anchor of this.anchors) {
      const { shares, strength: own } = pushOf(anchor.cosines, positive, weighting)
      effectiveNegatives += effectiveCount(shares)
      strength += own
      let suspected = 0
      let fellows = 0
      for (let n = 0; n < shares.length; n++) {
        if (anchor.isSuspect[n] === 1) suspected += shares[n] as number
        if (anchor.hasSameLabel[n] === 1) fellows += shares[n] as number
      }
      onSuspects += suspected
      if (anchor.isLabelled) {
        onSameLabel += fellows
        labelled += 1
      }
    }
    const count = Math.max(this.anchors.length, 1)
    return {
      effectiveNegatives: effectiveNegatives / count,
      onSuspects: onSuspects / count,
      onSameLabel: labelled === 0 ? null : onSameLabel / labelled,
      strength: strength / count,
    }
  }
}

/** An image and its negatives, in their order. */
export interface Anchor {
  readonly image: number
  readonly isLabelled: boolean
  /** `[negatives]`, all of them. */
  readonly images: Int32Array
  readonly cosines: Float32Array
  readonly isSuspect: Uint8Array
  /** 1 where both have one label. */
  readonly hasSameLabel: Uint8Array
}

function anchorOf({ rows, labels, isNegative, isSuspect }: LaboratoryInput, image: number): Anchor {
  const { data, dim } = rows
  const images = everyIndex(countOf(rows)).filter((j) => j !== image && isNegative(image, j))
  const label = labels[image] ?? -1
  return {
    image,
    isLabelled: label >= 0,
    images,
    cosines: Float32Array.from(images, (j) => {
      let sum = 0
      for (let d = 0; d < dim; d++)
        sum += (data[image * dim + d] as number) * (data[j * dim + d] as number)
      return sum
    }),
    isSuspect: Uint8Array.from(images, (j) => Number(isSuspect(image, j))),
    hasSameLabel: Uint8Array.from(images, (j) => Number(label >= 0 && labels[j] === label)),
  }
}
