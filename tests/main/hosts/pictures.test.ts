import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { storeSphereFrame } from '../../../src-main/analysis/sphereFrames.ts'
import type { PictureProgress } from '../../../src-main/contract/sphere.ts'
import { Pictures } from '../../../src-main/hosts/compute/Pictures.ts'
import { madeRows } from '../analysis/madeRows.ts'

const scratch = mkdtempSync(join(tmpdir(), 'antipode-pictures-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const made = { count: 240, dim: 16, centres: 6, spread: 0.12 }
const ids = Int32Array.from({ length: made.count }, (_, i) => 5 * i + 2)

let runFolder: string
let pictures: Pictures
let heard: PictureProgress[]

beforeEach(() => {
  runFolder = mkdtempSync(join(scratch, 'run-'))
  heard = []
  pictures = new Pictures((progress) => heard.push(progress))
  writeFileSync(
    join(runFolder, 'images.json'),
    JSON.stringify({
      version: 1,
      ids: [...ids],
      paths: Array.from(ids, (_, i) => `/photos/set/kind${'abcdef'[i % 6]}/${i}.png`),
      hashes: Array.from(ids, (_, i) => `${i}`),
      // The first two groups share a label; the last has none.
      labels: Array.from(ids, (_, i) => [0, 0, 1, 2, 3, -1][i % 6]),
      labelNames: ['twin', 'b', 'c', 'd'],
    }),
  )
})

function store(epoch: number, options: Partial<Parameters<typeof madeRows>[0]> = {}) {
  const rows = madeRows({ ...made, ...options })
  const embedded = { run: 'r', runFolder, ids: ids.subarray(0, rows.data.length / rows.dim) }
  return storeSphereFrame(embedded, { epoch, isLast: false, rows })
}

const asked = (epoch: number) => ({ run: 'r', runFolder, epoch })
const neighbours = (epoch: number) => ({ ...asked(epoch), view: 'neighbours' as const })

describe('the neighbours view of a run', () => {
  it('is made once, says how far it is and how far it can be trusted, and is kept', async () => {
    await store(0)
    const frame = await pictures.frame(neighbours(0))
    expect(frame).toMatchObject({
      view: 'neighbours',
      epoch: 0,
      frameEpoch: 0,
      ownMotionDegrees: 0,
    })
    expect(frame?.ids).toEqual(ids)
    expect(frame?.faithfulness).toMatchObject({ isExact: false, lengthShare: null, k: 10 })
    expect(frame?.faithfulness.trustworthiness).toBeGreaterThan(0.9)
    expect(new Set(heard.map(({ stage }) => stage))).toEqual(new Set(['nearest', 'layout']))
    heard.length = 0
    // Another process reads it.
    const read = await new Pictures((progress) => heard.push(progress)).frame(neighbours(0))
    expect(read).toEqual(frame)
    expect(heard).toEqual([])
  })

  it('moves only what has changed since the nearest epoch that has one', async () => {
    await store(0)
    await store(3)
    await store(4, { moved: 1, draw: 2 })
    const first = await pictures.frame(neighbours(0))
    expect((await pictures.frame(neighbours(3)))?.positions).toEqual(first?.positions)
    const moved = await pictures.frame(neighbours(4))
    const motions = Array.from({ length: made.count }, (_, i) => {
      const of = (positions: Float32Array | undefined) => positions!.subarray(3 * i, 3 * i + 3)
      const before = of(first?.positions)
      return Math.hypot(...of(moved?.positions).map((value, d) => value - before[d]!))
    })
    const median = (isChosen: (i: number) => boolean) =>
      motions.filter((_, i) => isChosen(i)).sort((a, b) => a - b)[20]!
    expect(median((i) => i % 6 !== 0)).toBeLessThan(median((i) => i % 6 === 0))
  })

  it('is made again where a resumed run has other rows', async () => {
    await store(0)
    const first = await pictures.frame(neighbours(0))
    await store(0, { spread: 0.5 })
    const second = await pictures.frame(neighbours(0))
    expect(second?.positions).not.toEqual(first?.positions)
  })

  it('is null without an embedding', async () => {
    expect(await pictures.frame(neighbours(7))).toBeNull()
    expect(await pictures.distortion(neighbours(7))).toBeNull()
    expect(await pictures.clusters({ ...asked(7), method: { kind: 'k-means', k: 2 } })).toBeNull()
    expect(await pictures.labelPrototypes(asked(7))).toBeNull()
  })

  it('ends when it is cancelled, with what waits behind it, and can be asked for again', async () => {
    await store(0)
    const stopped: Pictures = new Pictures(() => stopped.cancel())
    const results = Promise.allSettled([
      stopped.frame(neighbours(0)),
      stopped.clusters({ ...asked(0), method: { kind: 'louvain', resolution: 1 } }),
    ])
    for (const result of await results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
    expect(readdirSync(join(runFolder, 'sphere')).some((name) => /neighb/.test(name))).toBe(false)
    expect(await pictures.frame(neighbours(0))).not.toBeNull()
  })
})

describe('the other views', () => {
  it('are linear where nothing is named, and exact where the embedding is', async () => {
    await store(0)
    expect((await pictures.frame(asked(0)))?.view).toBe('linear')
    const refused = pictures.frame({ ...asked(0), view: 'exact' })
    await expect(refused).rejects.toMatchObject({ code: 'bad-request' })
    await store(1, { dim: 3 })
    rmSync(join(runFolder, 'sphere', 'axes-0.npy'))
    expect((await pictures.frame({ ...asked(1), view: 'exact' }))?.view).toBe('exact')
  })

  it('say for each image how many of its neighbours stand elsewhere', async () => {
    await store(0)
    const linear = await pictures.distortion(asked(0))
    const near = await pictures.distortion(neighbours(0))
    const mean = (values: Float32Array | null) =>
      values!.reduce((sum, value) => sum + value, 0) / made.count
    expect(linear).toHaveLength(made.count)
    expect(mean(near)).toBeLessThan(mean(linear))
    const { faithfulness } = (await pictures.frame(neighbours(0)))!
    expect(mean(near)).toBeCloseTo(1 - faithfulness.neighboursKept, 5)
  })
})

describe('clusters of a run', () => {
  const method = { kind: 'louvain', resolution: 1 } as const

  it('are found, measured and named', async () => {
    await store(0)
    const found = await pictures.clusters({ ...asked(0), method })
    expect(found?.clusters).toHaveLength(6)
    expect(found?.silhouette).toBeGreaterThan(0.3)
    // The group without labels goes by its folder.
    expect(found?.clusters.map(({ name }) => name).sort()).toEqual(
      ['b', 'c', 'd', 'kindf', 'twin', 'twin'].sort(),
    )
    for (const cluster of found?.clusters ?? []) {
      expect(cluster.size).toBe(40)
      const row = ids.indexOf(cluster.prototype)
      expect(found?.numbers[row]).toBe(cluster.number)
      expect(cluster.separationDegrees).toBeGreaterThan(30)
      expect(cluster.concentration).toBeGreaterThan(10)
      expect(cluster.purity).toBe(cluster.label === null ? null : 1)
    }
  })

  it('keep their numbers from epoch to epoch and over other resolutions', async () => {
    await store(0)
    await store(1, { moved: 2, draw: 2 })
    const first = await pictures.clusters({ ...asked(0), method })
    const second = await pictures.clusters({ ...asked(1), method })
    expect(second?.numbers).toEqual(first?.numbers)
    const means = await pictures.clusters({ ...asked(1), method: { kind: 'k-means', k: 6 } })
    const same = means?.numbers.filter((number, i) => number === first?.numbers[i]).length
    expect(same).toBeGreaterThan(150)
    const fine = await pictures.clusters({ ...asked(0), method: { ...method, resolution: 40 } })
    expect(fine!.clusters.length).toBeGreaterThan(6)
    expect(new Set(fine?.numbers).size).toBe(fine?.clusters.length)
    // Whoever asks again gets what is stored.
    expect(await pictures.clusters({ ...asked(0), method })).toEqual(first)
  })

  it('are cut into their parts, in all epochs and resolutions, until the cut is taken back', async () => {
    await store(0)
    await store(1, { spread: 0.13 })
    // Several groups to the cluster.
    const coarse = { kind: 'k-means', k: 3 } as const
    const whole = (await pictures.clusters({ ...asked(0), method: coarse }))!
    const fine = (await pictures.clusters({ ...asked(0), method }))!
    const large = whole.clusters[0]!
    expect(large.size).toBeGreaterThan(40)
    const request = { ...asked(0), method: coarse, cluster: large.number }
    const cut = (await pictures.splitCluster(request))!
    const parts = cut.clusters.filter(({ splitFrom }) => splitFrom === large.number)
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(large.size)
    const known = new Set([...whole.numbers, ...fine.numbers])
    for (const { number } of parts) expect(known.has(number)).toBe(false)

    // Another process, the next epoch: the same parts of the same images.
    const later = (await new Pictures(() => undefined).clusters({ ...asked(1), method: coarse }))!
    expect(later.numbers).toEqual(cut.numbers)
    // A resolution that finds a part by itself calls it the same.
    const named = (await pictures.clusters({ ...asked(0), method }))!
    for (const { number, size } of parts.filter((part) => part.size === 40))
      expect(named.clusters.find((one) => one.number === number)).toMatchObject({
        size,
        splitFrom: null,
      })

    // A part is cut too; taking the first cut back takes that back as well.
    const part = parts[0]!.number
    const twice = (await pictures.splitCluster({ ...request, cluster: part }))!
    expect(twice.clusters.some(({ splitFrom }) => splitFrom === part)).toBe(true)
    expect(await pictures.joinCluster(request)).toEqual(whole)
    expect(await pictures.clusters({ ...asked(0), method })).toEqual(fine)
    await expect(pictures.joinCluster(request)).rejects.toMatchObject({ code: 'not-found' })
    // Numbers of parts that are gone are not given again.
    const third = (await pictures.splitCluster(request))!
    for (const { number } of [...parts, ...twice.clusters])
      if (number !== large.number && !whole.numbers.includes(number))
        expect(third.numbers.includes(number)).toBe(false)
  })

  it('cannot be cut where there is no such cluster, no embedding, or nothing to tell images apart', async () => {
    await store(0, { centres: 1, spread: 0 })
    const request = { ...asked(0), method: { kind: 'k-means', k: 1 } as const, cluster: 0 }
    await expect(pictures.splitCluster(request)).rejects.toMatchObject({ code: 'bad-request' })
    const other = pictures.splitCluster({ ...request, cluster: 5 })
    await expect(other).rejects.toMatchObject({ code: 'not-found' })
    expect(await pictures.splitCluster({ ...request, epoch: 7 })).toBeNull()
    writeFileSync(join(runFolder, 'sphere', 'splits.json'), '{}')
    await expect(pictures.clusters(request)).rejects.toMatchObject({ code: 'io' })
  })

  it('leave out rows that are not finite', async () => {
    const rows = madeRows(made)
    rows.data[16 * 9] = NaN
    await storeSphereFrame({ run: 'r', runFolder, ids }, { epoch: 0, isLast: false, rows })
    for (const kind of [method, { kind: 'k-means', k: 6 } as const]) {
      const found = await pictures.clusters({ ...asked(0), method: kind })
      expect(found?.numbers[9]).toBe(-1)
      expect(found?.clusters.reduce((sum, { size }) => sum + size, 0)).toBe(made.count - 1)
      expect(found?.silhouettes.every(Number.isFinite)).toBe(true)
    }
  })

  it('has the prototypes of labels', async () => {
    await store(0)
    const found = await pictures.labelPrototypes(asked(0))
    expect(found).toMatchObject({ labels: ['twin', 'b', 'c', 'd'], ideal: -1 / 3, epoch: 0 })
    expect(Array.from(found!.counts)).toEqual([80, 40, 40, 40])
    // Two groups under one label are not tight.
    expect(found!.tightness[0]).toBeLessThan(found!.tightness[1]!)
  })
})
