import type { NumberSpec } from '../../src-main/contract/catalogue.ts'

/** The part of a parameter's range that a hand on a slider covers; all of it can be typed. */
export interface HandRange {
  readonly low: number
  readonly high: number
  readonly step: number
  readonly isLog: boolean
  readonly isInteger: boolean
}

/**
 * From what is usual for the parameter to about eight times it.
 *
 * @returns null where no slider makes sense, as for a seed
 */
export function handRangeOf(spec: NumberSpec, usual: number): HandRange | null {
  const { min, max, step, isInteger, isMinExclusive } = spec
  if (max > 1e6) return null
  if (spec.scale === 'log') {
    const floor = min > 0 ? min : usual / 40
    const low = Number(Math.max(floor, usual / 40).toPrecision(1))
    return {
      low,
      high: Math.min(max, usual * 40),
      step: Math.max(step, 1.01),
      isLog: true,
      isInteger,
    }
  }
  const low = isMinExclusive ? min + step : min
  return {
    low,
    high: Math.min(max, Math.max(usual * 8, min + 20 * step)),
    step,
    isLog: false,
    isInteger,
  }
}

/** Place on the slider, in [0, 1]. */
export function placeOf({ low, high, isLog }: HandRange, value: number): number {
  const place = isLog
    ? Math.log(Math.max(low, value) / low) / Math.log(high / low)
    : (value - low) / (high - low)
  return Math.min(1, Math.max(0, place))
}

/** The number at a place of the slider: a multiple of the step, or two digits on a log scale. */
export function valueAt(range: HandRange, place: number): number {
  const { low, high, step, isLog, isInteger } = range
  const held = Math.min(1, Math.max(0, place))
  if (isLog) {
    const value = Number((low * (high / low) ** held).toPrecision(2))
    return Math.min(high, Math.max(low, isInteger ? Math.round(value) : value))
  }
  const near = Math.round((low + held * (high - low)) / step) * step
  return Math.min(high, Math.max(low, Number(near.toPrecision(10))))
}

/** One step up (1) or down (−1) from a value, within the parameter's whole range. */
export function stepped(spec: NumberSpec, value: number, direction: 1 | -1): number {
  const { step, min, max, isInteger, isMinExclusive } = spec
  const raw =
    spec.scale === 'log'
      ? value * Math.max(step, 1.01) ** direction
      : Math.round((value + direction * step) / step) * step
  const next = isInteger ? Math.round(raw) : Number(raw.toPrecision(3))
  const lowest = isMinExclusive ? min + (spec.scale === 'log' ? Number.EPSILON : step) : min
  return Math.min(max, Math.max(lowest, next))
}
