/**
 * A day and the time of day, as people write them: `May 1, 2024, 18:03`.
 *
 * @param moment ms since 1970, or a time without a zone, which is shown as it is
 */
export function dayAndTime(moment: number | string): string {
  return new Date(moment).toLocaleString('en', {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
}
