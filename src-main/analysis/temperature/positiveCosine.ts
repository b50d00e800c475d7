import type { Regime } from '../../contract/catalogue.ts'
import type { Rows } from '../neighbours.ts'
import { pairStatistics } from './pairStatistics.ts'

/** A cosine that stands for each anchor's positive, and why it does. */
export interface PositiveCosine {
  readonly value: number
  /** In a sentence. */
  readonly assumption: string
}

/** @param labels one an image, −1 for none */
export function positiveCosine(regime: Regime, rows: Rows, labels: Int32Array): PositiveCosine {
  const within = regime === 'contrastive' ? null : pairStatistics(rows, labels).alignment
  return within === null
    ? {
        value: 1,
        assumption:
          'The positive of an anchor is another view of it, thought to be embedded just like it.',
      }
    : {
        value: 1 - within / 2,
        assumption: 'The positive of an anchor is as near as images of one label are in the mean.',
      }
}
