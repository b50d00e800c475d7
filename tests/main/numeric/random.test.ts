import { describe, expect, it } from 'vitest'
import { random } from '../../../src-main/numeric/random.ts'

/** The first numbers of a stream. */
const numbers = (stream: { next(): number }, count = 8) =>
  Array.from({ length: count }, () => stream.next())

describe('random', () => {
  it('gives the same stream for the same arguments', () => {
    expect(numbers(random(7, 'crops', 3, 12))).toEqual(numbers(random(7, 'crops', 3, 12)))
  })

  it.each([
    ['seed', random(8, 'crops', 3, 12)],
    ['purpose', random(7, 'flips', 3, 12)],
    ['index', random(7, 'crops', 3, 13)],
    ['order of the indices', random(7, 'crops', 12, 3)],
    ['number of indices', random(7, 'crops', 3, 12, 0)],
    ['high half of a seed', random(7 + 2 ** 32, 'crops', 3, 12)],
    ['sign of a seed', random(-7, 'crops', 3, 12)],
  ])('gives another stream for another %s', (_, other) => {
    expect(numbers(other)).not.toEqual(numbers(random(7, 'crops', 3, 12)))
  })

  it('is uniform in [0, 1)', () => {
    const stream = random(1, 'uniform')
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 20_000; i++) {
      const value = stream.next()
      expect(value >= 0 && value < 1).toBe(true)
      counts[Math.floor(10 * value)]!++
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })

  it('is uniform over the first numbers of neighbouring streams', () => {
    let sum = 0
    let products = 0
    let before = random(1, 'start', 0).next()
    for (let i = 1; i <= 10_000; i++) {
      const value = random(1, 'start', i).next()
      sum += value
      products += (value - 0.5) * (before - 0.5)
      before = value
    }
    expect(sum / 10_000).toBeCloseTo(0.5, 1)
    expect(Math.abs(products / 10_000)).toBeLessThan(0.004)
  })

  it('has normal numbers of mean 0 and variance 1', () => {
    const stream = random(2, 'normal')
    let [sum, squares, fourths] = [0, 0, 0]
    for (let i = 0; i < 50_000; i++) {
      const value = stream.normal()
      sum += value
      squares += value ** 2
      fourths += value ** 4
    }
    expect(Math.abs(sum / 50_000)).toBeLessThan(0.02)
    expect(Math.abs(squares / 50_000 - 1)).toBeLessThan(0.03)
    expect(Math.abs(fourths / 50_000 - 3)).toBeLessThan(0.2)
  })

  it('has integers below a bound, each as often as another', () => {
    const stream = random(3, 'integers')
    const counts = new Array<number>(7).fill(0)
    for (let i = 0; i < 14_000; i++) counts[stream.integer(7)]!++
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
    expect(random(3, 'one').integer(1)).toBe(0)
  })

  it.each([0, -1, 1.5, NaN, 2 ** 33])('refuses integers below %d', (below) => {
    expect(() => random(1, 'x').integer(below)).toThrow(TypeError)
  })

  it.each([0.5, NaN, 2 ** 60])('refuses the seed %d', (seed) => {
    expect(() => random(seed, 'x')).toThrow(TypeError)
  })

  it('shuffles in place, to any order equally often', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const items = [1, 2, 3]
      expect(random(4, 'shuffle', i).shuffle(items)).toBe(items)
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  it('shuffles typed arrays as it does arrays', () => {
    const typed = random(5, 'x').shuffle(Int32Array.of(1, 2, 3, 4, 5))
    expect([...typed]).toEqual(random(5, 'x').shuffle([1, 2, 3, 4, 5]))
  })
})
