import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alignAxes, lengthShareOf, project } from '../../../src-main/analysis/linearView.ts'
import { everyIndex } from '../../../src-main/analysis/neighbours.ts'
import { principalAxes } from '../../../src-main/analysis/principalAxes.ts'
import { secondMoment } from '../../../src-main/analysis/secondMoment.ts'
import {
  neighboursIn,
  readSphereFrame,
  storeSphereFrame,
} from '../../../src-main/analysis/sphereFrames.ts'
import type { EngineContext } from '../../../src-main/numeric/engines/context.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { random } from '../../../src-main/numeric/random.ts'

let engine: EngineContext
let folder: string
beforeAll(async () => {
  engine = await openEngine('wasm')
  folder = await mkdtemp(join(tmpdir(), 'antipode-sphere-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(folder, { recursive: true, force: true })
})

/** Unit rows around `centres` random directions; more spread, less of them is in three axes. */
function clusters(count: number, dim: number, centres: number, spread: number): Float32Array {
  const rows = new Float32Array(count * dim)
  for (let i = 0; i < count; i++) {
    const centre = random(1, 'centre', i % centres)
    const noise = random(1, 'noise', i)
    const row = Float64Array.from({ length: dim }, () => centre.normal() + spread * noise.normal())
    const norm = Math.hypot(...row)
    row.forEach((value, d) => (rows[i * dim + d] = value / norm))
  }
  return rows
}

/** Largest distance between points of the same index. */
function moved(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}

/** The rows with the d-dimensional coordinates turned in two planes. */
function turned(data: Float32Array, dim: number): Float32Array {
  const rows = data.slice()
  for (let i = 0; i < rows.length; i += dim)
    for (const [p, q, angle] of [
      [0, 3, 1.1],
      [1, 2, 0.7],
    ] as const) {
      const [x, y] = [rows[i + p]!, rows[i + q]!]
      rows[i + p] = Math.cos(angle) * x - Math.sin(angle) * y
      rows[i + q] = Math.sin(angle) * x + Math.cos(angle) * y
    }
  return rows
}

describe('secondMoment', () => {
  it.each([1, 4, 7])('is the mean outer product of %i rows', (count) => {
    const dim = 5
    const data = clusters(count, dim, 3, 0.5)
    const moment = secondMoment({ data, dim })
    for (let a = 0; a < dim; a++)
      for (let b = 0; b < dim; b++) {
        let sum = 0
        for (let i = 0; i < count; i++) sum += data[i * dim + a]! * data[i * dim + b]!
        expect(moment[a * dim + b]).toBeCloseTo(sum / count, 12)
      }
  })
})

describe('principalAxes', () => {
  it('finds the directions that rows were stretched along', () => {
    const dim = 20
    const stream = random(2, 'stretched')
    const strength = (d: number) => [9, 6, 4][d] ?? 0.5
    const data = Float32Array.from(
      { length: 4000 * dim },
      (_, i) => stream.normal() * strength(i % dim),
    )
    const axes = principalAxes({ data, dim })
    // Strongest towards the viewer, then to the right, then up.
    for (const [a, d] of [1, 2, 0].entries())
      expect(Math.abs(axes[a * dim + d]!)).toBeGreaterThan(0.99)
  })

  it('turns a narrow cone, such as an untrained network gives, towards the viewer', () => {
    const rows = { data: clusters(60, 24, 1, 0.3), dim: 24 }
    const positions = project(rows, principalAxes(rows))
    for (let i = 2; i < positions.length; i += 3) expect(positions[i]).toBeGreaterThan(0.8)
  })

  it('gives orthonormal axes that no other three beat', () => {
    const rows = { data: clusters(200, 32, 9, 0.4), dim: 32 }
    const axes = principalAxes(rows)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        let dot = 0
        for (let d = 0; d < 32; d++) dot += axes[a * 32 + d]! * axes[b * 32 + d]!
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 9)
      }
    const best = lengthShareOf(rows, axes)
    for (let other = 0; other < 20; other++) {
      const rival = principalAxes({ data: clusters(9 + other, 32, 9, 1), dim: 32 })
      expect(lengthShareOf(rows, rival)).toBeLessThanOrEqual(best + 1e-9)
    }
  })

  it.each([1, 2, 3])('keeps %i dimensions as they are', (dim) => {
    const data = clusters(10, dim, 4, 0.5)
    const rows = { data, dim }
    const positions = project(rows, principalAxes(rows))
    for (let i = 0; i < 10; i++)
      for (let d = 0; d < 3; d++)
        expect(positions[3 * i + d]).toBeCloseTo(d < dim ? data[i * dim + d]! : 0, 6)
  })

  it.each([
    ['no rows', new Float32Array(0)],
    ['one row', clusters(1, 8, 1, 0)],
    ['equal rows', clusters(50, 8, 1, 0)],
    ['zero rows', new Float32Array(80)],
    ['a row that is not a number', clusters(9, 8, 3, 0.1).fill(NaN, 8, 16)],
  ])('places %s at finite unit positions', (_, data) => {
    const rows = { data, dim: 8 }
    const positions = project(rows, principalAxes(rows))
    for (let i = 0; i < positions.length; i += 3)
      expect(Math.hypot(positions[i]!, positions[i + 1]!, positions[i + 2]!)).toBeCloseTo(1, 5)
  })
})

