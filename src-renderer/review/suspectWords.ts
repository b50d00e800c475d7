import type { ReviewOrder } from '../../src-main/contract/reviewOrder.ts'
import type { VerdictKind } from '../../src-main/contract/journal.ts'
import type { SuspectKind, SuspectMethod } from '../../src-main/contract/suspects.ts'
import type { GroupSize } from '../../src-main/contract/suspectPolicy.ts'

export const methodChoices: readonly { value: SuspectMethod; title: string; note: string }[] = [
  { value: 'random-walk', title: 'Random walk', note: 'on the graph of nearest neighbours' },
  { value: 'jaccard', title: 'Shared neighbours', note: 'Jaccard of the two lists' },
  {
    value: 'co-association',
    title: 'Co-association',
    note: 'how often k-means puts them together',
  },
  { value: 'csls', title: 'CSLS', note: 'cosine, less in crowded places; for tiny groups' },
  { value: 'per-anchor', title: 'Per anchor', note: 'a threshold of its own for each image' },
  { value: 'cosine', title: 'Cosine', note: 'of features and embedding' },
  { value: 'pixels', title: 'Raw pixels', note: 'a baseline that needs no training' },
]

export const groupSizeChoices: readonly { value: GroupSize; title: string }[] = [
  { value: 'tiny', title: 'Tiny' },
  { value: 'medium', title: 'Medium' },
  { value: 'large', title: 'Large' },
]

export const orderChoices: readonly {
  readonly value: ReviewOrder
  readonly title: string
  readonly means: string
}[] = [
  {
    value: 'gain',
    title: 'By expected gain',
    means:
      'Pairs between the same two clusters stand for each other: first where an answer settles most of the push.',
  },
  { value: 'suspicion', title: 'By suspicion', means: 'As the method ranks them.' },
  { value: 'cosine', title: 'By cosine', means: 'The closest in the embedding first.' },
]

export const kindWords: Readonly<Record<SuspectKind, string>> = {
  suspect: 'Training takes these two for negatives of each other.',
  'near-duplicate': 'Hardly a pixel differs: this is rather one picture twice.',
  duplicate: 'The same bytes: one file twice.',
}

export const verdictButtons: readonly {
  readonly verdict: VerdictKind
  readonly title: string
  readonly key: string
  readonly means: string
}[] = [
  { verdict: 'same', title: 'Same', key: 'M', means: 'They belong together: never pushed apart' },
  { verdict: 'different', title: 'Different', key: 'D', means: 'True negatives: always pushed' },
  { verdict: 'ignore', title: 'Ignore', key: 'I', means: 'Neither pulled nor pushed' },
  { verdict: 'duplicate', title: 'Duplicate', key: 'U', means: 'One picture twice' },
  { verdict: 'later', title: 'Later', key: 'Space', means: 'Look at it another time' },
]

export const verdictWords: Readonly<Record<VerdictKind, string>> = {
  none: 'open',
  same: 'same',
  different: 'different',
  ignore: 'ignored',
  duplicate: 'duplicate',
  later: 'later',
}

const baselineTitles: Partial<Readonly<Record<SuspectMethod, string>>> = {
  fnc: 'FNC, support views',
  'one-view': 'One view, cosine',
  random: 'At random',
}

/** Also of the baselines, which nobody would choose. */
export function methodTitle(method: SuspectMethod): string {
  const chosen = methodChoices.find(({ value }) => value === method)?.title
  return chosen ?? baselineTitles[method] ?? method
}
