import { valueOf } from '../ui/numbers.ts'

/** `12.3 %`, `.04 %`: as many digits as say something. */
export function percentOf(share: number): string {
  const percent = 100 * share
  if (percent === 0) return '0 %'
  if (percent >= 99.95) return '100 %'
  if (percent >= 10) return `${percent.toFixed(1)} %`
  if (percent >= 0.01) return `${percent.toFixed(2)} %`
  return '< .01 %'
}

export function tauOf(temperature: number): string {
  return `τ ${valueOf(Number(temperature.toPrecision(3)))}`
}

/** Three digits, for numbers of any size. */
export function roughlyOf(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
