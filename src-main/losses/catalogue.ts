import type { LossEntry } from '../contract/catalogue.ts'
import { pairEntries } from './entries/pairs.ts'
import { proxyEntries } from './entries/proxies.ts'
import { furtherSoftmaxEntries, softmaxEntries } from './entries/softmax.ts'
import { lossTraits } from './entries/traits.ts'
import { tripletEntry, tupletEntries } from './entries/tuplets.ts'
import { regularizerEntries, softMarginEntry, viewEntries } from './entries/views.ts'

/** All losses that can be chosen, the default first. Pure data: hosts load it without any tensors. */
export const lossCatalogue: readonly LossEntry[] = [
  ...softmaxEntries,
  tripletEntry,
  softMarginEntry,
  ...tupletEntries,
  ...proxyEntries,
  ...furtherSoftmaxEntries,
  ...viewEntries,
  ...pairEntries,
  ...regularizerEntries,
].map((entry) => ({ ...entry, ...lossTraits[entry.name] }))
