/** sRGB in [0, 1], as it is seen: nothing is converted on the way to the screen. */
export type Rgb = readonly [number, number, number]

export interface SphereLook {
  readonly canvas: Rgb
  readonly ball: Rgb
  readonly rim: Rgb
  /** Graticule and the ring around the point under the pointer. */
  readonly ink: Rgb
  /** Rings around selected points, and arcs. */
  readonly accent: Rgb
  /** Suspected pairs, and nothing else. */
  readonly suspect: Rgb
  /** Hairline around each point. */
  readonly ring: Rgb
}

/** Reads `rgb(…)` or `color(srgb …)`, the forms in which a browser resolves colours. */
export function rgbOf(css: string): Rgb | null {
  const numbers = css.match(/-?\d*\.?\d+(e-?\d+)?/gi)?.map(Number) ?? []
  const [r, g, b] = numbers
  if (r === undefined || g === undefined || b === undefined) return null
  if (css.startsWith('rgb')) return [r / 255, g / 255, b / 255]
  return css.startsWith('color(srgb') ? [r, g, b] : null
}
