import { describe, expect, it } from 'vitest'
import {
  contrastOf,
  focusColours,
  greyOf,
  hexOf,
  labelColours,
  namedColours,
  rgbOf,
} from '../../../src-renderer/library/labelColours.ts'

const grounds = { dark: rgbOf('#14161a'), light: rgbOf('#f3f4f6') }

describe.each(['dark', 'light'] as const)('labelColours on %s', (theme) => {
  it.each([1, 9, namedColours, namedColours + 1, 60, 1230])(
    'never repeats among %i labels',
    (n) => {
      const colours = labelColours(n, theme)
      expect(colours).toHaveLength(n)
      expect(new Set(colours).size).toBe(n)
    },
  )

  it('can be told from the background, 3:1', () => {
    for (const n of [namedColours, 200])
      for (const colour of labelColours(n, theme))
        expect(contrastOf(rgbOf(colour), grounds[theme])).toBeGreaterThanOrEqual(3)
  })

  it('leaves the yellow of suspects alone', () => {
    for (const n of [namedColours, 300])
      for (const colour of labelColours(n, theme)) {
        const [r, g, b] = rgbOf(colour)
        expect(Math.hypot(r - 0xf0 / 255, g - 0xe4 / 255, b - 0x42 / 255)).toBeGreaterThan(0.12)
      }
  })

  it('is the same every time', () => {
    expect(labelColours(40, theme)).toEqual(labelColours(40, theme))
  })
})

describe('focusColours', () => {
  it('colours the label and its rivals, and nothing else', () => {
    const colours = focusColours(30, { label: 7, rivals: [1, 2, 29] }, 'dark')
    const coloured = colours.flatMap((colour, i) => (colour === greyOf.dark ? [] : [i]))
    expect(coloured).toEqual([1, 2, 7, 29])
    expect(new Set(coloured.map((i) => colours[i])).size).toBe(4)
  })
})

describe('contrastOf', () => {
  it('is 21 between black and white, whatever the order', () => {
    expect(contrastOf([0, 0, 0], [1, 1, 1])).toBeCloseTo(21)
    expect(contrastOf([1, 1, 1], [0, 0, 0])).toBeCloseTo(21)
  })

  it('reads back the hex that was written', () => {
    expect(hexOf(rgbOf('#56b4e9'))).toBe('#56b4e9')
  })
})
