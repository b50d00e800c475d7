import { describe, expect, it } from 'vitest'
import { createAugmenter } from '../../../src-main/data/augment.ts'
import { augmentationOf } from '../../../src-main/data/augmentation.ts'
import type { Augmentation } from '../../../src-main/data/augmentation.ts'
import { random } from '../../../src-main/numeric/random.ts'

const input = { offset: 0.5, scale: 0.25 }
const nothing = augmentationOf('contrastive', 0, 0)

function noise(size: number, seed = 1): Uint8Array {
  const stream = random(seed, 'noise')
  return Uint8Array.from({ length: size * size * 3 }, () => stream.integer(256))
}

function viewsOf(
  pixels: Uint8Array,
  recipe: Partial<Augmentation>,
  options: { readonly size: number; readonly target?: number; readonly count?: number },
): Float32Array[] {
  const { size, target = size, count = 1 } = options
  const augmenter = createAugmenter({
    sourceSize: size,
    targetSize: target,
    recipe: { ...nothing, ...recipe },
    input: { offset: 0, scale: 1 },
  })
  return Array.from({ length: count }, (_, i) => {
    const out = new Float32Array(target * target * 3)
    augmenter.view(pixels, out, 0, random(7, 'views', i))
    return out
  })
}

function meanOf(values: Float32Array, channel?: number): number {
  const some = channel === undefined ? values : values.filter((_, i) => i % 3 === channel)
  return some.reduce((sum, value) => sum + value, 0) / some.length
}

function varianceOf(values: Float32Array): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0)
}

describe('plain', () => {
  it('writes (byte / 255 − offset) / scale where it is told to, and nowhere else', () => {
    const pixels = noise(4)
    const augmenter = createAugmenter({ sourceSize: 4, targetSize: 4, recipe: nothing, input })
    const out = new Float32Array(48 + 10).fill(9)
    augmenter.plain(pixels, out, 5)
    const expected = Float32Array.from(pixels, (byte) => (byte / 255 - 0.5) / 0.25)
    expect(largestDifference(out.slice(5, 53), expected)).toBeLessThan(1e-5)
    expect([...out.slice(0, 5), ...out.slice(53)]).toEqual(Array(10).fill(9))
  })

  it('averages when it shrinks, so that a fine pattern becomes grey', () => {
    const size = 64
    const board = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3)
      return (pixel + Math.floor(pixel / size)) % 2 === 0 ? 255 : 0
    })
    const augmenter = createAugmenter({
      sourceSize: size,
      targetSize: 16,
      recipe: nothing,
      input: { offset: 0, scale: 1 },
    })
    const out = new Float32Array(16 * 16 * 3)
    augmenter.plain(board, out, 0)
    expect(largestDifference(out, new Float32Array(out.length).fill(0.5))).toBeLessThan(0.02)
  })

  it('keeps a ramp straight when it grows', () => {
    const ramp = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (Math.floor(i / 3) % 8) * 32)
    const augmenter = createAugmenter({
      sourceSize: 8,
      targetSize: 32,
      recipe: nothing,
      input: { offset: 0, scale: 1 / 255 },
    })
    const out = new Float32Array(32 * 32 * 3)
    augmenter.plain(ramp, out, 0)
    for (let x = 2; x < 30; x++) expect(out[x * 3]).toBeCloseTo(((x + 0.5) / 4 - 0.5) * 32, 3)
  })
})

