/** A figure that was asked for, and what was found. */
export interface Reached {
  readonly what: string
  readonly wanted: string
  readonly found: number
  readonly isReached: boolean
}

/** @param found as it is written */
export function atLeast(what: string, found: number, wanted: number): Reached {
  return { what, wanted: `≥ ${wanted}`, found: rounded(found), isReached: found >= wanted }
}

export function atMost(what: string, found: number, wanted: number): Reached {
  return { what, wanted: `≤ ${wanted}`, found: rounded(found), isReached: found <= wanted }
}

export function reachedText(lines: readonly Reached[]): readonly string[] {
  return lines.map(
    ({ what, wanted, found, isReached }) =>
      `${isReached ? 'reached    ' : 'NOT REACHED'}  ${what}: ${found} (${wanted})`,
  )
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
