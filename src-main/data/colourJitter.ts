import type { RandomStream } from '../numeric/random.ts'
import type { Augmentation } from './augmentation.ts'

/** Weights of red, green and blue in perceived lightness (ITU-R BT.601). */
const red = 0.299
const green = 0.587
const blue = 0.114

/**
 * Changes brightness, contrast, saturation and hue of an image in place, and may make it grey.
 * All changes are affine in (r, g, b), so they are one matrix and one offset; brightness and contrast
 * give the same in either order.
 *
 * @param image RGB in [0, 1], `[pixels, 3]`
 */
export function jitterColours(image: Float32Array, recipe: Augmentation, stream: RandomStream) {
  // The same numbers are drawn whatever happens, so that one knob does not shift all others.
  const isJittered = stream.next() < recipe.jitterProbability
  const brightness = 1 + (2 * stream.next() - 1) * recipe.brightness
  const contrast = 1 + (2 * stream.next() - 1) * recipe.contrast
  const saturation = 1 + (2 * stream.next() - 1) * recipe.saturation
  const turn = (2 * stream.next() - 1) * recipe.hue * 2 * Math.PI
  const isGrey = stream.next() < recipe.grayscaleProbability
  if (!isJittered && !isGrey) return

  const colour = isJittered ? colourMatrix(isGrey ? 0 : saturation, turn) : colourMatrix(0, 0)
  if (!isJittered) {
    applyAffine(image, colour, 1, 0)
    return
  }
  // Contrast pulls towards the mean lightness of the whole image.
  const offset = (1 - contrast) * brightness * meanLightness(image)
  applyAffine(image, colour, brightness * contrast, offset)
}

/** Saturation, then a turn of the hue around the grey axis, as rows of a 3 × 3 matrix. */
function colourMatrix(saturation: number, turn: number): readonly number[] {
  const rest = 1 - saturation
  const s = [
    [rest * red + saturation, rest * green, rest * blue],
    [rest * red, rest * green + saturation, rest * blue],
    [rest * red, rest * green, rest * blue + saturation],
  ] as const
  const cos = Math.cos(turn)
  const sin = Math.sin(turn) * Math.sqrt(1 / 3)
  const third = (1 - cos) / 3
  const h = [
    [cos + third, third - sin, third + sin],
    [third + sin, cos + third, third - sin],
    [third - sin, third + sin, cos + third],
  ] as const
  return h.flatMap(([a, b, c]) =>
    ([0, 1, 2] as const).map((j) => a * s[0][j] + b * s[1][j] + c * s[2][j]),
  )
}

function meanLightness(image: Float32Array): number {
  let sum = 0
  for (let i = 0; i < image.length; i += 3)
    sum += red * (image[i] ?? 0) + green * (image[i + 1] ?? 0) + blue * (image[i + 2] ?? 0)
  return (3 * sum) / Math.max(image.length, 1)
}

function applyAffine(image: Float32Array, matrix: readonly number[], gain: number, offset: number) {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = matrix
  for (let p = 0; p < image.length; p += 3) {
    const x = image[p] ?? 0
    const y = image[p + 1] ?? 0
    const z = image[p + 2] ?? 0
    image[p] = clip(gain * (a * x + b * y + c * z) + offset)
    image[p + 1] = clip(gain * (d * x + e * y + f * z) + offset)
    image[p + 2] = clip(gain * (g * x + h * y + i * z) + offset)
  }
}

function clip(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value
}
