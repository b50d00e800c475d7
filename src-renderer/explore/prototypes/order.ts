import type { LabelPrototypes } from '../../../src-main/contract/clusters.ts'

export const prototypeOrders = ['alike', 'name'] as const
export type PrototypeOrder = (typeof prototypeOrders)[number]

type Matrix = Pick<LabelPrototypes, 'labels' | 'cosines'>

/**
 * In which order labels stand in the matrix: by name, or each after the one that is most like it, so that
 * what is alike forms blocks along the diagonal. That begins with the label that is least like all others.
 */
export function orderOf(matrix: Matrix, by: PrototypeOrder): readonly number[] {
  const { labels } = matrix
  const all = Array.from(labels.keys())
  if (by === 'name')
    return all.sort((a, b) => (labels[a] ?? '').localeCompare(labels[b] ?? '', 'en'))
  const left = new Set(all)
  const order: number[] = []
  let next = loneliest(matrix)
  while (left.size > 0) {
    order.push(next)
    left.delete(next)
    const last = next
    next = best(left, (other) => cosineAt(matrix, last, other))
  }
  return order
}

/** Two labels, and how alike their mean directions are. */
export interface LabelPair {
  readonly first: number
  readonly second: number
  readonly cosine: number
}

/** The most alike first. */
export function closestPairs(matrix: Matrix, count: number): readonly LabelPair[] {
  const pairs: LabelPair[] = []
  for (let first = 0; first < matrix.labels.length; first++)
    for (let second = first + 1; second < matrix.labels.length; second++)
      pairs.push({ first, second, cosine: cosineAt(matrix, first, second) })
  return pairs
    .filter(({ cosine }) => Number.isFinite(cosine))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count)
}

export function cosineAt({ labels, cosines }: Matrix, first: number, second: number): number {
  return cosines[first * labels.length + second] ?? NaN
}

function loneliest(matrix: Matrix): number {
  const { length } = matrix.labels
  const sums = Array.from({ length }, (_, row) =>
    matrix.cosines.subarray(row * length, (row + 1) * length).reduce((sum, x) => sum + x, 0),
  )
  return best(sums.keys(), (row) => -(sums[row] ?? 0))
}

function best(among: Iterable<number>, scoreOf: (one: number) => number): number {
  let [found, most] = [-1, -Infinity]
  for (const one of among) {
    const score = scoreOf(one)
    if (found < 0 || score > most) [found, most] = [one, score]
  }
  return found
}
