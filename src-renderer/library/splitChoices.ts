import type { HandSplit } from '../../src-main/contract/journal.ts'

/** Where a person may want an image. */
export const splitChoices: readonly { readonly value: HandSplit; readonly title: string }[] = [
  { value: 'auto', title: 'As the run says' },
  { value: 'training', title: 'Always in training' },
  { value: 'heldOut', title: 'Always held out' },
]
