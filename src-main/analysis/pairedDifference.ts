import { random } from '../numeric/random.ts'

/** Draws of the images: enough that the ends of the interval stay where they are to two digits. */
const draws = 2000

/** A mean difference, and what it might be for other images of the same kind. */
export interface PairedDifference {
  readonly left: number
  readonly right: number
  /** Right less left. */
  readonly difference: number
  /** 95 % of the differences of images drawn anew lie between these. */
  readonly low: number
  readonly high: number
}

/**
 * The percentile bootstrap of a difference of means over the same images (Efron, Annals of Statistics 7,
 * 1979): images are drawn with replacement, both values of one together. The same values give the same
 * interval.
 *
 * @param left `[images]` @param right `[images]`, of the same images
 * @returns null where there is no image
 */
export function pairedDifference(left: Float64Array, right: Float64Array): PairedDifference | null {
  const n = left.length
  if (n === 0) return null
  const changes = right.map((value, i) => value - (left[i] as number))
  const stream = random(0, 'bootstrap')
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += changes[stream.integer(n)] as number
    return sum / n
  }).sort()
  const meanOf = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / n
  return {
    left: meanOf(left),
    right: meanOf(right),
    difference: meanOf(changes),
    low: means[Math.floor(0.025 * (draws - 1))] as number,
    high: means[Math.ceil(0.975 * (draws - 1))] as number,
  }
}
