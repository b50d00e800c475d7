import { describe, expect, it } from 'vitest'
import { joinPairs } from '../../../../src-main/analysis/temperature/joinedPairs.ts'
import { Repulsion } from '../../../../src-main/analysis/temperature/repulsion.ts'
import { pushOf } from '../../../../src-main/analysis/temperature/shares.ts'
import { VerdictGroups } from '../../../../src-main/contract/verdictGroups.ts'
import { madeRows } from '../madeRows.ts'

const dim = 5
const temperature = 0.2
const positive = 0.9

const made = (count: number) => madeRows({ count, dim, centres: 4, spread: 0.5 })

/** By the laboratory's weights, one anchor after the other. */
function slowly(rows: { data: Float32Array }, count: number, isNegative: Pair) {
  const cosine = (i: number, j: number) => {
    let sum = 0
    for (let d = 0; d < dim; d++) sum += rows.data[i * dim + d]! * rows.data[j * dim + d]!
    return sum
  }
  const push = Array.from({ length: count }, () => new Float64Array(count))
  for (let i = 0; i < count; i++) {
    const negatives = Array.from({ length: count }, (_, j) => j).filter(
      (j) => j !== i && isNegative(i, j),
    )
    const cosines = Float32Array.from(negatives, (j) => cosine(i, j))
    const { shares, strength } = pushOf(cosines, positive, { kind: 'softmax', temperature })
    negatives.forEach((j, n) => (push[i]![j] = strength * shares[n]!))
  }
  return push
}
type Pair = (i: number, j: number) => boolean
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)

describe('Repulsion', () => {
  const count = 14
  const rows = made(count)
  const isNegative = (i: number, j: number) => i % 4 !== j % 4 || Math.abs(i - j) === 4
  const repulsion = new Repulsion({ rows, isNegative, temperature, positive })
  const push = slowly(rows, count, isNegative)

  it('gives a pair what both of its images push, and nothing where they are no negatives', () => {
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        expect(repulsion.ofPair(i, j)).toBeCloseTo(push[i]![j]! + push[j]![i]!, 6)
    expect(repulsion.ofPair(1, 9)).toBe(0)
  })

  it('sums over all, and over a part on another, one way', () => {
    expect(repulsion.all()).toBeCloseTo(sum(push.map((row) => sum(row))), 6)
    const [first, second] = [Int32Array.of(0, 1, 2, 3), Int32Array.of(3, 5, 7)]
    const expected = sum([...first].map((i) => sum([...second].map((j) => push[i]![j]!))))
    expect(repulsion.from(first, second)).toBeCloseTo(expected, 6)
  })

  it('estimates sums over many images from some of them', () => {
    const many = made(900)
    const whole = new Repulsion({ rows: many, isNegative: () => true, temperature, positive })
    const exact = sum(slowly(many, 900, () => true).map((row) => sum(row)))
    expect(whole.all() / exact).toBeGreaterThan(0.97)
    expect(whole.all() / exact).toBeLessThan(1.03)
  })

  it('does not overflow at a tiny temperature, and knows rows that push nothing', () => {
    const cold = new Repulsion({ rows, isNegative: () => true, temperature: 1e-3, positive })
    expect(Number.isFinite(cold.all())).toBe(true)
    expect(cold.all()).toBeGreaterThan(0)
    const alone = new Repulsion({ rows, isNegative: () => false, temperature, positive })
    expect([alone.all(), alone.ofPair(0, 1)]).toEqual([0, 0])
    const broken = { data: rows.data.slice(), dim }
    broken.data[dim] = NaN
    const without = new Repulsion({ rows: broken, isNegative: () => true, temperature, positive })
    expect(without.ofPair(0, 1)).toBe(0)
    expect(without.ofPair(0, 2)).toBeGreaterThan(0)
    expect(Number.isFinite(without.all())).toBe(true)
  })
})

describe('joinPairs', () => {
  it('lists each pair that becomes one thing once, and none that contradicts', () => {
    const groups = VerdictGroups.of([
      { a: 1, b: 2, verdict: 'same' },
      { a: 2, b: 9, verdict: 'different' },
    ])
    const keys: string[] = []
    joinPairs(
      groups,
      [
        { first: 3, second: 4 },
        { first: 2, second: 3 },
        { first: 1, second: 4 },
        { first: 4, second: 9 },
      ],
      (first, second) => keys.push([first, second].sort((a, b) => a - b).join('-')),
    )
    expect(keys.sort()).toEqual(['1-3', '1-4', '2-3', '2-4', '3-4'])
  })
})
