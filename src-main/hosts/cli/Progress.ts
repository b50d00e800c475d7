/** Something that text is written to: stderr, or a test's ear. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly write: (text: string) => unknown
}

/**
 * Progress for people: on a terminal one line that is written over, elsewhere only the lines that
 * are worth keeping.
 */
export class Progress {
  private readonly output: ProgressOutput
  private hasPassing = false

  constructor(output: ProgressOutput) {
    this.output = output
  }

  /** A line that the next one replaces; not shown where lines cannot be replaced. */
  passing(text: string): void {
    if (!this.output.isTTY) return
    const width = Math.max(20, (this.output.columns ?? 80) - 1)
    this.output.write(`\r\u001b[K${text.slice(0, width)}`)
    this.hasPassing = true
  }

  /** A line that stays. */
  line(text: string): void {
    this.clear()
    this.output.write(`${text}\n`)
  }

  /** Removes the passing line. */
  clear(): void {
    if (!this.hasPassing) return
    this.output.write('\r\u001b[K')
    this.hasPassing = false
  }
}

/** `4 s`, `2:05 min`, `1:02:05 h`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const two = (n: number): string => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  if (hours === 0) return `${minutes}:${two(whole % 60)} min`
  return `${hours}:${two(minutes)}:${two(whole % 60)} h`
}

/** `0.412` → `.412`. */
export function scoreText(score: number): string {
  return score.toFixed(3).replace(/^0/, '')
}
