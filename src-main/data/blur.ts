/**
 * Gaussian blur of a square image, by two passes of a short kernel; the border is repeated.
 *
 * @param image `[size, size, 3]`, changed in place
 * @param between as long as `image`; overwritten
 * @param sigma px, > 0
 */
export function blur(
  image: Float32Array,
  between: Float32Array,
  size: number,
  sigma: number,
): void {
  const kernel = gaussian(sigma)
  pass(image, between, size, kernel, size * 3, 3)
  pass(between, image, size, kernel, 3, size * 3)
}

/** Along the axis whose neighbours are `along` apart; lines of it are `across` apart. */
function pass(
  source: Float32Array,
  target: Float32Array,
  size: number,
  kernel: Float64Array,
  across: number,
  along: number,
): void {
  const reach = (kernel.length - 1) / 2
  for (let line = 0; line < size; line++) {
    for (let i = 0; i < size; i++) {
      let r = 0
      let g = 0
      let b = 0
      for (let k = -reach; k <= reach; k++) {
        const weight = kernel[k + reach] ?? 0
        const j = i + k < 0 ? 0 : i + k >= size ? size - 1 : i + k
        const at = line * across + j * along
        r += weight * (source[at] ?? 0)
        g += weight * (source[at + 1] ?? 0)
        b += weight * (source[at + 2] ?? 0)
      }
      const at = line * across + i * along
      target[at] = r
      target[at + 1] = g
      target[at + 2] = b
    }
  }
}

function gaussian(sigma: number): Float64Array {
  const reach = Math.max(1, Math.ceil(2 * sigma))
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  )
  const sum = kernel.reduce((total, weight) => total + weight, 0)
  return kernel.map((weight) => weight / sum)
}
