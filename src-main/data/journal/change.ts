import type { ImageId } from '../../contract/images.ts'
import type { ImageProperty } from '../../contract/journal.ts'
import type { LabelRow } from '../../contract/labels.ts'

/**
 * One reversible step of what a command does: it holds both what was and what is then. Read backwards
 * it is its own undo.
 */
export type Change =
  | {
      readonly kind: 'images'
      readonly property: ImageProperty
      readonly ids: Int32Array
      /** As in `ImageChange.values`. `[ids]` */
      readonly before: Int32Array
      readonly after: Int32Array
    }
  /** `before` is null for a new label, `after` for one that is deleted. */
  | {
      readonly kind: 'label'
      readonly before: LabelRow | null
      readonly after: LabelRow | null
    }
  | {
      readonly kind: 'verdicts'
      /** [a₀, b₀, a₁, b₁, …] with a < b. */
      readonly pairs: Int32Array
      /** Index into `verdictKinds`. `[pairs / 2]` */
      readonly before: Int32Array
      readonly after: Int32Array
    }

export function invertedChanges(changes: readonly Change[]): readonly Change[] {
  return changes
    .map((change) => ({ ...change, before: change.after, after: change.before }) as Change)
    .reverse()
}

/** Whether any of the changes was one of an image, or a verdict on it. */
export function touches(changes: readonly Change[], image: ImageId): boolean {
  return changes.some((change) => {
    switch (change.kind) {
      case 'images':
        return change.ids.includes(image)
      case 'verdicts':
        return change.pairs.includes(image)
      case 'label':
        return false
      default:
        return change satisfies never
    }
  })
}
