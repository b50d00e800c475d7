import { describe, expect, it } from 'vitest'
import { embeddingStatistics } from '../../../../src-main/analysis/embeddingStatistics.ts'
import { Laboratory } from '../../../../src-main/analysis/temperature/Laboratory.ts'
import { pairStatistics } from '../../../../src-main/analysis/temperature/pairStatistics.ts'
import { temperatureCurve } from '../../../../src-main/analysis/temperature/temperatureCurve.ts'
import { clusteredRows, dot, everyOne } from '../suspects/made.ts'

const made = clusteredRows({ clusters: 4, perCluster: 20, dim: 16, noise: 0.15 })
const { data, dim, labels } = made
const count = labels.length
const isSuspect = (i: number, j: number) => labels[i] === labels[j] && (i + j) % 2 === 0
const input = { rows: made, labels, isNegative: () => true, isSuspect }

describe('Laboratory', () => {
  it('says whose push lands where, for one anchor', () => {
    const { anchors, push } = ((laboratory) => ({
      anchors: laboratory.anchors,
      push: laboratory.push({ kind: 'softmax', temperature: 0.1 }, 1),
    }))(new Laboratory(input, Int32Array.of(7)))
    expect(anchors).toHaveLength(1)
    expect(anchors[0]!.images).toHaveLength(count - 1)
    const power = (j: number) => Math.exp(dot(data, dim, 7, j) / 0.1)
    const others = Array.from(everyOne(count)).filter((j) => j !== 7)
    const sum = (which: (j: number) => boolean) =>
      others.filter(which).reduce((all, j) => all + power(j), 0)
    const all = sum(() => true)
    expect(push.onSameLabel).toBeCloseTo(sum((j) => labels[j] === labels[7]) / all, 4)
    expect(push.onSuspects).toBeCloseTo(sum((j) => isSuspect(7, j)) / all, 4)
    expect(push.strength).toBeCloseTo((1 - Math.exp(10) / (Math.exp(10) + all)) / 0.1, 3)
  })

  it('gives the mean over many anchors, and a sample of very many', () => {
    const single = Array.from(everyOne(count), (i) => new Laboratory(input, Int32Array.of(i)))
    const all = new Laboratory(input, everyOne(count))
    const weighting = { kind: 'softmax', temperature: 0.2 } as const
    const mean =
      single.reduce((sum, one) => sum + one.push(weighting, 1).effectiveNegatives, 0) / count
    expect(all.push(weighting, 1).effectiveNegatives).toBeCloseTo(mean, 8)
    expect(all.isSample).toBe(false)
    const twice = Int32Array.from({ length: 3 * count }, (_, i) => i % count)
    const sampled = new Laboratory(input, twice)
    expect(sampled.isSample).toBe(true)
    expect(sampled.anchors).toHaveLength(100)
  })

  it('leaves out what is no negative, and says nothing of labels where there are none', () => {
    const isNegative = (i: number, j: number) => labels[i] !== labels[j]
    const metric = new Laboratory({ ...input, isNegative }, Int32Array.of(0))
    expect(metric.anchors[0]!.images).toHaveLength(60)
    expect(metric.push({ kind: 'softmax', temperature: 0.1 }, 1).onSameLabel).toBe(0)
    const bare = new Laboratory(
      { ...input, labels: new Int32Array(count).fill(-1) },
      Int32Array.of(0),
    )
    expect(bare.push({ kind: 'softmax', temperature: 0.1 }, 1).onSameLabel).toBeNull()
  })

  it('puts more of the push on fellows the lower the temperature is', () => {
    const all = new Laboratory(input, everyOne(count))
    const on = [0.05, 0.2, 1].map(
      (temperature) => all.push({ kind: 'softmax', temperature }, 1).onSameLabel!,
    )
    expect(on).toEqual([...on].sort((a, b) => b - a))
    expect(on[0]).toBeGreaterThan(0.95)
  })

  it('has nothing to say of no anchors', () => {
    const none = new Laboratory(input, new Int32Array())
    expect(none.push({ kind: 'softmax', temperature: 0.1 }, 1)).toEqual({
      effectiveNegatives: 0,
      onSuspects: 0,
      onSameLabel: null,
      strength: 0,
    })
  })
})

describe('temperatureCurve', () => {
  const laboratory = new Laboratory(input, everyOne(count))
  const curve = temperatureCurve(input, laboratory, 1)

  it('spans .01 to 1, and has the push of each temperature', () => {
    expect(curve.points[0]!.temperature).toBeCloseTo(0.01, 10)
    expect(curve.points.at(-1)!.temperature).toBeCloseTo(1, 10)
    const { temperature, uniformityChange, toleranceChange, ...push } = curve.points[10]!
    expect(push).toEqual(laboratory.push({ kind: 'softmax', temperature }, 1))
    expect(uniformityChange).toBeLessThan(0)
    expect(toleranceChange).toBeLessThan(0)
  })

  it('the same evenness costs more tolerance at a low temperature than at a high one', () => {
    const price = ({ uniformityChange, toleranceChange }: (typeof curve.points)[number]) =>
      toleranceChange! / uniformityChange
    const [low, high] = [curve.points[0]!, curve.points.at(-1)!]
    expect(price(low)).toBeGreaterThan(1.2 * price(high))
  })

  it('knows today’s statistics', () => {
    const { alignment, uniformity, tolerance } = embeddingStatistics(made, labels)
    expect(curve.alignment).toBeCloseTo(alignment!, 5)
    expect(curve.uniformity).toBeCloseTo(uniformity!, 5)
    expect(curve.tolerance).toBeCloseTo(tolerance!, 5)
    const bare = pairStatistics(made, new Int32Array(count).fill(-1))
    expect([bare.alignment, bare.tolerance]).toEqual([null, null])
    expect(
      pairStatistics({ data: new Float32Array(dim), dim }, Int32Array.of(0)).uniformity,
    ).toBeNull()
  })
})
