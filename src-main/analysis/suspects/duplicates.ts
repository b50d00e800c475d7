import type { SuspectKind } from '../../contract/suspects.ts'

/** Root mean square of the difference of two images whose pixels hardly differ; bytes, 0 … 255. */
const hardlyAny = 6

/** Tells duplicates from false negatives: for those the answer is to keep one of them, not to judge. */
export interface DuplicateCheck {
  kindOf(first: number, second: number): SuspectKind
}

/**
 * @param hashes of the files' bytes, one an image
 * @param pixelsOf RGB bytes, all of one size; null where they cannot be had: then only the same bytes are
 *   known as duplicates
 */
export function duplicateCheck(
  hashes: readonly string[],
  pixelsOf: ((image: number) => Uint8Array) | null,
): DuplicateCheck {
  return {
    kindOf(first, second) {
      if (hashes[first] === hashes[second]) return 'duplicate'
      if (!pixelsOf) return 'suspect'
      return differenceOf(pixelsOf(first), pixelsOf(second)) <= hardlyAny
        ? 'near-duplicate'
        : 'suspect'
    },
  }
}

function differenceOf(a: Uint8Array, b: Uint8Array): number {
  let squares = 0
  for (let i = 0; i < a.length; i++) squares += ((a[i] as number) - (b[i] as number)) ** 2
  return Math.sqrt(squares / Math.max(a.length, 1))
}
