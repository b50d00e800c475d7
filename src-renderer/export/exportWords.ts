import type { Regime } from '../../src-main/contract/catalogue.ts'
import type { ExportResult } from '../../src-main/contract/exports.ts'

export const modelChoices: readonly {
  readonly value: 'backbone' | 'embedding' | 'none'
  readonly title: string
  readonly what: string
  /** The regime it is meant for. */
  readonly regime: Regime | null
}[] = [
  {
    value: 'backbone',
    title: 'Backbone',
    what: 'General features before the projector. Contrastive learning throws the projector away: keep this.',
    regime: 'contrastive',
  },
  {
    value: 'embedding',
    title: 'Backbone and projector',
    what: 'The embedding itself, of unit length. Metric learning trains it from end to end: keep this.',
    regime: 'metric',
  },
  { value: 'none', title: 'No model', what: 'Only the embeddings below.', regime: null },
]

/** What float32 sums in another order may differ by. */
const goodDifference = 1e-4

export interface ParityWords {
  readonly isGood: boolean
  readonly title: string
}

export function parityOf(parity: ExportResult['parity']): ParityWords {
  if (parity === null) return { isGood: true, title: 'No model was written' }
  return parity.maxDifference <= goodDifference
    ? { isGood: true, title: 'Gives the same numbers elsewhere' }
    : { isGood: false, title: 'The written model differs from training' }
}
