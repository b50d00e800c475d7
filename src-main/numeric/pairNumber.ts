/**
 * A number in [0, 1), a multiple of 2⁻³², that hangs on two whole numbers and a salt without a pattern, and
 * on nothing else: for choosing pairs at random without remembering which. The order of the two does not
 * matter. MurmurHash3's mixing.
 */
export function pairNumber(a: number, b: number, salt: number): number {
  let h = salt | 0
  h = taken(h, Math.min(a, b))
  h = taken(h, Math.max(a, b))
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) * 2 ** -32
}

function taken(h: number, word: number): number {
  const mixed = Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
  return (Math.imul(rotated(h ^ mixed, 13), 5) + 0xe6546b64) | 0
}

function rotated(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}
