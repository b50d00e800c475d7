import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Affinities } from '../../../../src-main/analysis/neighbourView/affinities.ts'
import { Attraction } from '../../../../src-main/analysis/neighbourView/Attraction.ts'
import { availableCores } from '../../../../src-main/numeric/engines/cores.ts'
import { random } from '../../../../src-main/numeric/random.ts'

const sharpness = 1000

/** Each point attracts the next three of a ring. */
function ring(count: number): Affinities {
  const steps = [-3, -2, -1, 1, 2, 3]
  const ids = new Int32Array(6 * count)
  for (let i = 0; i < count; i++)
    ids.set(
      steps.map((step) => (i + step + count) % count).sort((a, b) => a - b),
      6 * i,
    )
  const weights = new Float64Array(ids.length).fill(1 / ids.length)
  return { count, offsets: Int32Array.from({ length: count + 1 }, (_, i) => 6 * i), ids, weights }
}

function pointsOf(count: number): Float64Array {
  const stream = random(7, 'points')
  return Float64Array.from({ length: 3 * count }, () => stream.normal())
}

describe('Attraction', () => {
  it('pulls each point to its neighbours, by weight and kernel', () => {
    const graph = ring(9)
    const points = pointsOf(9)
    const attraction = new Attraction(graph, sharpness)
    attraction.begin(points)
    const net = attraction.finish()
    for (let i = 0; i < 9; i++)
      for (let d = 0; d < 3; d++) {
        let truth = 0
        for (let e = 6 * i; e < 6 * i + 6; e++) {
          const j = graph.ids[e]!
          const way = [0, 1, 2].map((axis) => points[3 * i + axis]! - points[3 * j + axis]!)
          const square = way.reduce((sum, value) => sum + value ** 2, 0)
          truth += (graph.weights[e]! * way[d]!) / (1 + sharpness * square)
        }
        expect(net[3 * i + d]).toBeCloseTo(truth, 12)
      }
  })

  it.skipIf(availableCores() < 2)('gives the same bits from a thread of its own', async () => {
    const graph = ring(20_000)
    const points = pointsOf(20_000)
    const alone = new Attraction(graph, sharpness, false)
    const threaded = new Attraction(graph, sharpness)
    try {
      alone.begin(points)
      const expected = alone.finish()
      for (let turn = 0; !threaded.isAway && turn < 500; turn++) {
        threaded.begin(points)
        expect(threaded.finish()).toEqual(expected)
        await delay(20)
      }
      expect(threaded.isAway).toBe(true)
      points.reverse()
      alone.begin(points)
      threaded.begin(points)
      expect(threaded.finish()).toEqual(alone.finish())
    } finally {
      threaded.dispose()
      threaded.dispose()
    }
    threaded.begin(points)
    expect(threaded.finish()).toEqual(alone.finish())
  })
})