describe('alignAxes', () => {
  it('shows rows that were only turned in all dimensions where they stood before', () => {
    const dim = 10
    const before = { data: clusters(300, dim, 6, 0.3), dim }
    const earlier = principalAxes(before)
    const after = { data: turned(before.data, dim), dim }
    const fitted = principalAxes(after)
    const was = project(before, earlier)
    // The earlier axes, seen from the turned rows, are what the fit is turned towards.
    const aligned = alignAxes(before, principalAxes(before), earlier)
    expect(moved(project(before, aligned), was)).toBeLessThan(1e-5)
    expect(lengthShareOf(after, fitted)).toBeCloseTo(lengthShareOf(before, earlier), 6)
  })

  const dim = 10
  const rows = { data: clusters(300, dim, 6, 0.3), dim }
  const earlier = principalAxes(rows)

  it.each([0, 1, 2])('undoes that axis %i points the other way', (axis) => {
    const flipped = earlier.map((value, i) => (Math.floor(i / dim) === axis ? -value : value))
    expect(
      moved(project(rows, alignAxes(rows, flipped, earlier)), project(rows, earlier)),
    ).toBeLessThan(1e-5)
  })

  it('keeps the axes orthonormal and their span', () => {
    const fitted = principalAxes({ data: clusters(300, dim, 6, 0.4), dim })
    const aligned = alignAxes(rows, fitted, earlier)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        let dot = 0
        for (let d = 0; d < dim; d++) dot += aligned[a * dim + d]! * aligned[b * dim + d]!
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 9)
      }
    expect(lengthShareOf(rows, aligned)).toBeCloseTo(lengthShareOf(rows, fitted), 9)
  })

  it('undoes a swap of axes', () => {
    const swapped = Float64Array.from(earlier)
    swapped.set(earlier.subarray(dim, 2 * dim), 0)
    swapped.set(earlier.subarray(0, dim), dim)
    swapped.forEach((value, i) => (swapped[i] = i < dim ? -value : value))
    expect(
      moved(project(rows, alignAxes(rows, swapped, earlier)), project(rows, earlier)),
    ).toBeLessThan(1e-5)
  })
})

