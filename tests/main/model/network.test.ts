import { describe, expect, it } from 'vitest'
import { smallCnn } from '../../../src-main/model/backbones/smallCnn.ts'
import type { Layer } from '../../../src-main/model/network.ts'
import { dimOf, featureDimOf, placeLayers } from '../../../src-main/model/network.ts'
import { mlpProjector } from '../../../src-main/model/projector.ts'
import { createWeights, specsOf, weightsFrom } from '../../../src-main/model/weights.ts'
import { average, conv, dense, networkOf, norm, pool, relu } from './examples.ts'

const reference = networkOf(
  64,
  smallCnn({ width: 32, depth: 4 }),
  mlpProjector({ hidden: 256, dim: 128 }),
)

describe('placeLayers', () => {
  it('works out every activation', () => {
    const { backbone, projector } = placeLayers(
      networkOf(
        9,
        [conv('a', { stride: 2 }), conv('b', { padding: 'valid' }), pool, average],
        [dense('p', 7)],
      ),
    )
    expect(backbone.map(({ output }) => output)).toEqual([
      { kind: 'map', height: 5, width: 5, channels: 4 },
      { kind: 'map', height: 3, width: 3, channels: 4 },
      { kind: 'map', height: 1, width: 1, channels: 4 },
      { kind: 'vector', channels: 4 },
    ])
    expect(projector[0]?.output).toEqual({ kind: 'vector', channels: 7 })
  })

  it('knows the lengths of features and rows', () => {
    expect([featureDimOf(reference), dimOf(reference)]).toEqual([128, 128])
    expect(dimOf(networkOf(8, [conv('a', { filters: 3 }), average]))).toBe(3)
  })

  it.each([
    [networkOf(8, [conv('a')]), /global average pool/],
    [networkOf(8, []), /ends in a map/],
    [networkOf(8, [dense('d', 3)]), /d: a dense layer needs a vector, found a map of 8×8×3/],
    [
      networkOf(8, [average, conv('c')]),
      /c: a 3×3 convolution needs a map of positions, found a vector of 3/,
    ],
    [networkOf(8, [average, pool]), /2×2 max-pool needs a map of positions, found a vector of 3/],
    [networkOf(8, [average, average]), /average pool needs a map/],
    [networkOf(4, [conv('c', { size: 5, padding: 'valid' }), average]), /at least 5×5, found 4×4/],
    [networkOf(8, smallCnn({ width: 4, depth: 4 })), /at least 2×2, found 1×1; use larger images/],
    [networkOf(8, [conv('a'), norm('a'), average]), /Two layers have the name a/],
    [networkOf(0, [average]), /0 px/],
    [
      networkOf(8, [{ kind: 'residual', body: [conv('a', { stride: 2 })], shortcut: [] }, average]),
      /block with a ends in a map of 4×4×4, but its shortcut in a map of 8×8×3/,
    ],
    [
      networkOf(8, [{ kind: 'frozen', layers: [conv('a')] }, conv('a'), average]),
      /Two layers have the name a/,
    ],
    [networkOf(8, [{ ...pool, stride: 0 } as Layer, average]), /stride of 0, expected whole/],
    [
      networkOf(8, [{ kind: 'dropout', name: 'd', rate: 1, seed: 1 }, average]),
      /d: dropout has a rate of 1, expected 0 or more/,
    ],
    [networkOf(8, [{ kind: 'l2Normalize' }, average]), /L2 normalisation needs a vector/],
  ])('says what does not fit (%#)', (network, message) => {
    expect(() => placeLayers(network)).toThrow(message)
    expect(() => placeLayers(network)).toThrow(expect.objectContaining({ code: 'bad-request' }))
  })
})

describe('mlpProjector', () => {
  it('has one dense layer without hidden units', () => {
    expect(mlpProjector({ hidden: 0, dim: 8 })).toEqual([
      { kind: 'dense', name: 'projector/output', units: 8 },
    ])
    expect(mlpProjector({ hidden: 16, dim: 8 }).map(({ kind }) => kind)).toEqual([
      'dense',
      'relu',
      'dense',
    ])
  })

  it.each([
    { hidden: -1, dim: 8 },
    { hidden: 0, dim: 1 },
  ])('refuses %o', (options) => {
    expect(() => mlpProjector(options)).toThrow(expect.objectContaining({ code: 'bad-request' }))
  })
})

describe('weights', () => {
  const network = networkOf(8, [conv('a'), norm('an'), relu, average], [dense('p', 5)])

  it('lie one after the other, in the order of the layers', () => {
    expect(specsOf(network)).toEqual([
      { name: 'a/kernel', shape: [3, 3, 3, 4], trainable: true, offset: 0 },
      { name: 'an/gamma', shape: [4], trainable: true, offset: 108 },
      { name: 'an/beta', shape: [4], trainable: true, offset: 112 },
      { name: 'an/mean', shape: [4], trainable: false, offset: 0 },
      { name: 'an/variance', shape: [4], trainable: false, offset: 4 },
      { name: 'p/kernel', shape: [4, 5], trainable: true, offset: 116 },
      { name: 'p/bias', shape: [5], trainable: true, offset: 136 },
    ])
  })

  it('are seen through views', () => {
    const weights = createWeights(network, 1)
    weights.view('an/beta')[1] = 7
    expect(weights.trainable[113]).toBe(7)
    expect(() => weights.view('b/kernel')).toThrow(TypeError)
  })

  it('are the same for the same seed, and other ones for another', () => {
    expect(createWeights(network, 1).trainable).toEqual(createWeights(network, 1).trainable)
    expect(createWeights(network, 1).trainable).not.toEqual(createWeights(network, 2).trainable)
  })

  it('begin with the deviations of He and Glorot', () => {
    const weights = createWeights(reference, 1)
    const deviation = (name: string) => {
      const view = weights.view(name)
      return Math.sqrt(view.reduce((sum, value) => sum + value ** 2, 0) / view.length)
    }
    expect(deviation('backbone/conv3/kernel')).toBeCloseTo(Math.sqrt(2 / (9 * 64)), 2)
    expect(deviation('projector/output/kernel')).toBeCloseTo(Math.sqrt(2 / (256 + 128)), 2)
    expect(weights.view('backbone/norm1/gamma').every((value) => value === 1)).toBe(true)
    expect(weights.view('backbone/norm1/variance').every((value) => value === 1)).toBe(true)
  })

  it('are made over buffers without a copy', () => {
    const { trainable, statistics } = createWeights(network, 1)
    const weights = weightsFrom(network, { trainable, statistics })
    trainable[0] = 9
    expect(weights.view('a/kernel')[0]).toBe(9)
  })

  it('refuse buffers of another network', () => {
    const { trainable, statistics } = createWeights(network, 1)
    expect(() => weightsFrom(reference, { trainable, statistics })).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    )
  })
})
