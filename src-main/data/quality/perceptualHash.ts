/** Side of the image that the hash is made from, and of the block of frequencies that it keeps. */
export const hashSide = 32
const kept = 8

/**
 * 64 bits that hardly change when an image is scaled, recompressed or slightly retouched: for the lowest
 * 8 × 8 frequencies of a cosine transform, whether each lies above their median. Zauner, “Implementation
 * and Benchmarking of Perceptual Image Hash Functions”, 2010.
 *
 * @param luma `[32, 32]`
 * @returns the two halves of the hash
 */
export function perceptualHash(luma: Float32Array): readonly [number, number] {
  const frequencies = lowFrequencies(luma)
  // The first one is the mean, which says nothing of the picture's form.
  const sorted = frequencies.slice(1).sort()
  const median = ((sorted[31] ?? 0) + (sorted[30] ?? 0)) / 2
  const halves = [0, 0]
  frequencies.forEach((value, i) => {
    if (i > 0 && value > median) halves[i >> 5] = (halves[i >> 5] ?? 0) | (1 << (i & 31))
  })
  return [(halves[0] ?? 0) >>> 0, (halves[1] ?? 0) >>> 0]
}

/** Bits that differ, 0 … 64. */
export function hashDistance(a0: number, a1: number, b0: number, b1: number): number {
  return bitsOf(a0 ^ b0) + bitsOf(a1 ^ b1)
}

function bitsOf(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** The type II cosine transform, rows and then columns, of which only the lowest are worked out. */
function lowFrequencies(luma: Float32Array): Float32Array {
  const rows = new Float32Array(hashSide * kept)
  for (let y = 0; y < hashSide; y++)
    for (let u = 0; u < kept; u++) {
      let sum = 0
      for (let x = 0; x < hashSide; x++)
        sum += (luma[y * hashSide + x] ?? 0) * (cosines[u * hashSide + x] ?? 0)
      rows[y * kept + u] = sum
    }
  const low = new Float32Array(kept * kept)
  for (let v = 0; v < kept; v++)
    for (let u = 0; u < kept; u++) {
      let sum = 0
      for (let y = 0; y < hashSide; y++)
        sum += (rows[y * kept + u] ?? 0) * (cosines[v * hashSide + y] ?? 0)
      low[v * kept + u] = sum
    }
  return low
}

const cosines = Float32Array.from({ length: kept * hashSide }, (_, i) => {
  const [u, x] = [Math.floor(i / hashSide), i % hashSide]
  return Math.cos(((2 * x + 1) * u * Math.PI) / (2 * hashSide))
})
