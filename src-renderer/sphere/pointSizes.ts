/** CSS pixels. */
export interface PointSizes {
  /** Width of the square that a point of the near side fills: disc, hairline and soft edge. */
  readonly near: number
  /** On the far side points have no hairline. */
  readonly far: number
  /** Width of the dark hairline: a full one for a few points, a fine one for many. */
  readonly hairline: number
}

/** Half a pixel on either side, in which a border goes from all to nothing. */
const softEdge = 1

/**
 * Discs are 6 wide for a thousand points, 4 for 100,000 on a ball of 560 px; a little more on a larger
 * ball or for a few dozen, and more as the eye comes near.
 */
export function pointSizesPx(count: number, ballPx: number): PointSizes {
  const usual = Math.max(4, Math.min(7, 6 - Math.log10(Math.max(1, count) / 1000)))
  const disc = usual * Math.max(0.75, Math.min(2.6, (ballPx / 560) ** 0.45))
  const hairline = Math.max(0.4, Math.min(0.95, 1.4 - 0.2 * Math.log10(count / 1000 + 1) ** 2))
  return { near: disc + 2 * hairline + softEdge, far: 0.82 * disc + softEdge, hairline }
}

/** Diameter of the disc alone, as the near side shows it. */
export function discPx({ near, hairline }: PointSizes): number {
  return near - 2 * hairline - softEdge
}
