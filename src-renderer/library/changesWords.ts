import type { FolderChanges } from '../../src-main/contract/project.ts'
import { countOf, wholeOf } from '../ui/numbers.ts'

/** "3 new files, 1 moved, 2 gone" */
export function changesWords({ added, changed, moved, gone }: FolderChanges): string {
  const parts: readonly (readonly [number, string])[] = [
    [added, 'new'],
    [changed, 'changed'],
    [moved, 'moved'],
    [gone, 'gone'],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what], i) =>
      i > 0
        ? `${wholeOf(count)} ${what}`
        : what === 'new'
          ? countOf(count, 'new file')
          : `${countOf(count, 'file')} ${what}`,
    )
    .join(', ')
}
