import { expect, it } from 'vitest'
import type { Encoder } from '../../../src-main/model/encoder.ts'
import { createImageEmbedder } from '../../../src-main/training/embedImages.ts'

const images = 600

/** Embeds an image as its first number and one more. */
const echo = {
  embed: (pixels: Float32Array, count: number) =>
    Promise.resolve({
      embedding: Float32Array.from(
        { length: 2 * count },
        (_, i) => pixels[(i >> 1) * 3]! + (i % 2),
      ),
      features: Float32Array.from({ length: 3 * count }, (_, i) => (i % 3) + pixels[i - (i % 3)]!),
    }),
} as unknown as Encoder

const embedder = createImageEmbedder({
  images,
  dim: 2,
  featureDim: 3,
  imageLength: 3,
  pixelsOf: (image) => Uint8Array.of(image % 256, image >> 8, 0),
  augmenter: {
    view: () => expect.unreachable('a view'),
    plain: (pixels, out, offset) => (out[offset] = pixels[0]! + 256 * pixels[1]!),
  },
})

it('embeds every image in its place, un-augmented', async () => {
  const { embedding, features } = (await embedder.embedAll(echo, () => false))!
  expect([...embedding]).toEqual(Array.from({ length: 2 * images }, (_, i) => (i >> 1) + (i % 2)))
  expect([...features]).toEqual(
    Array.from({ length: 3 * images }, (_, i) => Math.floor(i / 3) + (i % 3)),
  )
})

it('gives up when it is told to stop', async () => {
  expect(await embedder.embedAll(echo, () => true)).toBeNull()
})
