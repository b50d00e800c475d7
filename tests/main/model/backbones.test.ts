import { describe, expect, it } from 'vitest'
import { mobilenetV2 } from '../../../src-main/model/backbones/mobilenetV2.ts'
import { resnet18 } from '../../../src-main/model/backbones/resnet18.ts'
import { smallCnn } from '../../../src-main/model/backbones/smallCnn.ts'
import { placeLayers } from '../../../src-main/model/network.ts'
import type { Layer } from '../../../src-main/model/network.ts'
import { createWeights } from '../../../src-main/model/weights.ts'
import { networkOf } from './examples.ts'

/** Sides of the maps, first to last, without repetition. */
function sidesOf(imageSize: number, backbone: Layer[]): number[] {
  const sides = placeLayers(networkOf(imageSize, backbone)).backbone.flatMap(({ output }) =>
    output.kind === 'map' ? [output.height] : [],
  )
  return sides.filter((side, i) => side !== sides[i - 1])
}

/** Trainable numbers. */
function sizeOf(imageSize: number, backbone: Layer[]): number {
  return createWeights(networkOf(imageSize, backbone), 1).trainable.length
}

describe('smallCnn', () => {
  it('doubles its filters up to four times the width', () => {
    const filters = smallCnn({ width: 32, depth: 4 }).flatMap((layer) =>
      layer.kind === 'conv' ? [layer.filters] : [],
    )
    expect(filters).toEqual([32, 64, 128, 128])
  })

  it.each([
    { width: 0, depth: 4 },
    { width: 32, depth: 0 },
    { width: 2.5, depth: 4 },
    { width: 32, depth: 9 },
  ])('refuses %o', (options) => {
    expect(() => smallCnn(options)).toThrow(expect.objectContaining({ code: 'bad-request' }))
  })
})

describe('resnet18', () => {
  it('has the weights of the paper’s network at its size', () => {
    const paper = resnet18({ width: 64, depth: 4, imageSize: 224 })
    // 11,689,512 with the classifier of 512 × 1000 + 1000.
    expect(sizeOf(224, paper)).toBe(11_689_512 - 513_000)
    expect(sidesOf(224, paper)).toEqual([112, 56, 28, 14, 7])
  })

  it('keeps the whole side of small images in its stem', () => {
    const options = { width: 4, depth: 4 }
    expect(sidesOf(64, resnet18({ ...options, imageSize: 64 }))).toEqual([64, 32, 16, 8])
    expect(sidesOf(96, resnet18({ ...options, imageSize: 96 }))).toEqual([48, 24, 12, 6, 3])
    expect(sidesOf(9, resnet18({ width: 4, depth: 2, imageSize: 9 }))).toEqual([9, 5])
  })

  it.each([
    { width: 0, depth: 4 },
    { width: 8, depth: 5 },
  ])('refuses %o', (options) => {
    expect(() => resnet18({ ...options, imageSize: 32 })).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    )
  })
})

describe('mobilenetV2', () => {
  it('has the weights of the paper’s network at its size', () => {
    const paper = mobilenetV2({ width: 32, depth: 7, imageSize: 224 })
    // 3,504,872 with the classifier of 1280 × 1000 + 1000.
    expect(sizeOf(224, paper)).toBe(3_504_872 - 1_281_000)
    expect(sidesOf(224, paper)).toEqual([112, 56, 28, 14, 7])
  })

  it('has its narrower forms: the multiplier ½', () => {
    // 1,968,680 with the classifier; the last convolution stays at 1280 filters.
    expect(sizeOf(224, mobilenetV2({ width: 16, depth: 7, imageSize: 224 }))).toBe(
      1_968_680 - 1_281_000,
    )
  })

  it('leaves out the first strides on small images', () => {
    const sidesAt = (imageSize: number, depth: number) =>
      sidesOf(imageSize, mobilenetV2({ width: 8, depth, imageSize }))
    expect(sidesAt(64, 7)).toEqual([64, 32, 16, 8, 4])
    expect(sidesAt(64, 4)).toEqual([32, 16, 8, 4])
    expect(sidesAt(32, 7)).toEqual([32, 16, 8, 4])
    expect(sidesAt(8, 7)).toEqual([8, 4])
    expect(sidesAt(3, 2)).toEqual([3])
  })

  it.each([
    { width: 513, depth: 4 },
    { width: 8, depth: 8 },
  ])('refuses %o', (options) => {
    expect(() => mobilenetV2({ ...options, imageSize: 32 })).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    )
  })
})
