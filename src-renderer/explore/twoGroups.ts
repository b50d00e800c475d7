import type { ImageId } from '../../src-main/contract/images.ts'

export interface ImageGroup {
  readonly key: number
  readonly ids: Int32Array
}

/** Images by group, where they are of exactly two; null where they are of more, of one, or some of none. */
export function twoGroups(
  ids: Iterable<ImageId>,
  keyOf: (id: ImageId) => number,
): readonly [ImageGroup, ImageGroup] | null {
  const groups = new Map<number, ImageId[]>()
  for (const id of ids) {
    const key = keyOf(id)
    const known = groups.get(key)
    if (known !== undefined) known.push(id)
    else if (key < 0 || groups.size === 2) return null
    else groups.set(key, [id])
  }
  const [first, second] = Array.from(groups, ([key, of]) => ({ key, ids: Int32Array.from(of) }))
  return first === undefined || second === undefined ? null : [first, second]
}