describe('the frames of a run', () => {
  const dim = 16
  const count = 120
  const ids = everyIndex(count).map((i) => 10 * i + 3)
  const rowsAt = (spread: number) => ({ data: clusters(count, dim, 5, spread), dim })

  it('keeps its axes between fits, and draws all epochs along the newest', async () => {
    const embedded = { run: 'r', runFolder: join(folder, 'r'), ids }
    const frames = []
    for (const [epoch, spread] of [1.5, 1, 0.8, 0.6, 0.5].entries())
      frames.push(
        await storeSphereFrame(embedded, { epoch, isLast: epoch === 4, rows: rowsAt(spread) }),
      )
    expect(frames.map(({ frameEpoch }) => frameEpoch)).toEqual([0, 1, 1, 3, 4])
    const read = await readSphereFrame(embedded, 2)
    expect(read?.frameEpoch).toBe(4)
    expect(read?.ids).toEqual(ids)
    // Along these axes it was never drawn before.
    expect(read?.faithfulness.k).toBe(10)
    expect(read?.faithfulness.lengthShare).not.toBe(frames[2]?.faithfulness.lengthShare)
    expect(await readSphereFrame(embedded, 4)).toEqual(frames[4])
    expect(await readSphereFrame(embedded, 5)).toBeNull()
  })

  it('says how much of the truth the picture keeps', async () => {
    const embedded = { run: 's', runFolder: join(folder, 's'), ids }
    const at = (epoch: number, rows: { data: Float32Array; dim: number }) =>
      storeSphereFrame(embedded, { epoch, isLast: true, rows })
    const loose = (await at(0, rowsAt(1.5))).faithfulness
    expect(loose.isExact).toBe(false)
    expect(loose.lengthShare).toBeGreaterThan(3 / dim)
    expect(loose.lengthShare).toBeLessThan(1)
    expect(loose.neighboursKept).toBeGreaterThan(loose.k / count)
    expect(loose.neighboursKept).toBeLessThan(0.9)
    // Rows that lie in three dimensions lose nothing.
    const flat = new Float32Array(count * dim)
    clusters(count, 3, 5, 0.5).forEach((value, i) => {
      flat[Math.floor(i / 3) * dim + (i % 3)] = value
    })
    const kept = (await at(1, { data: flat, dim })).faithfulness
    expect(kept.lengthShare).toBeCloseTo(1, 6)
    expect(kept.neighboursKept).toBeGreaterThan(0.99)
    const exact = await storeSphereFrame(
      { ...embedded, runFolder: join(folder, 'exact') },
      { epoch: 0, isLast: false, rows: { data: clusters(count, 3, 5, 0.5), dim: 3 } },
    )
    expect(exact.faithfulness).toMatchObject({ isExact: true, neighboursKept: 1 })
    expect(exact.faithfulness.lengthShare).toBeCloseTo(1, 6)
  })

  it('measures again where a resumed run has other rows, and refuses rows of other images', async () => {
    const embedded = { run: 'm', runFolder: join(folder, 'm'), ids }
    const store = (spread: number) =>
      storeSphereFrame(embedded, { epoch: 0, isLast: false, rows: rowsAt(spread) })
    const first = await store(1.5)
    const second = await store(0.2)
    expect(second.faithfulness.lengthShare).toBeGreaterThan(first.faithfulness.lengthShare!)
    expect((await readSphereFrame(embedded, 0))?.faithfulness).toEqual(second.faithfulness)
    await expect(readSphereFrame({ ...embedded, ids: ids.subarray(1) }, 0)).rejects.toMatchObject({
      code: 'io',
    })
  })

  it('names true neighbours by the ids of images', async () => {
    const embedded = { run: 'n', runFolder: join(folder, 'n'), ids: Int32Array.of(7, 8, 9) }
    const data = Float32Array.of(1, 0, 0, 1, 0.8, 0.6)
    await storeSphereFrame(embedded, { epoch: 0, isLast: true, rows: { data, dim: 2 } })
    const found = await neighboursIn(embedded, { epoch: 0, image: 7, count: 5 })
    expect(Array.from(found.ids)).toEqual([9, 8])
    expect(found.cosines[0]).toBeCloseTo(0.8, 6)
    await expect(neighboursIn(embedded, { epoch: 0, image: 1, count: 5 })).rejects.toThrow(
      /Image 1/,
    )
    await expect(neighboursIn(embedded, { epoch: 3, image: 7, count: 5 })).rejects.toThrow()
  })
})
