import type { ScreenPoint } from './projection.ts'

/**
 * A line through places as the path of an SVG, px to hundredths: broken where it goes from one sheet
 * to the other, and where a place is not kept. Empty where nothing is left.
 */
export function pathThrough(
  places: readonly ScreenPoint[],
  isKept: (place: ScreenPoint) => boolean = () => true,
): string {
  const runs: string[] = []
  let run: string[] = []
  let before: ScreenPoint | null = null
  const end = (): void => {
    if (run.length > 1) runs.push(`M${run.join('L')}`)
    run = []
  }
  for (const place of places) {
    if (before !== null && before.sheet !== place.sheet) end()
    if (isKept(place)) run.push(`${hundredths(place.x)} ${hundredths(place.y)}`)
    else end()
    before = place
  }
  end()
  return runs.join('')
}

export function hundredths(value: number): string {
  return String(Math.round(100 * value) / 100)
}
