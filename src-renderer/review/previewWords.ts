import type { VerdictPreview } from '../../src-main/contract/verdictPreview.ts'
import { countOf } from '../ui/numbers.ts'

/** A label of some images of a preview, and how many images of the project have it. */
export interface PreviewedLabel {
  readonly name: string
  readonly images: number
}

/** What “same” would join, such as “joins 5 images of 2 labels (tabby, siamese: 143 images)”. */
export function sameWords(preview: VerdictPreview, labels: readonly PreviewedLabel[]): string {
  const { images, following } = preview
  const parts = [`joins ${countOf(images.length, 'image')}${labelWords(labels)}`]
  if (following > 0) parts.push(`${countOf(following, 'more pair')} ${follow(following)}`)
  return parts.join('; ')
}

function labelWords(labels: readonly PreviewedLabel[]): string {
  const [first] = labels
  if (!first) return ''
  if (labels.length === 1) return ` of ${first.name}`
  const all = labels.reduce((sum, label) => sum + label.images, 0)
  const names = labels.map(({ name }) => name).join(', ')
  return ` of ${labels.length} labels (${names}: ${countOf(all, 'image')})`
}

/** What “different” would keep apart. */
export function differentWords({ images, following }: VerdictPreview): string {
  if (following === 0) return 'keeps the two apart'
  return `keeps ${countOf(images.length, 'image')} apart in two groups; ${countOf(following, 'more pair')} ${follow(following)}`
}

function follow(pairs: number): string {
  return pairs === 1 ? 'follows' : 'follow'
}
