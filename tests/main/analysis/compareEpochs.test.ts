import { beforeAll, expect, it } from 'vitest'
import { compareEpochs } from '../../../src-main/analysis/compareEpochs.ts'
import type { EpochPair } from '../../../src-main/analysis/compareEpochs.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'

beforeAll(async () => {
  await openEngine('wasm')
})

/** Unit rows at these angles. */
const rowsAt = (degrees: readonly number[]) => ({
  data: Float32Array.from(
    degrees.flatMap((angle) => [
      Math.cos((angle * Math.PI) / 180),
      Math.sin((angle * Math.PI) / 180),
    ]),
  ),
  dim: 2,
})

const everyone = Int32Array.of(0, 1, 2, 3)
const pair: EpochPair = {
  // Left: each image next to one of the other label. Right: next to its own.
  left: rowsAt([0, 100, 10, 110]),
  right: rowsAt([0, 10, 100, 110]),
  labels: Int32Array.of(0, 0, 1, 1),
  hashes: ['a', 'b', 'c', 'd'],
  queries: everyone,
  gallery: everyone,
  anchors: everyone,
  regime: 'contrastive',
  temperatures: [0.5, 0.5],
}
const named = async (change: Partial<EpochPair>) =>
  new Map((await compareEpochs({ ...pair, ...change })).map((delta) => [delta.name, delta]))

it('measures the same images on both sides', async () => {
  const deltas = await named({})
  expect(deltas.get('recallAt1')).toMatchObject({ left: 0, right: 1, difference: 1, images: 4 })
  expect(deltas.get('rPrecision')).toMatchObject({ left: 0, right: 1 })
  expect(deltas.get('mapAtR')).toMatchObject({ left: 0, right: 1, low: 1, high: 1 })
})

it('finds the share of the push that lands on an image’s own label', async () => {
  // By hand, for the outer and the inner image of a pair at τ = ½.
  const cos = (degrees: number) => Math.exp(2 * Math.cos((degrees * Math.PI) / 180))
  const outer = cos(10) / (cos(10) + cos(100) + cos(110))
  const inner = cos(10) / (cos(10) + cos(90) + cos(100))
  const deltas = await named({})
  expect(deltas.get('falsePush')?.right).toBeCloseTo((outer + inner) / 2, 5)
  expect(deltas.get('falsePush')?.left).toBeLessThan(0.2)
})

it('leaves out what cannot be asked', async () => {
  expect([...(await named({ anchors: new Int32Array(0) })).keys()]).not.toContain('falsePush')
  expect(await compareEpochs({ ...pair, labels: new Int32Array(4).fill(-1) })).toEqual([])
})
