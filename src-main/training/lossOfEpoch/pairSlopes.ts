import type { BatchFacts } from '../../losses/lossOf.ts'
import { lossOfRows } from '../../model/tfLoss.ts'
import type { EpochLoss, LookedBatch } from './epochLoss.ts'

/** Length of a row's own coordinate: its square is what it does to a cosine. */
const mark = 2 ** -8

/** How a batch's loss changes with the cosine between each row and all that it meets. */
export interface PairSlopes {
  /**
   * dL/ds, both directions of a pair together: other rows of the batch, then rows of the memory, then
   * proxies, `[rows, rows + memory + proxies]`.
   */
  readonly slopes: Float32Array
  readonly others: number
  readonly memory: number
  /** Proxies as they are learnt, `[proxies, dim]`; null for a loss that has none. */
  readonly proxies: Float32Array | null
}

/**
 * Takes the gradient of any loss of cosines apart by pairs, with one differentiation and without knowing
 * the loss: every row, proxy and row of the memory gets a coordinate of its own, in which it alone is not
 * zero, but tiny. The gradient of a row along another's coordinate is then the slope of their cosine times
 * that length. The cosines themselves change by less than 2e-5.
 *
 * Of a loss that depends on more than cosines the slopes mean nothing; whoever takes them has to check
 * that they add up to the gradient.
 */
export async function pairSlopes(epochLoss: EpochLoss, looked: LookedBatch): Promise<PairSlopes> {
  const { dim, variables } = epochLoss
  const { raw, facts, loss } = looked
  const rows = raw.length / dim
  const memory = (facts.memory?.length ?? 0) / dim
  const proxies = variables.values.find(({ name }) => name.endsWith('proxies')) ?? null
  const proxyCount = (proxies?.values.length ?? 0) / dim
  const others = rows + memory + proxyCount
  const marked = (table: Float32Array, first: number): Float32Array =>
    withMarks(table, { dim, width: dim + others, first })
  const bound = loss.bind(factsWith(facts, facts.memory && marked(facts.memory, rows)))
  const learnt = variables.values.map(({ name, shape, values }) =>
    name === proxies?.name
      ? {
          shape: [proxyCount, dim + others],
          values: marked(values, rows + memory),
        }
      : { shape, values },
  )
  const step = {
    learnt,
    ofRows: (unit: Parameters<typeof bound.ofRows>[0]['rows'], given: Given) =>
      bound.ofRows({ rows: unit, raw: given.raw }, variables.named(given.learnt)),
  }
  const { gradient } = await lossOfRows(step, marked(raw, 0), [rows, dim + others])
  const slopes = new Float32Array(rows * others)
  for (let row = 0; row < rows; row++)
    for (let other = 0; other < others; other++)
      slopes[row * others + other] =
        other === row ? 0 : (gradient[row * (dim + others) + dim + other] ?? 0) / mark
  return { slopes, others, memory, proxies: proxies?.values ?? null }
}

type Given = Parameters<LookedBatch['whole']['ofRows']>[1]

function factsWith(facts: BatchFacts, memory: Float32Array | undefined): BatchFacts {
  return { ...facts, ...(memory && { memory }) }
}

/** Each row with its own coordinate, in proportion to its length. */
function withMarks(
  table: Float32Array,
  { dim, width, first }: { readonly dim: number; readonly width: number; readonly first: number },
): Float32Array {
  const count = table.length / dim
  const wide = new Float32Array(count * width)
  for (let i = 0; i < count; i++) {
    const row = table.subarray(i * dim, (i + 1) * dim)
    wide.set(row, i * width)
    wide[i * width + dim + first + i] = mark * Math.hypot(...row)
  }
  return wide
}
