import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  readFeatures,
  storeFeatures,
} from '../../../../src-main/analysis/suspects/storedFeatures.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antipode-features-'))
})
afterAll(() => rm(folder, { recursive: true }))

const features = (value: number) => ({ data: Float32Array.of(value, 2, 3, 4, 5, 6), dim: 3 })

it('keeps the features of the last two epochs, and reads them back bit for bit', async () => {
  for (const epoch of [0, 1, 9, 10]) await storeFeatures(folder, epoch, features(epoch / 3))
  expect((await readdir(join(folder, 'embeddings'))).sort()).toEqual([
    '10.features.npy',
    '9.features.npy',
  ])
  expect(await readFeatures(folder, 9)).toEqual(features(3))
  expect(await readFeatures(folder, 1)).toBeNull()
})

it('goes back in time with a run that was resumed', async () => {
  await storeFeatures(folder, 9, features(7))
  expect(await readFeatures(folder, 9)).toEqual(features(7))
})
