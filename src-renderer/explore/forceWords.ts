import { scientificOf } from '../ui/numbers.ts'

/** `12°`, `3.4°`, `.052°`, `4.8 × 10⁻⁶ °`. */
export function degreesOf(degrees: number): string {
  if (degrees >= 10 || degrees === 0) return `${Math.round(degrees)}°`
  if (degrees >= 0.001) return `${String(Number(degrees.toPrecision(2))).replace(/^0\./, '.')}°`
  return `${scientificOf(degrees)} °`
}
