import { describe, expect, it } from 'vitest'
import type { RunRequest } from '../../../src-main/contract/runs.ts'
import { labelIndexOf } from '../../../src-main/training/labelIndex.ts'
import { resolveRunConfig } from '../../../src-main/training/resolve.ts'
import { createSampling, superLabelsOf } from '../../../src-main/training/sampling.ts'

const labels = Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3)
const pathOf = (label: number, i: number) =>
  `/photos/${label < 2 ? 'cats' : 'dogs'}/${label}/${i}.png`
const paths = Array.from(labels, pathOf)
const everyone = Int32Array.from(labels.keys())
const index = labelIndexOf(labels, everyone)

describe('superLabelsOf', () => {
  it('takes the folder above the label’s own', () => {
    expect([...superLabelsOf({ labels, paths }, index)]).toEqual([0, 0, 1, 1])
    const windows = paths.map((path) => `C:${path.replaceAll('/', '\\')}`)
    expect([...superLabelsOf({ labels, paths: windows }, index)]).toEqual([0, 0, 1, 1])
  })

  it('lets what a person said of a label win', () => {
    const labelParents = [null, 'beasts', 'beasts', null]
    expect([...superLabelsOf({ labels, paths, labelParents }, index)]).toEqual([0, 1, 1, 2])
  })

  it('knows only labels that are trained on', () => {
    const some = labelIndexOf(labels, Int32Array.of(2, 3, 6, 7))
    expect([...superLabelsOf({ labels, paths }, some)]).toEqual([0, 1])
  })
})

describe('createSampling', () => {
  const configOf = (settings: RunRequest['settings']) =>
    resolveRunConfig(
      { regime: 'metric', engine: 'auto', loss: { name: 'supcon', params: {} }, settings },
      'native',
    )
  const hashes = Array.from(labels, (_, i) => `hash ${i}`)

  it('gives every epoch as many steps, whatever the sampler deals', () => {
    const images = { labels, paths, hashes }
    for (const sampler of ['hierarchical', 'balanced', 'hard-labels', 'distinct'] as const) {
      const config = configOf({ sampler, batchSize: 4, imagesPerLabel: 2, dim: 2 })
      const sampling = createSampling(config, images, everyone)
      const prototypes = Float32Array.of(1, 0, 0.9, 0.1, -1, 0, 0, -1)
      for (const epoch of [1, 2, 3]) {
        const batches = sampling.batchesOf(epoch, prototypes)
        expect(batches).toHaveLength(sampling.stepsPerEpoch)
        expect(batches.every((batch) => batch.length === 4)).toBe(true)
        expect(sampling.batchesOf(epoch, prototypes)).toEqual(batches)
      }
    }
  })

  it('never deals an image that is not trained on', () => {
    const training = Int32Array.of(0, 1, 4, 5)
    const config = configOf({ sampler: 'balanced', batchSize: 4, imagesPerLabel: 2 })
    const sampling = createSampling(config, { labels, paths, hashes }, training)
    const seen = new Set(sampling.batchesOf(1, null).flatMap((batch) => [...batch]))
    expect([...seen].sort()).toEqual([0, 1, 4, 5])
  })
})
