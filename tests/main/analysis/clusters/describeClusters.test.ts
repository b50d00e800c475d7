import { describe, expect, it } from 'vitest'
import { clusterNames } from '../../../../src-main/analysis/clusters/clusterNames.ts'
import {
  concentrationOf,
  meanCosineOf,
} from '../../../../src-main/analysis/clusters/concentration.ts'
import { labelPrototypes } from '../../../../src-main/analysis/clusters/labelPrototypes.ts'
import { measureClusters } from '../../../../src-main/analysis/clusters/measureClusters.ts'
import { madeRows } from '../madeRows.ts'

describe('concentrationOf', () => {
  it('knows the mean cosine in three dimensions, coth κ − 1/κ', () => {
    for (const kappa of [0.5, 3, 40, 900])
      expect(meanCosineOf(kappa, 3)).toBeCloseTo(1 / Math.tanh(kappa) - 1 / kappa, 10)
  })

  it.each([2, 3, 128, 512])('inverts the mean cosine in %i dimensions', (dim) => {
    for (const kappa of [1, 20, 300, 5000])
      expect(concentrationOf(meanCosineOf(kappa, dim), dim)! / kappa).toBeCloseTo(1, 3)
  })

  it('takes no time for rows that are nearly the same', () => {
    const kappa = concentrationOf(1 - 2e-6, 128)!
    expect(kappa / (127 / 4e-6)).toBeCloseTo(1, 3)
  })

  it('has no bound for equal rows, and is 0 for rows that point everywhere', () => {
    expect(concentrationOf(1, 8)).toBeNull()
    expect(concentrationOf(0, 8)).toBe(0)
  })
})

describe('measureClusters', () => {
  const rows = madeRows({ count: 60, dim: 10, centres: 3, spread: 0.15 })
  const clusters = Int32Array.from({ length: 60 }, (_, i) => (i === 5 ? -1 : i % 3))
  const cosine = (i: number, j: number) => {
    let sum = 0
    for (let d = 0; d < 10; d++) sum += rows.data[i * 10 + d]! * rows.data[j * 10 + d]!
    return sum
  }
  const of = (c: number) => [...clusters.keys()].filter((i) => clusters[i] === c)
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

  it('has the silhouettes and medoids that all pairs give', () => {
    const fit = measureClusters(rows.data, 10, clusters)
    for (const [i, own] of clusters.entries()) {
      if (own < 0) {
        expect([fit.silhouettes[i], fit.cosines[i]]).toEqual([0, 0])
        continue
      }
      const inside = mean(
        of(own)
          .filter((j) => j !== i)
          .map((j) => 1 - cosine(i, j)),
      )
      const outside = Math.min(
        ...[0, 1, 2].filter((c) => c !== own).map((c) => mean(of(c).map((j) => 1 - cosine(i, j)))),
      )
      expect(fit.silhouettes[i]).toBeCloseTo((outside - inside) / Math.max(inside, outside), 5)
    }
    fit.clusters.forEach(({ medoid, rows: members, silhouette }, c) => {
      const near = (i: number) => mean(of(c).map((j) => cosine(i, j)))
      expect(near(medoid)).toBeCloseTo(Math.max(...of(c).map(near)), 6)
      expect(Array.from(members)).toEqual(of(c))
      expect(silhouette).toBeCloseTo(mean(of(c).map((i) => fit.silhouettes[i]!)), 6)
    })
  })

  it('measures angles between mean directions, and finds what lies far outside', () => {
    // Two groups at a right angle, one of them with a row of the other's.
    const data = new Float32Array(2 * 41)
    for (let i = 0; i < 41; i++) {
      const angle = (i < 20 ? 0 : Math.PI / 2) + 0.01 * ((i % 5) - 2)
      data.set([Math.cos(angle), Math.sin(angle)], 2 * i)
    }
    const assigned = Int32Array.from({ length: 41 }, (_, i) => (i < 20 || i === 40 ? 0 : 1))
    const { clusters: found } = measureClusters(data, 2, assigned)
    expect(Array.from(found[0]!.outliers)).toEqual([40])
    expect(found[1]!.outliers).toHaveLength(0)
    expect(found[0]!.nearest).toBe(1)
    expect(found[0]!.separationDegrees).toBeGreaterThan(80)
    expect(found[0]!.separationDegrees).toBeLessThan(91)
    expect(found[1]!.concentration).toBeGreaterThan(1000)
  })

  it('has nothing to compare a lone cluster with', () => {
    const { clusters: found, silhouettes } = measureClusters(rows.data, 10, new Int32Array(60))
    expect(found[0]).toMatchObject({ nearest: null, separationDegrees: null, silhouette: 0 })
    expect(silhouettes.every((value) => value === 0)).toBe(true)
    expect(measureClusters(new Float32Array(0), 10, new Int32Array(0)).clusters).toEqual([])
  })
})

describe('clusterNames', () => {
  const members = [Int32Array.of(0, 1, 2), Int32Array.of(3, 4, 5)]

  it('takes the label that most have', () => {
    const images = {
      paths: ['a/x.png', 'a/y.png', 'b/z.png', 'c/1.png', 'c/2.png', 'c/3.png'],
      labels: Int32Array.of(0, 0, 1, 1, -1, -1),
      labelNames: ['cat', 'dog'],
    }
    expect(clusterNames(members, images)).toEqual([
      { label: 'cat', purity: 2 / 3, name: 'cat' },
      { label: 'dog', purity: 1, name: 'dog' },
    ])
  })

  it('else takes words of folders and files that others do not have', () => {
    const images = {
      paths: ['photos/IMG_beach_01.jpg', 'photos/beach-2.jpg', 'photos/beach 3.jpg'].concat([
        'photos/alps/1.jpg',
        'photos/alps/2.jpg',
        'photos/3.jpg',
      ]),
      labels: new Int32Array(6).fill(-1),
      labelNames: [],
    }
    expect(clusterNames(members, images).map(({ name }) => name)).toEqual(['beach img', 'alps'])
    const plain = { ...images, paths: ['1', '2', '3', '4', '5', '6'] }
    expect(clusterNames(members, plain)[0]).toEqual({ label: null, purity: null, name: null })
  })
})

describe('labelPrototypes', () => {
  it('has −1/(K − 1) everywhere for a simplex, and leaves out labels and rows that are not there', () => {
    const data = new Float32Array(2 * 7)
    for (let i = 0; i < 6; i++) {
      const angle = (2 * Math.PI * (i % 3)) / 3
      data.set([Math.cos(angle), Math.sin(angle)], 2 * i)
    }
    data.set([NaN, 0], 12)
    const labels = Int32Array.of(0, 2, 3, 0, 2, -1, 1)
    const found = labelPrototypes({ data, dim: 2 }, labels, [
      'a',
      'never finite',
      'b',
      'c',
      'unused',
    ])
    expect(found.labels).toEqual(['a', 'b', 'c'])
    expect(Array.from(found.counts)).toEqual([2, 2, 1])
    expect(found.ideal).toBe(-0.5)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        expect(found.cosines[3 * a + b]).toBeCloseTo(a === b ? 1 : -0.5, 6)
    for (const tight of found.tightness) expect(tight).toBeCloseTo(1, 6)
  })

  it('has no ideal for one label, and nothing for none', () => {
    const rows = { data: Float32Array.of(1, 0), dim: 2 }
    expect(labelPrototypes(rows, Int32Array.of(0), ['a']).ideal).toBeNull()
    expect(labelPrototypes(rows, Int32Array.of(-1), ['a']).labels).toEqual([])
  })
})
