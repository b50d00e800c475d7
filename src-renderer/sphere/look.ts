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

/** The dark theme's, wherever no other is known. */
export const darkLook: SphereLook = {
  canvas: [0.055, 0.063, 0.075],
  ball: [0.082, 0.094, 0.114],
  rim: [0.62, 0.72, 0.84],
  ink: [0.9, 0.91, 0.92],
  accent: [0.337, 0.706, 0.914],
  suspect: [0.941, 0.894, 0.259],
  ring: [0.055, 0.063, 0.075],
}

/** Reads `rgb(…)` or `color(srgb …)`, the forms in which a browser resolves colours. */
export function rgbOf(css: string): Rgb | null {
  const numbers = css.match(/-?\d*\.?\d+(e-?\d+)?/gi)?.map(Number) ?? []
  const [r, g, b] = numbers
  if (r === undefined || g === undefined || b === undefined) return null
  if (css.startsWith('rgb')) return [r / 255, g / 255, b / 255]
  return css.startsWith('color(srgb') ? [r, g, b] : null
}