describe('view', () => {
  it('is the plain image at strength 0', () => {
    const pixels = noise(16)
    const expected = Float32Array.from(pixels, (byte) => byte / 255)
    for (const view of viewsOf(pixels, {}, { size: 16, count: 5 }))
      expect(largestDifference(view, expected)).toBeLessThan(1e-6)
  })

  it('depends on nothing but pixels and stream', () => {
    const recipe = augmentationOf('contrastive', 1, 0.5)
    const [a, b] = [0, 1].map(() => viewsOf(noise(16), recipe, { size: 16, count: 20 }))
    expect(a).toEqual(b)
    expect(a?.[0]).not.toEqual(a?.[1])
  })

  it('mirrors left and right, exactly', () => {
    const size = 5
    const pixels = noise(size)
    const [view = new Float32Array()] = viewsOf(pixels, { flipProbability: 1 }, { size })
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        for (let c = 0; c < 3; c++)
          expect(view[(y * size + x) * 3 + c]).toBeCloseTo(
            (pixels[(y * size + (size - 1 - x)) * 3 + c] ?? 0) / 255,
            5,
          )
  })

  it('crops inside the image, by no less than the area it is given', () => {
    const size = 32
    // Red grows to the right, green downwards: a view tells what part of the image it shows.
    const pixels = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3)
      const place = i % 3 === 0 ? pixel % size : Math.floor(pixel / size)
      return i % 3 === 2 ? 0 : place * 8
    })
    const shares = viewsOf(pixels, { cropMinimum: 0.2 }, { size, count: 300 }).map((view) => {
      const last = (size * size - 1) * 3
      const spanOf = (c: number) => ((view[last + c] ?? 0) - (view[c] ?? 0)) / (248 / 255)
      return spanOf(0) * spanOf(1)
    })
    // A span reaches from the middle of the first pixel to that of the last: a little less.
    expect(Math.min(...shares)).toBeGreaterThan(0.17)
    expect(Math.min(...shares)).toBeLessThan(0.3)
    expect(Math.max(...shares)).toBeGreaterThan(0.9)
    expect(Math.max(...shares)).toBeLessThanOrEqual(1.0001)
  })

  it('makes grey of the lightness of the colours', () => {
    const pixels = noise(6)
    const [view = new Float32Array()] = viewsOf(pixels, { grayscaleProbability: 1 }, { size: 6 })
    for (let i = 0; i < view.length; i += 3) {
      const [r = 0, g = 0, b = 0] = pixels.subarray(i, i + 3)
      for (let c = 0; c < 3; c++)
        expect(view[i + c]).toBeCloseTo((0.299 * r + 0.587 * g + 0.114 * b) / 255, 4)
    }
  })

  it('changes brightness as a whole, contrast around the mean, and hue not at all for grey', () => {
    const grey = Uint8Array.from(
      { length: 8 * 8 * 3 },
      (_, i) => 100 + (Math.floor(i / 3) % 2) * 20,
    )
    const always = { jitterProbability: 1 }
    const brightness = viewsOf(grey, { ...always, brightness: 0.4 }, { size: 8, count: 200 })
    const factors = brightness.map((view) => meanOf(view) / (110 / 255))
    expect(Math.min(...factors)).toBeGreaterThan(0.599)
    expect(Math.max(...factors)).toBeLessThan(1.401)
    expect(Math.max(...factors) - Math.min(...factors)).toBeGreaterThan(0.7)
    for (const view of viewsOf(grey, { ...always, contrast: 0.4 }, { size: 8, count: 20 }))
      expect(meanOf(view)).toBeCloseTo(110 / 255, 4)
    for (const view of viewsOf(
      grey,
      { ...always, hue: 0.5, saturation: 0.9 },
      { size: 8, count: 20 },
    ))
      expect(
        largestDifference(
          view,
          Float32Array.from(grey, (byte) => byte / 255),
        ),
      ).toBeLessThan(1e-5)
  })

  it('turns hues around the circle and keeps what is lightest and darkest in range', () => {
    const brown = Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => [150, 100, 80][i % 3] ?? 0)
    const views = viewsOf(brown, { jitterProbability: 1, hue: 0.5 }, { size: 4, count: 200 })
    expect(new Set(views.map((view) => strongestChannelOf(view)))).toEqual(new Set([0, 1, 2]))
    const wild = { ...augmentationOf('contrastive', 2, 0.5), blurProbability: 0 }
    for (const view of viewsOf(noise(16), wild, { size: 16, count: 50 }))
      expect(view.every((value) => value >= 0 && value <= 1)).toBe(true)
  })

  it('blurs: less variation, the same mean', () => {
    const pixels = noise(32)
    const [sharp = new Float32Array()] = viewsOf(pixels, {}, { size: 32 })
    const views = viewsOf(pixels, { blurProbability: 1 }, { size: 32, count: 20 })
    for (const view of views) expect(meanOf(view)).toBeCloseTo(meanOf(sharp), 2)
    const shares = views.map((view) => varianceOf(view) / varianceOf(sharp))
    expect(Math.max(...shares)).toBeLessThan(1)
    expect(Math.min(...shares)).toBeLessThan(0.2)
  })
})

function strongestChannelOf(view: Float32Array): number {
  const means = [0, 1, 2].map((channel) => meanOf(view, channel))
  return means.indexOf(Math.max(...means))
}

describe('augmentationOf', () => {
  it('is nothing at strength 0, whatever the regime, but for the flip that was asked for', () => {
    for (const regime of ['contrastive', 'metric'] as const) {
      const { cropMinimum, flipProbability, ...rest } = augmentationOf(regime, 0, 0.3)
      expect({ cropMinimum, flipProbability }).toEqual({ cropMinimum: 1, flipProbability: 0.3 })
      expect(Object.values(rest).every((value) => value === 0)).toBe(true)
    }
  })

  it('keeps probabilities and shares in range at any strength', () => {
    for (const strength of [0.5, 1, 2]) {
      const recipe = augmentationOf('contrastive', strength, 1)
      for (const value of Object.values(recipe)) expect(value >= 0 && value <= 1).toBe(true)
      expect(recipe.cropMinimum).toBeGreaterThan(0)
    }
  })

  it('is milder where labels give the positives', () => {
    const [contrastive, metric] = (['contrastive', 'metric'] as const).map((regime) =>
      augmentationOf(regime, 1, 0.5),
    )
    expect(metric?.cropMinimum).toBeGreaterThan(contrastive?.cropMinimum ?? 1)
    expect(metric?.blurProbability).toBe(0)
  })
})
