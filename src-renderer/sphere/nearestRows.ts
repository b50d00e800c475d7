/**
 * Rows nearest to a direction, the nearest first, hidden ones left out.
 *
 * @param towards a unit vector
 * @param isEitherWay nearest to it or to what lies opposite
 */
export function nearestRows(
  positions: Float32Array,
  alphas: Uint8Array,
  towards: { readonly x: number; readonly y: number; readonly z: number },
  count: number,
  isEitherWay = false,
): readonly number[] {
  const cosines = new Float32Array(alphas.length)
  const rows: number[] = []
  for (let row = 0; row < alphas.length; row++) {
    if (alphas[row] === 0) continue
    const [x = 0, y = 0, z = 0] = [
      positions[3 * row],
      positions[3 * row + 1],
      positions[3 * row + 2],
    ]
    const cosine = towards.x * x + towards.y * y + towards.z * z
    cosines[row] = isEitherWay ? Math.abs(cosine) : cosine
    rows.push(row)
  }
  rows.sort((a, b) => (cosines[b] ?? 0) - (cosines[a] ?? 0) || a - b)
  return rows.slice(0, count)
}
