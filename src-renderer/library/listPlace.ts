/**
 * Where a key leads in a list of so many rows; null for a key that does not move.
 *
 * @param at −1 where no row has the focus
 */
export function listPlaceAfter(key: string, at: number, rows: number): number | null {
  if (rows === 0) return null
  const page = 10
  switch (key) {
    case 'ArrowDown':
      return Math.min(rows - 1, at + 1)
    case 'ArrowUp':
      return Math.max(0, at - 1)
    case 'PageDown':
      return Math.min(rows - 1, Math.max(0, at) + page)
    case 'PageUp':
      return Math.max(0, at - page)
    case 'Home':
      return 0
    case 'End':
      return rows - 1
    default:
      return null
  }
}
