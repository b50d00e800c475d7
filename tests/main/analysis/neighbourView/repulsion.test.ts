import { describe, expect, it } from 'vitest'
import { PointTree } from '../../../../src-main/analysis/pointTree.ts'
import { Repulsion } from '../../../../src-main/analysis/neighbourView/repulsion.ts'
import { random } from '../../../../src-main/numeric/random.ts'

const sharpness = 1000

/** Points on the sphere in a few groups, some of them at the same place. */
function madePoints(count: number, spread: number): Float64Array {
  const stream = random(1, 'points')
  const points = new Float64Array(3 * count)
  for (let i = 0; i < count; i++) {
    const centre = random(2, 'centre', i % 5)
    const point = [0, 1, 2].map(() => centre.normal() + spread * stream.normal())
    const norm = Math.hypot(...point)
    point.forEach((value, d) => (points[3 * i + d] = value / norm))
  }
  return points
}

function exactly(points: Float64Array) {
  const forces = new Float64Array(points.length)
  let total = 0
  for (let i = 0; i < points.length; i += 3)
    for (let j = 0; j < points.length; j += 3) {
      if (i === j) continue
      const difference = [0, 1, 2].map((d) => points[i + d]! - points[j + d]!)
      const kernel = 1 / (1 + sharpness * difference.reduce((sum, value) => sum + value ** 2, 0))
      total += kernel
      difference.forEach((value, d) => (forces[i + d]! += kernel ** 2 * value))
    }
  return { forces, total }
}

describe('PointTree', () => {
  it.each([1, 2, 5, 7, 100, 1000])('shares %i points out, each to one leaf', (count) => {
    const tree = new PointTree(count)
    tree.build(madePoints(count, 0.3))
    expect(Array.from(tree.order).sort((a, b) => a - b)).toEqual([...Array(count).keys()])
    const places = []
    for (let leaf = tree.firstLeaf; leaf < tree.nodes; leaf++)
      for (let i = tree.from[leaf]!; i < tree.to[leaf]!; i++) places.push(i)
    expect(places).toEqual([...Array(count).keys()])
  })

  it('has every point of a node within its radius, also after points have moved', () => {
    const tree = new PointTree(500)
    tree.build(madePoints(500, 0.3))
    for (const spread of [0.3, 0.5]) {
      tree.refit(madePoints(500, spread))
      for (let node = 0; node < tree.nodes; node++)
        for (let i = tree.from[node]!; i < tree.to[node]!; i++) {
          const distance = Math.hypot(
            tree.x[i]! - tree.meanX[node]!,
            tree.y[i]! - tree.meanY[node]!,
            tree.z[i]! - tree.meanZ[node]!,
          )
          expect(distance).toBeLessThanOrEqual(tree.radius[node]! + 1e-12)
        }
    }
  })

  it('puts points that are near into the same leaf', () => {
    const points = madePoints(1000, 0.3)
    const tree = new PointTree(1000)
    tree.build(points)
    const reach = tree.radius.subarray(tree.firstLeaf).toSorted()[128]!
    expect(reach).toBeLessThan(0.15)
  })
})

describe('Repulsion', () => {
  it.each([
    [3, 1],
    [40, 0.5],
    [1500, 0.3],
    [1500, 0.01],
  ])('comes near the sum over all pairs of %i points with a spread of %f', (count, spread) => {
    const points = madePoints(count, spread)
    const repulsion = new Repulsion(count, sharpness)
    const total = repulsion.update(points)
    const truth = exactly(points)
    expect(Math.abs(total / truth.total - 1)).toBeLessThan(0.04)
    let off = 0
    let all = 0
    truth.forces.forEach((force, d) => {
      off += (repulsion.forces[d]! - force) ** 2
      all += force ** 2
    })
    expect(Math.sqrt(off / all)).toBeLessThan(count < 100 ? 0.05 : 0.2)
  })

  it('sorts points anew before meeting them one by one costs more than that', () => {
    const points = madePoints(3000, 0.05)
    const repulsion = new Repulsion(3000, sharpness)
    repulsion.update(points)
    const stream = random(3, 'walk')
    let most = 0
    for (let turn = 0; turn < 12; turn++) {
      for (let at = 0; at < points.length; at += 3) {
        for (let d = 0; d < 3; d++) points[at + d]! += 0.1 * stream.normal()
        const norm = Math.hypot(points[at]!, points[at + 1]!, points[at + 2]!)
        for (let d = 0; d < 3; d++) points[at + d]! /= norm
      }
      repulsion.update(points)
      const fresh = new Repulsion(3000, sharpness)
      fresh.update(points)
      most = Math.max(most, repulsion.pointPairs / fresh.pointPairs)
    }
    expect(most).toBeLessThan(30)
    expect(repulsion.farPairs).toBeGreaterThan(0)
  })

  it('is exact where there is one leaf', () => {
    const points = madePoints(6, 0.1)
    const repulsion = new Repulsion(6, sharpness)
    const total = repulsion.update(points)
    const truth = exactly(points)
    expect(total).toBeCloseTo(truth.total, 10)
    truth.forces.forEach((force, d) => expect(repulsion.forces[d]).toBeCloseTo(force, 10))
  })

  it('pushes the whole nowhere, and points at the same place not at all', () => {
    const points = madePoints(1200, 0.2)
    const repulsion = new Repulsion(1200, sharpness)
    repulsion.update(points)
    for (let d = 0; d < 3; d++) {
      let sum = 0
      let size = 0
      for (let at = d; at < points.length; at += 3) {
        sum += repulsion.forces[at]!
        size += Math.abs(repulsion.forces[at]!)
      }
      expect(Math.abs(sum)).toBeLessThan(1e-3 * size)
    }
    const same = new Float64Array(300)
    for (let i = 0; i < 300; i += 3) same[i] = 1
    const still = new Repulsion(100, sharpness)
    expect(still.update(same)).toBeCloseTo(9900, 6)
    expect(still.forces.every((force) => force === 0)).toBe(true)
  })
})
