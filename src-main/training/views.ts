import type { Regime } from '../contract/catalogue.ts'

/** Views that a batch has of each image. */
export function viewsOf(regime: Regime): 1 | 2 {
  return regime === 'metric' ? 1 : 2
}
