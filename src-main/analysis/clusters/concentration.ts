/** Terms of the continued fraction, beside κ of them. */
const terms = 400

/** Beyond, Banerjee's estimate is exact to four digits, and the fraction would take long. */
const largestRefined = 10_000

/**
 * κ of the von Mises–Fisher distribution whose mean cosine with its direction is given: Banerjee's
 * estimate (Banerjee et al., JMLR 2005) and two of Newton's steps from there (Sra, Computational
 * Statistics 2012).
 *
 * @param length length of the mean of unit rows, in [0, 1]
 * @param dim at least 2
 * @returns null where κ is without bound: all rows are the same
 */
export function concentrationOf(length: number, dim: number): number | null {
  // Rows of float32 are of unit length to 1e-7 only.
  if (!(length < 1 - 1e-6)) return null
  if (length <= 0) return 0
  let kappa = (length * (dim - length ** 2)) / (1 - length ** 2)
  for (let step = 0; step < 2 && kappa < largestRefined; step++) {
    const mean = meanCosineOf(kappa, dim)
    kappa -= (mean - length) / (1 - mean ** 2 - ((dim - 1) / kappa) * mean)
  }
  return kappa
}

/** I_{d/2}(κ) / I_{d/2−1}(κ), the mean cosine of a von Mises–Fisher distribution. */
export function meanCosineOf(kappa: number, dim: number): number {
  let fraction = 0
  // Backwards, from where the terms are dim/κ and more; large κ need more of them.
  for (let n = terms + Math.ceil(kappa); n >= 0; n--)
    fraction = 1 / ((dim + 2 * n) / kappa + fraction)
  return fraction
}
