import { describe, expect, it } from 'vitest'
import { closestPairs, orderOf } from '../../../src-renderer/explore/prototypes/order.ts'
import { shadeOf, shadeScaleOf } from '../../../src-renderer/explore/prototypes/shades.ts'

// Two pairs of labels that are alike, not next to each other.
const matrix = {
  labels: ['wolf', 'pie', 'dog', 'cake'],
  cosines: Float32Array.from(
    [
      [1, -0.4, 0.9, -0.3],
      [-0.4, 1, -0.2, 0.8],
      [0.9, -0.2, 1, -0.1],
      [-0.3, 0.8, -0.1, 1],
    ].flat(),
  ),
}

describe('the order of labels', () => {
  it('puts those that are alike next to each other', () => {
    const order = orderOf(matrix, 'alike').map((label) => matrix.labels[label])
    expect(order).toHaveLength(4)
    expect(Math.abs(order.indexOf('wolf') - order.indexOf('dog'))).toBe(1)
    expect(Math.abs(order.indexOf('pie') - order.indexOf('cake'))).toBe(1)
  })

  it('goes by name, and has every one of 500 labels once', () => {
    expect(orderOf(matrix, 'name').map((label) => matrix.labels[label])).toEqual([
      'cake',
      'dog',
      'pie',
      'wolf',
    ])
    const many = {
      labels: Array.from({ length: 500 }, (_, i) => `${i}`),
      cosines: new Float32Array(500 * 500).fill(0.1),
    }
    expect(new Set(orderOf(many, 'alike')).size).toBe(500)
    expect(orderOf({ labels: [], cosines: new Float32Array() }, 'alike')).toEqual([])
  })

  it('lists the most alike first', () => {
    expect(closestPairs(matrix, 2).map(({ first, second }) => [first, second])).toEqual([
      [0, 2],
      [1, 3],
    ])
  })
})

describe('the shades of cosines', () => {
  const scale = shadeScaleOf({ ...matrix, ideal: -1 / 3 })

  it('are grey at the ideal, and reach both ends as far from it', () => {
    expect(scale.span).toBeCloseTo(0.9 + 1 / 3)
    const [r, g, b] = shadeOf(-1 / 3, scale)
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(0.06)
    const warm = shadeOf(0.9, scale)
    const cold = shadeOf(-1 / 3 - scale.span, scale)
    expect(warm[0]).toBeGreaterThan(warm[2])
    expect(cold[2]).toBeGreaterThan(cold[0])
    expect(shadeOf(NaN, scale)).toEqual(shadeOf(-1 / 3, scale))
  })
})
