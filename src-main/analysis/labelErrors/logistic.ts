import type { RowProducts } from '../rowProducts.ts'

/** Weights of a multinomial logistic regression, the last of each label its offset, `[labels, dim + 1]`. */
export type LogisticWeights = Float32Array

/** Steps at most; with Nesterov's momentum, errors sink as one over their square. */
const mostSteps = 150

/** Pull of the weights towards 0, for each example's mean loss. */
const weightDecay = 1e-3

/**
 * Fits p(label | x) ∝ e^{w · x + b} by accelerated gradient descent on the mean cross entropy.
 *
 * The step needs no search: the curvature of the cross entropy is at most half of the largest eigenvalue
 * of the mean of x xᵀ, which is at most the mean squared length of the examples.
 *
 * @param examples with 1 as their last number, `[count, dim + 1]`
 * @param labels 0 … labelCount − 1, one an example
 */
export function fitLogistic(
  examples: Float32Array,
  options: {
    readonly dim: number
    readonly labels: Int32Array
    readonly labelCount: number
    readonly products: RowProducts
  },
): LogisticWeights {
  const { labels, labelCount, products } = options
  const width = options.dim + 1
  const count = labels.length
  const columns = transposed(examples, count, width)
  const rate = 1 / (0.5 * meanSquare(examples, count) + weightDecay)
  const probabilities = new Float32Array(count * labelCount)
  const gradient = new Float32Array(labelCount * width)
  let weights: LogisticWeights = new Float32Array(labelCount * width)
  let ahead = weights.slice()
  let momentum = 1
  for (let step = 0; step < mostSteps; step++) {
    probabilitiesOf(examples, ahead, { width, products }, probabilities)
    labels.forEach((label, i) => {
      const cell = i * labelCount + label
      probabilities[cell] = (probabilities[cell] as number) - 1
    })
    products.multiply(transposed(probabilities, count, labelCount), columns, count, gradient)
    const next = ahead.map(
      (w, at) => w - rate * ((gradient[at] as number) / Math.max(count, 1) + weightDecay * w),
    )
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2
    const push = (momentum - 1) / nextMomentum
    const before = weights
    ahead = next.map((w, at) => w + push * (w - (before[at] as number)))
    weights = next
    momentum = nextMomentum
  }
  return weights
}

/** p(label | x) for each example, into `out`, `[count, labelCount]`. */
export function probabilitiesOf(
  examples: Float32Array,
  weights: LogisticWeights,
  { width, products }: { readonly width: number; readonly products: RowProducts },
  out: Float32Array,
): void {
  const labelCount = weights.length / width
  products.multiply(examples, weights, width, out)
  for (let start = 0; start < out.length; start += labelCount) {
    const row = out.subarray(start, start + labelCount)
    let most = -Infinity
    for (const logit of row) if (logit > most) most = logit
    let sum = 0
    for (let c = 0; c < labelCount; c++) {
      const power = Math.exp((row[c] as number) - most)
      row[c] = power
      sum += power
    }
    for (let c = 0; c < labelCount; c++) row[c] = (row[c] as number) / sum
  }
}

function meanSquare(examples: Float32Array, count: number): number {
  let squares = 0
  for (const x of examples) squares += x * x
  return squares / Math.max(count, 1)
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(matrix.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = matrix[i * columns + j] as number
  return turned
}
