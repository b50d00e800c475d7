import type { RandomStream } from '../numeric/random.ts'
import type { Augmentation } from './augmentation.ts'
import { blur } from './blur.ts'
import { jitterColours } from './colourJitter.ts'
import { randomCrop, Resampler } from './crop.ts'

/** Makes what the network sees out of cached pixels. Keeps its buffers: one call at a time. */
export interface Augmenter {
  /**
   * One random view.
   *
   * @param pixels RGB bytes, `[sourceSize, sourceSize, 3]`
   * @param out gets `[targetSize, targetSize, 3]` from `offset` on, as the network's input wants it
   * @param stream where all its randomness comes from
   */
  view(pixels: Uint8Array, out: Float32Array, offset: number, stream: RandomStream): void
  /** The whole image, only resized. */
  plain(pixels: Uint8Array, out: Float32Array, offset: number): void
}

/** Share of the side that the widest blur reaches (one standard deviation). */
const widestBlur = 0.03

export function createAugmenter(options: {
  readonly sourceSize: number
  readonly targetSize: number
  readonly recipe: Augmentation
  /** How the network wants its pixels: (byte / 255 − offset) / scale. */
  readonly input: { readonly offset: number; readonly scale: number }
}): Augmenter {
  const { sourceSize, targetSize, recipe, input } = options
  const resampler = new Resampler(sourceSize, targetSize)
  const length = targetSize * targetSize * 3
  const image = new Float32Array(length)
  const between = new Float32Array(length)
  const whole = { left: 0, top: 0, width: sourceSize, height: sourceSize, isFlipped: false }

  function write(out: Float32Array, offset: number): void {
    const { offset: zero, scale } = input
    for (let i = 0; i < length; i++) out[offset + i] = ((image[i] ?? 0) - zero) / scale
  }

  return {
    view(pixels, out, offset, stream) {
      const crop = randomCrop(sourceSize, recipe.cropMinimum, recipe.flipProbability, stream)
      resampler.resample(pixels, crop, image)
      jitterColours(image, recipe, stream)
      const isBlurred = stream.next() < recipe.blurProbability
      const sigma = targetSize * widestBlur * (0.1 + 0.9 * stream.next())
      if (isBlurred) blur(image, between, targetSize, Math.max(sigma, 0.3))
      write(out, offset)
    },
    plain(pixels, out, offset) {
      resampler.resample(pixels, whole, image)
      write(out, offset)
    },
  }
}
