import { describe, expect, it } from 'vitest'
import type { EngineKind } from '../../../src-main/contract/engines.ts'
import type { Regime } from '../../../src-main/contract/catalogue.ts'
import { checkMemory, memoryNeedOf } from '../../../src-main/training/checkMemory.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'

const gigabyte = 1e9

function configOf(
  settings: Record<string, number | string>,
  engine: EngineKind = 'native',
  regime: Regime = 'contrastive',
) {
  const loss = { name: regime === 'metric' ? 'supcon' : 'nt-xent', params: {} }
  return resolveRunConfig({ regime, engine: 'auto', loss, settings }, engine)
}

const limits = (freeBytes: number, largestTensorBytes: number | null = null) => ({
  freeBytes,
  largestTensorBytes,
})

describe('checkMemory', () => {
  it('lets the usual run through with 1 GB left', () => {
    for (const regime of ['contrastive', 'metric'] as const)
      expect(() => checkMemory(configOf({}, 'native', regime), limits(gigabyte))).not.toThrow()
  })

  it('refuses a batch that will not fit, and names one that will', () => {
    const asked = { imageSize: 64, batchSize: 512 }
    let message = ''
    try {
      checkMemory(configOf(asked), limits(gigabyte))
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/^A batch of 512 images of 64 px would take about [\d.]+ GB on native/)
    const batchSize = Number(/Try a batch size of (\d+)/.exec(message)![1])
    expect(batchSize % 8).toBe(0)
    expect(() => checkMemory(configOf({ ...asked, batchSize }), limits(gigabyte))).not.toThrow()
    const next = { ...asked, batchSize: batchSize + 8 }
    expect(() => checkMemory(configOf(next), limits(gigabyte))).toThrow()
  })

  it('names no batch size where not even the smallest would fit', () => {
    const config = configOf({ imageSize: 512, width: 128, batchSize: 4 })
    expect(() => checkMemory(config, limits(0.3 * gigabyte))).toThrow(
      /smaller images or a narrower/,
    )
  })

  it('asks a graphics card for its largest tensor, and not for the memory of the processor', () => {
    const config = configOf({ imageSize: 128, batchSize: 256 }, 'webgpu')
    expect(() => checkMemory(config, limits(1e6, 4 * gigabyte))).not.toThrow()
    // Two views of 128 × 128 × 32 numbers of four bytes are the largest map of an image: 4.2 MB.
    expect(() => checkMemory(config, limits(1e6, 128 * 2 ** 20))).toThrow(
      /largest tensor of a batch of 256 images would take 1\.1 GB.*at most 135 MB.*batch size of 32/,
    )
  })
})

describe('memoryNeedOf', () => {
  it('counts every map once: image, convolution, norm, ReLU, pool, vector and row', () => {
    const config = configOf({ imageSize: 8, width: 2, depth: 1, dim: 3 }, 'native', 'metric')
    const numbers = 8 * 8 * 3 + 3 * 8 * 8 * 2 + 4 * 4 * 2 + 2 + 3
    expect(memoryNeedOf(config).bytesPerImage).toBe(4 * numbers)
    expect(memoryNeedOf(config).largestTensorBytesPerImage).toBe(4 * 8 * 8 * 3)
    const twoViews = { ...config, regime: 'contrastive' as const }
    expect(memoryNeedOf(twoViews).bytesPerImage).toBe(8 * numbers)
  })

  it('sees into residual blocks', () => {
    const shallow = memoryNeedOf(configOf({ backbone: 'resnet18', imageSize: 32 }))
    const large = memoryNeedOf(configOf({ backbone: 'resnet18', imageSize: 64 }))
    expect(large.bytesPerImage / shallow.bytesPerImage).toBeGreaterThan(3.5)
    expect(shallow.bytesPerImage).toBeGreaterThan(4 * 17 * 16 * 16 * 16)
  })
})
