/**
 * Indices of numbers, the largest number first; equals by the lower index. A radix sort: some five million
 * pairs take half a second, where comparing takes five.
 */
export function descendingOrder(values: Float32Array): Uint32Array {
  const n = values.length
  const bits = new Uint32Array(values.slice().buffer)
  const keys = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    // −0 and 0 are equals.
    const word = values[i] === 0 ? 0 : (bits[i] as number)
    // Ascending as unsigned integers, then turned round.
    keys[i] = ~(word & 0x80000000 ? ~word : word | 0x80000000)
  }
  let order = Uint32Array.from({ length: n }, (_, i) => i)
  let spare = new Uint32Array(n)
  const radix = 2048
  for (const shift of [0, 11, 22]) {
    const starts = new Uint32Array(radix + 1)
    for (let i = 0; i < n; i++) {
      const digit = ((keys[i] as number) >>> shift) & (radix - 1)
      starts[digit + 1] = (starts[digit + 1] as number) + 1
    }
    for (let d = 0; d < radix; d++)
      starts[d + 1] = (starts[d + 1] as number) + (starts[d] as number)
    for (let at = 0; at < n; at++) {
      const index = order[at] as number
      const digit = ((keys[index] as number) >>> shift) & (radix - 1)
      const to = starts[digit] as number
      spare[to] = index
      starts[digit] = to + 1
    }
    ;[order, spare] = [spare, order]
  }
  return order
}
