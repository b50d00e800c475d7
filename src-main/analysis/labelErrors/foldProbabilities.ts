import { random } from '../../numeric/random.ts'
import { countOf } from '../neighbours.ts'
import type { Rows } from '../neighbours.ts'
import type { RowProducts } from '../rowProducts.ts'
import { fitLogistic, probabilitiesOf } from './logistic.ts'

const folds = 5

/**
 * p(label | image) by models that never saw the image: the images are dealt into five folds, a label's
 * evenly, and each fold is asked of a logistic regression on the other four.
 *
 * @param rows features of the images; each number is brought to mean 0 and deviation 1
 * @param labels 0 … labelCount − 1, one an image
 * @returns `[images, labelCount]`
 */
export function foldProbabilities(
  rows: Rows,
  labels: Int32Array,
  labelCount: number,
  products: RowProducts,
): Float32Array {
  const { dim } = rows
  const width = dim + 1
  const examples = examplesOf(rows)
  const foldOf = dealt(labels)
  const probabilities = new Float32Array(labels.length * labelCount).fill(1 / labelCount)
  for (let fold = 0; fold < folds; fold++) {
    const asked = indicesWhere(foldOf, (f) => f === fold)
    const rest = indicesWhere(foldOf, (f) => f !== fold)
    if (asked.length === 0 || rest.length === 0) continue
    const weights = fitLogistic(chosen(examples, width, rest), {
      dim,
      labels: rest.map((i) => labels[i] ?? 0),
      labelCount,
      products,
    })
    const out = new Float32Array(asked.length * labelCount)
    probabilitiesOf(chosen(examples, width, asked), weights, { width, products }, out)
    asked.forEach((image, i) =>
      probabilities.set(out.subarray(i * labelCount, (i + 1) * labelCount), image * labelCount),
    )
  }
  return probabilities
}

/** Standardised, with a last number of 1 that carries the offset. */
function examplesOf(rows: Rows): Float32Array {
  const { data, dim } = rows
  const count = countOf(rows)
  const examples = new Float32Array(count * (dim + 1)).fill(1)
  for (let d = 0; d < dim; d++) {
    let sum = 0
    let squares = 0
    for (let i = 0; i < count; i++) {
      const x = data[i * dim + d] as number
      sum += x
      squares += x * x
    }
    const mean = sum / Math.max(count, 1)
    const deviation = Math.sqrt(Math.max(squares / Math.max(count, 1) - mean * mean, 0))
    const scale = deviation > 1e-7 ? 1 / deviation : 0
    for (let i = 0; i < count; i++)
      examples[i * (dim + 1) + d] = ((data[i * dim + d] as number) - mean) * scale
  }
  return examples
}

/** The fold of each image; a label's images go round. */
function dealt(labels: Int32Array): Int32Array {
  const stream = random(0, 'folds of labels')
  const order = stream.shuffle(Int32Array.from(labels.keys()))
  const next = new Map<number, number>()
  const foldOf = new Int32Array(labels.length)
  for (const image of order) {
    const label = labels[image] ?? 0
    const fold = next.get(label) ?? label % folds
    foldOf[image] = fold
    next.set(label, (fold + 1) % folds)
  }
  return foldOf
}

function indicesWhere(values: Int32Array, is: (value: number) => boolean): Int32Array {
  return Int32Array.from(values.keys()).filter((i) => is(values[i] ?? 0))
}

function chosen(examples: Float32Array, width: number, indices: Int32Array): Float32Array {
  const part = new Float32Array(indices.length * width)
  indices.forEach((index, i) =>
    part.set(examples.subarray(index * width, (index + 1) * width), i * width),
  )
  return part
}
