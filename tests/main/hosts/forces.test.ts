import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { arrowOf, motionOf, outsideShareOf } from '../../../src-main/analysis/forceArrows.ts'
import { project } from '../../../src-main/analysis/linearView.ts'
import { Pictures } from '../../../src-main/hosts/compute/Pictures.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { random } from '../../../src-main/numeric/random.ts'
import { madeRunFolder } from './madeRunFolder.ts'
import type { MadeRunFolder } from './madeRunFolder.ts'

const openTensors = () => openEngine('wasm')
beforeAll(openTensors)

describe('an arrow in the linear view', () => {
  const dim = 7
  const stream = random(5, 'arrows')
  const axes = Float64Array.from({ length: 3 * dim }, (_, i) =>
    i % dim === Math.floor(i / dim) ? 1 : 0,
  )
  const drawn = () => {
    const row = Array.from({ length: dim }, () => stream.normal())
    return Float32Array.from(row, (x) => x / Math.hypot(...row))
  }

  it('is where the picture of the image goes when the image takes a small step', () => {
    const [row, vector] = [drawn(), drawn()]
    const step = 1e-3
    const placeOf = (data: Float32Array) => [...project({ data, dim }, axes)]
    const [before, after] = [placeOf(row), placeOf(row.map((x, d) => x + step * vector[d]!))]
    const shownLength = Math.hypot(...row.subarray(0, 3))
    arrowOf(axes, row, vector).forEach((part, a) =>
      expect(((after[a]! - before[a]!) / step) * shownLength).toBeCloseTo(part, 2),
    )
  })

  it('says how much of a vector it lacks', () => {
    const row = Float32Array.of(1, 0, 0, 0, 0, 0, 0)
    const share = (...vector: number[]) => outsideShareOf(arrowOf(axes, row, vector), vector)
    expect(share(0, 1, 1, 0, 0, 0, 0)).toBe(0)
    expect(share(0, 0, 0, 1, 0, 0, 2)).toBe(1)
    expect(share(0, 3, 0, 4, 0, 0, 0)).toBeCloseTo(16 / 25)
    expect(share(0, 0, 0, 0, 0, 0, 0)).toBe(0)
  })

  it('measures a motion and whether it went the way of the force', () => {
    const motion = motionOf([1, 0, 0], [0, 1, 0], [0, 2, 0])
    expect(motion.degrees).toBeCloseTo(90)
    expect(motion.agreement).toBeCloseTo(1)
    expect(motionOf([1, 0, 0], [0, 1, 0], [0, -2, 2]).agreement).toBeCloseTo(-Math.SQRT1_2)
    expect(motionOf([1, 0], [1, 0], [0, 1])).toEqual({ degrees: 0, agreement: 0 })
  })
})

describe('the forces on an image of a run', () => {
  let made: MadeRunFolder
  afterEach(() => made.dispose())

  async function forcesIn(request: Parameters<typeof madeRunFolder>[0], image: number) {
    made = await madeRunFolder(request)
    await made.store(0)
    await made.store(2, { spread: 0.2 })
    const pictures = new Pictures(() => undefined)
    return pictures.forces({ ...made.place, epoch: 0, image, top: 5 }, openTensors)
  }
  const metric = { regime: 'metric', loss: { name: 'supcon', params: {} } } as const

  it('are told strongest first, with what is left out', async () => {
    const found = (await forcesIn({ ...metric, settings: { holdout: 0 } }, 2))!
    expect(found).toMatchObject({ run: 'r', epoch: 0, image: 2, isUntouched: false })
    expect(found.forces).toHaveLength(5)
    expect(found.count).toBeGreaterThan(5)
    const shares = found.forces!.map(({ share }) => share)
    expect(shares).toEqual([...shares].sort((a, b) => b - a))
    expect(found.toldShare).toBeCloseTo(shares.reduce((sum, share) => sum + share, 0))
    expect(found.outsideShare).toBeGreaterThan(0)
    expect(found.outsideShare).toBeLessThan(1)
    // 1 unit of arrow is the whole gradient: what is shown of it is what is not outside.
    expect(Math.hypot(...found.arrow) ** 2).toBeCloseTo(1 - found.outsideShare, 5)
    expect(found.degreesPerStep).toBeGreaterThan(0)
    expect(found.moved).toMatchObject({ epoch: 2 })
    for (const { end, isPositive } of found.forces!)
      expect(isPositive).toBe(end.kind === 'image' && ((end.image - 2) / 5) % 6 === 0)
  })

  it('are none on an image that no batch deals, and null where nothing is stored', async () => {
    made = await madeRunFolder(metric)
    await made.store(0)
    const pictures = new Pictures(() => undefined)
    const ask = (image: number, epoch = 0) =>
      pictures.forces({ ...made.place, epoch, image, top: 5 }, openTensors)
    const all = await Promise.all([...made.ids].map((id) => ask(id)))
    const untouched = all.filter((found) => found!.isUntouched)
    expect(untouched.length).toBeGreaterThan(0)
    expect(untouched.length).toBeLessThan(made.ids.length / 2)
    expect(await ask(2, 7)).toBeNull()
    await expect(ask(3)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('name proxies by their label', async () => {
    const loss = { name: 'normalized-softmax', params: {} }
    const found = (await forcesIn({ regime: 'metric', loss, settings: { holdout: 0 } }, 2))!
    const own = found.forces!.find(({ isPositive }) => isPositive)
    expect(own!.end).toEqual({ kind: 'proxy', label: 'a' })
    expect(own!.isPull).toBe(true)
  })
})
