import { random } from '../../numeric/random.ts'
import type { AuditAnswers, AuditResult, AuditStratum, Estimate } from '../../contract/suspects.ts'
import type { RowProducts } from '../rowProducts.ts'
import { forEachRow } from './pairScores.ts'
import type { PairScores } from './pairScores.ts'
import { thresholdOfShare } from './shareThreshold.ts'
import type { IsPair } from './topPairs.ts'

/** Shares of the questions that the four ranges get. */
const questionsPerStratum = [0.3, 0.3, 0.2, 0.2]

/**
 * Draws pairs for a person to judge where there are no labels: two ranges above the share in use, one as
 * long just below it, and the rest. The same set, scores and seed give the same questions.
 *
 * @param options.questions in all, 50 to 100 as a rule
 * @param options.share of all pairs that is, or would be, cancelled, in (0, .5]
 */
export async function drawAudit(
  scores: PairScores,
  options: {
    readonly questions: number
    readonly share: number
    readonly seed: number
    readonly isPair?: IsPair
    readonly products: RowProducts
  },
): Promise<readonly AuditStratum[]> {
  const { questions, share, seed, isPair = () => true, products } = options
  const borders = [0, share / 4, share, Math.min(2 * share, 1), 1]
  const limits = borders.map((border) => thresholdOfShare(scores, border, isPair).score)
  limits[4] = -Infinity
  const drawn = questionsPerStratum.map(
    (part, s) => new Reservoir(Math.round(part * questions), random(seed, 'audit', s)),
  )
  await forEachRow(scores, products, (i, row) => {
    for (let j = i + 1; j < row.length; j++) {
      const score = row[j] as number
      const s = limits.findIndex((limit, border) => border > 0 && score > limit) - 1
      if (s >= 0 && isPair(i, j)) drawn[s]?.offer(i, j)
    }
  })
  return drawn.map((reservoir, s) => ({
    from: borders[s] ?? 0,
    to: borders[s + 1] ?? 1,
    ...reservoir.taken(),
  }))
}

/** Algorithm R (Vitter, 1985): each pair that was offered has the same chance. */
class Reservoir {
  private offered = 0
  private readonly pairs: (readonly [number, number])[] = []
  private readonly most: number
  private readonly stream: { integer(below: number): number }

  constructor(most: number, stream: { integer(below: number): number }) {
    this.most = most
    this.stream = stream
  }

  offer(i: number, j: number): void {
    this.offered += 1
    if (this.pairs.length < this.most) this.pairs.push([i, j])
    else if (this.most > 0) {
      const place = this.stream.integer(Math.min(this.offered, 2 ** 32))
      if (place < this.most) this.pairs[place] = [i, j]
    }
  }

  taken(): Pick<AuditStratum, 'pairs' | 'first' | 'second'> {
    return {
      pairs: this.offered,
      first: Int32Array.from(this.pairs, ([i]) => i),
      second: Int32Array.from(this.pairs, ([, j]) => j),
    }
  }
}

/** What answers to {@link drawAudit}'s questions say of all pairs. */
export function auditResult({ strata, share }: AuditAnswers): AuditResult {
  const judged = strata.map((stratum) => ({
    ...stratum,
    precision: wilson(stratum.yes, stratum.asked),
  }))
  return {
    strata: judged.map(({ from, to, asked, yes, precision }) => ({
      from,
      to,
      asked,
      yes,
      precision,
    })),
    precision: weighted(judged.filter(({ to }) => to <= share + 1e-12)),
    baseRate: weighted(judged),
  }
}

/** Normal quantile of a two-sided 95 %. */
const z = 1.959964

/** A share of few answers, and where it may lie: 95 % (Wilson, 1927). Without answers, anywhere. */
export function wilson(yes: number, asked: number): Estimate {
  if (asked === 0) return { value: NaN, low: 0, high: 1 }
  const value = yes / asked
  const centre = (value + (z * z) / (2 * asked)) / (1 + (z * z) / asked)
  const reach =
    (z / (1 + (z * z) / asked)) *
    Math.sqrt((value * (1 - value)) / asked + (z * z) / (4 * asked * asked))
  return { value, low: Math.max(centre - reach, 0), high: Math.min(centre + reach, 1) }
}

/** Of several ranges together: their reaches add up as independent errors do. */
function weighted(
  ranges: readonly { readonly pairs: number; readonly precision: Estimate }[],
): Estimate {
  const all = ranges.reduce((sum, { pairs }) => sum + pairs, 0)
  if (all === 0) return { value: NaN, low: 0, high: 1 }
  let value = 0
  let below = 0
  let above = 0
  for (const { pairs, precision } of ranges) {
    const weight = pairs / all
    const middle = Number.isNaN(precision.value) ? 0.5 : precision.value
    value += weight * precision.value
    below += (weight * (middle - precision.low)) ** 2
    above += (weight * (precision.high - middle)) ** 2
  }
  const middle = Number.isNaN(value) ? 0.5 : value
  return {
    value,
    low: Math.max(middle - Math.sqrt(below), 0),
    high: Math.min(middle + Math.sqrt(above), 1),
  }
}
