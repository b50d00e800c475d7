/** sRGB in [0, 1]. */
export type Rgb = readonly [number, number, number]

export type Theme = 'dark' | 'light'

/**
 * Colours of labels in the order in which they are given out. The first nine and the ones after
 * them are safe for colour blindness on dark; the yellow that belongs to that set marks suspects and
 * is left out.
 */
const palette = (
  '#e69f00 #56b4e9 #009e73 #cc79a7 #d55e00 #860cff #00ffe7 #795592 #9279ff ' +
  '#aac29e #9e4949 #db00c2 #f3dbaa #9eceff #ff496d #0079c2 #ce0c00 #c2ce61 #5f7d4f'
).split(' ')

/** What a person may choose from; the suspects' yellow is no colour of a label. */
export const swatches: readonly string[] = palette

/** With more labels than this, colours are made, and neighbouring hues are hard to tell apart. */
export const namedColours = palette.length

/** Of images without a label, and of all that is not in focus. */
export const greyOf: Readonly<Record<Theme, string>> = { dark: '#6b727d', light: '#9aa1ab' }

const backgrounds: Readonly<Record<Theme, Rgb>> = {
  dark: rgbOf('#14161a'),
  light: rgbOf('#f3f4f6'),
}

/**
 * A colour for each label, in their order, none twice and each at least 3:1 against the theme's
 * background.
 */
export function labelColours(labels: number, theme: Theme): readonly string[] {
  if (labels > namedColours) return madeColours(labels, theme)
  return palette.slice(0, labels).map((colour) => hexOf(withContrast(rgbOf(colour), theme)))
}

/**
 * Colours for a look at one label among many: it takes the accent, its rivals a colour each, and the
 * rest is grey.
 */
export function focusColours(
  labels: number,
  focus: { readonly label: number; readonly rivals: readonly number[] },
  theme: Theme,
): readonly string[] {
  const distinct = palette.filter((colour) => colour !== '#56b4e9')
  const colours = Array.from({ length: labels }, () => greyOf[theme])
  focus.rivals.forEach((rival, i) => {
    colours[rival] = hexOf(withContrast(rgbOf(distinct[i] ?? greyOf[theme]), theme))
  })
  colours[focus.label] = hexOf(withContrast(rgbOf('#56b4e9'), theme))
  return colours
}

export function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

export function hexOf(rgb: Rgb): string {
  const digits = rgb.map((part) =>
    Math.round(Math.min(1, Math.max(0, part)) * 255)
      .toString(16)
      .padStart(2, '0'),
  )
  return `#${digits.join('')}`
}

/** WCAG 2.2, in [1, 21]. */
export function contrastOf(a: Rgb, b: Rgb): number {
  const [high, low] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** What marks suspects, and no label may be taken for. */
const suspect = oklabOf(rgbOf('#f0e442'))

/** Hues all around, three lightnesses in turn, so that labels that follow each other differ most. */
function madeColours(labels: number, theme: Theme): string[] {
  const goldenTurn = 2.399963229728653
  const lightnesses = [0.74, 0.6, 0.86]
  const colours = new Set<string>()
  for (let i = 0; colours.size < labels; i++) {
    const lightness = (lightnesses[i % 3] ?? 0.74) - 0.004 * (Math.floor(i / 60) % 12)
    const chroma = Math.floor(i / 3) % 2 === 0 ? 0.155 : 0.09
    const colour = rgbOfOklch(lightness, chroma, i * goldenTurn)
    if (isLikeSuspect(colour)) continue
    colours.add(hexOf(withContrast(colour, theme)))
  }
  return [...colours]
}

function isLikeSuspect(colour: Rgb): boolean {
  const [, a, b] = oklabOf(colour)
  // The lightness may be changed later, so only hue and chroma count.
  return Math.hypot(a - suspect[1], b - suspect[2]) < 0.07
}

/** As it is, or just so much lighter (darker on a light theme) that it can be told from the ground. */
function withContrast(rgb: Rgb, theme: Theme): Rgb {
  const [start, a, b] = oklabOf(rgb)
  let lightness = start
  let colour = rgb
  const step = theme === 'dark' ? 0.01 : -0.01
  while (contrastOf(colour, backgrounds[theme]) < 3.05 && lightness > 0 && lightness < 1) {
    lightness += step
    colour = rgbOfOklab(lightness, a, b)
  }
  return colour
}

function luminanceOf(rgb: Rgb): number {
  const [r, g, b] = rgb.map(linearOf) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function linearOf(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}

function gammaOf(part: number): number {
  const held = Math.min(1, Math.max(0, part))
  return held <= 0.0031308 ? held * 12.92 : 1.055 * held ** (1 / 2.4) - 0.055
}

function rgbOfOklch(lightness: number, chroma: number, hue: number): Rgb {
  return rgbOfOklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue))
}

/** Björn Ottosson, “A perceptual color space for image processing”, 2020. */
function rgbOfOklab(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    gammaOf(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gammaOf(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gammaOf(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function oklabOf(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map(linearOf) as [number, number, number]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}
