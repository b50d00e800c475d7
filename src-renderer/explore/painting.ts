import { greyOf, rgbOf } from '../library/labelColours.ts'
import type { Theme } from '../library/labelColours.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import type { Grouping } from './grouping.ts'
import { measureWords } from './measures.ts'
import type { Measure } from './measures.ts'

/** What the colour of a point may say besides a {@link Measure}. */
const groupings = [
  { value: 'label', title: 'Label' },
  { value: 'superLabel', title: 'Super-label' },
  { value: 'split', title: 'Split' },
  { value: 'cluster', title: 'Cluster' },
  { value: 'suspect', title: 'Suspects' },
] as const
export type Colouring = (typeof groupings)[number]['value'] | Measure

const measured = (Object.keys(measureWords) as Measure[]).map((value) => ({
  value,
  title: measureWords[value].title,
}))
export const colourings: readonly { readonly value: Colouring; readonly title: string }[] = [
  ...groupings,
  ...measured,
]

/** What the size of a point may say. */
export const sizings: readonly { readonly value: Measure | 'none'; readonly title: string }[] = [
  { value: 'none', title: 'All alike' },
  ...measured,
]

/** How points are coloured, and what stands around the ball. */
export interface SpherePaint {
  /** `[n, 3]` and `[n]`, of the frame that is shown. */
  readonly colours: Float32Array
  readonly alphas: Float32Array | null
  /** Group of an image, by which names are placed; −1 for none. */
  readonly keyOf: (id: ImageId) => number
  readonly nameOf: (key: number) => string
  readonly colourOf: (key: number) => string
}

interface Shown {
  readonly hidden: ReadonlySet<number>
  readonly isolated: number | null
}

/** Disc, square, triangle, diamond and cross. */
export const pointShapes = 5

/** Opacity of what is there for context only. */
const contextAlpha = 0.15

/** `[n, 3]`, for the ids of a frame. */
export function coloursOf({ groups, keyOf, shadeOf }: Grouping, ids: Int32Array): Float32Array {
  const parts = new Map(groups.map(({ key, colour }) => [key, rgbOf(colour)]))
  const none = rgbOf(greyOf.dark)
  const colours = new Float32Array(ids.length * 3)
  ids.forEach((id, i) => colours.set(shadeOf?.(id) ?? parts.get(keyOf(id)) ?? none, i * 3))
  return colours
}

/** `[n]`; null where every image is shown in full. */
export function alphasOf(
  { keyOf }: Grouping,
  { hidden, isolated }: Shown,
  ids: Int32Array,
): Float32Array | null {
  if (hidden.size === 0 && isolated === null) return null
  return Float32Array.from(ids, (id) => {
    const key = keyOf(id)
    if (hidden.has(key)) return 0
    return isolated === null || isolated === key ? 1 : contextAlpha
  })
}

const suspectYellow = '#f0e442'

export function suspectGrouping(suspected: ReadonlySet<ImageId>, theme: Theme): Grouping {
  return {
    groups: [
      { key: 1, name: 'in a suspected pair', colour: suspectYellow },
      { key: 0, name: 'in none', colour: greyOf[theme] },
    ],
    keyOf: (id) => (suspected.has(id) ? 1 : 0),
    shadeOf: null,
  }
}
