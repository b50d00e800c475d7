import type { Rgb } from '../library/labelColours.ts'
import type { ImageId } from '../../src-main/contract/images.ts'

/** Points by group: one row of the legend each. */
export interface Grouping {
  readonly groups: readonly {
    readonly key: number
    readonly name: string
    readonly colour: string
  }[]
  readonly keyOf: (id: ImageId) => number
  /** Where colour says more than the group. */
  readonly shadeOf: ((id: ImageId) => Rgb | null) | null
}
