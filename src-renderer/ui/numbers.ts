/** How numbers are written for people; tabular, with a thin space before units. */

const wholeNumber = new Intl.NumberFormat('en')

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${wholeNumber.format(count)} ${count === 1 ? one : many}`
}

export function wholeOf(value: number): string {
  return wholeNumber.format(Math.round(value))
}

/** A score or cosine in [-1, 1], without the zero before the point: `.534`, `−.120`, `1.000`. */
export function fractionOf(value: number, digits = 3): string {
  const text = Math.abs(value).toFixed(digits)
  const short = text.startsWith('0') ? text.slice(1) : text
  return value < 0 && Number(text) !== 0 ? `−${short}` : short
}

/** A difference of scores, always with its sign. */
export function differenceOf(value: number, digits = 3): string {
  return value >= 0 ? `+${fractionOf(value, digits)}` : fractionOf(value, digits)
}

/** `42 s`, `4:10 min`, `2:05 h`. */
export function durationOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${twoDigits(whole % 60)} min`
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)} h`
}

export function bytesOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} kB`
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
  return `${(bytes / 1e9).toFixed(2)} GB`
}

/** A parameter's value: as few digits as say it, `1e-4` for the very small. */
export function valueOf(value: number): string {
  if (value === 0 || Number.isInteger(value)) return String(value)
  if (Math.abs(value) < 1e-3) return value.toExponential().replace('e-', 'e−')
  return String(Number(value.toPrecision(6)))
}

/** `4.8 × 10⁻⁶`, for numbers whose size is what matters. */
export function scientificOf(value: number): string {
  if (value === 0) return '0'
  const [digits = '', exponent = ''] = value.toExponential(1).split('e')
  const raised = [...exponent.replace('+', '')].map((sign) => superscripts[sign] ?? '').join('')
  return `${digits} × 10${raised}`
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'-0123456789'].map((sign, i) => [sign, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][i] ?? '']),
)

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
