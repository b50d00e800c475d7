import { describe, expect, it } from 'vitest'
import type { ParameterValues } from '../../../src-main/contract/catalogue.ts'
import { placeLayers } from '../../../src-main/model/network.ts'
import { networkOf } from '../../../src-main/training/networkOf.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'

function networkFor(settings: ParameterValues) {
  const loss = { name: 'supcon', params: {} }
  const config = resolveRunConfig({ regime: 'metric', engine: 'auto', loss, settings }, 'native')
  return networkOf(config.settings)
}

describe('networkOf', () => {
  it.each([
    ['cnn', 128],
    ['resnet18', 256],
    ['mobilenetv2', 256],
  ] as const)('makes a %s with the default width, depth and image size', (backbone, features) => {
    const { featureDim, dim } = placeLayers(networkFor({ backbone }))
    expect([featureDim, dim]).toEqual([features, 64])
  })

  it('is the plain network unless another was asked for', () => {
    expect(networkFor({})).toEqual(networkFor({ backbone: 'cnn', dropout: 0 }))
  })

  it('drops features before the projector, by the seed of the run', () => {
    const [first] = networkFor({ dropout: 0.2, seed: 7 }).projector
    expect(first).toMatchObject({ kind: 'dropout', rate: 0.2, seed: 7 })
    expect(networkFor({}).projector.map(({ kind }) => kind)).toEqual(['dense'])
  })
})
