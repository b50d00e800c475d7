import type { IssueKind } from '../../src-main/contract/quality.ts'

/** What each kind of issue is called, and what it means for training. */
export const issueWords: Readonly<
  Record<IssueKind, { readonly title: string; readonly why: string }>
> = {
  exact: {
    title: 'Same bytes',
    why: 'Files with the same bytes. Two of them in one batch are negatives of each other; the split keeps them on one side.',
  },
  near: {
    title: 'Near duplicates',
    why: 'The same picture, scaled, recompressed or slightly retouched. On both sides of a split they make scores look better than they are.',
  },
  dark: { title: 'Very dark', why: 'Hardly anything can be seen.' },
  light: { title: 'Very light', why: 'Hardly anything can be seen.' },
  plain: { title: 'Nearly empty', why: 'One colour, or almost: nothing to learn from.' },
  blurry: { title: 'Blurry', why: 'No sharp edge, even in the thumbnail.' },
  shape: {
    title: 'Very long or tall',
    why: 'Training sees the square in the middle: most of such an image is cut away.',
  },
  lonely: {
    title: 'Only image of its label',
    why: 'Without a second image of its label it has no positive in the metric regime.',
  },
}
