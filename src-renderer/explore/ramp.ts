import type { Rgb } from '../library/labelColours.ts'

/** Viridis without its dark end, and without its yellow, which belongs to suspects. */
const stops: readonly Rgb[] = [
  [0.23, 0.32, 0.55],
  [0.17, 0.45, 0.56],
  [0.13, 0.57, 0.55],
  [0.21, 0.69, 0.47],
  [0.45, 0.81, 0.33],
  [0.6, 0.85, 0.25],
]

/** Colour of a share in [0, 1]; what is not finite takes the first. */
export function rampOf(share: number): Rgb {
  const place = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * (stops.length - 1)
  const first = Math.min(stops.length - 2, Math.floor(place))
  const low = stops[first] ?? [0, 0, 0]
  const high = stops[first + 1] ?? low
  const rest = place - first
  return [
    low[0] + rest * (high[0] - low[0]),
    low[1] + rest * (high[1] - low[1]),
    low[2] + rest * (high[2] - low[2]),
  ]
}
