import { describe, expect, it } from 'vitest'
import { clusterAgreement } from '../../../src-main/analysis/clusterAgreement.ts'
import { random } from '../../../src-main/numeric/random.ts'

describe('clusterAgreement', () => {
  it('is 1 for the same groups under other names, whatever their number', () => {
    for (const labels of [[0, 0, 1, 1, 2], [4, 4, 4], [0, 1, 2, 3], [7]]) {
      const others = labels.map((label) => 9 - label)
      const { nmi, ami, ari } = clusterAgreement(labels, others)
      expect(nmi).toBeCloseTo(1, 12)
      expect(ami).toBeCloseTo(1, 12)
      expect(ari).toBe(1)
    }
  })

  it('is 0 where one cluster holds all', () => {
    const { nmi, ami, ari } = clusterAgreement([0, 0, 1, 1], [5, 5, 5, 5])
    expect([nmi, ami, ari]).toEqual([0, 0, 0])
  })

  it('corrects for chance: random clusters have an AMI and ARI of 0 on average, and not an NMI', () => {
    const stream = random(3, 'clusters')
    const labels = Array.from({ length: 60 }, (_, i) => i % 6)
    const rounds = Array.from({ length: 200 }, () =>
      clusterAgreement(
        labels,
        labels.map(() => stream.integer(12)),
      ),
    )
    const meanOf = (key: 'nmi' | 'ami' | 'ari') =>
      rounds.reduce((sum, round) => sum + round[key], 0) / rounds.length
    expect(Math.abs(meanOf('ami'))).toBeLessThan(0.01)
    expect(Math.abs(meanOf('ari'))).toBeLessThan(0.01)
    expect(meanOf('nmi')).toBeGreaterThan(0.2)
  })
})
