import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { lastChangeOf } from '../../../src-main/analysis/lastChange.ts'
import { motionsOf } from '../../../src-main/analysis/motion.ts'
import { outlierScores } from '../../../src-main/analysis/outlierScores.ts'
import { imageMeasures } from '../../../src-main/contract/measures.ts'
import type { PictureProgress } from '../../../src-main/contract/sphere.ts'
import { Pictures } from '../../../src-main/hosts/compute/Pictures.ts'
import { openEngine } from '../../../src-main/numeric/engines/ladder.ts'
import { madeRunFolder } from './madeRunFolder.ts'
import type { MadeRunFolder } from './madeRunFolder.ts'

beforeAll(() => openEngine('wasm'))

let made: MadeRunFolder
afterEach(() => made.dispose())

const metric = { regime: 'metric', loss: { name: 'supcon', params: {} } } as const

describe('measures of the images of a run', () => {
  it.each(imageMeasures)('are there, once, for an epoch that has an embedding: %s', async (one) => {
    made = await madeRunFolder(metric)
    await made.store(0)
    await made.store(1)
    const heard: PictureProgress[] = []
    const pictures = new Pictures((progress) => heard.push(progress))
    const request = { ...made.place, epoch: 1, measure: one }
    const found = (await pictures.measure(request))!
    expect(found).toMatchObject({ run: 'r', epoch: 1, measure: one, ids: made.ids })
    const isHeldOut = one === 'loss' || one === 'gradient'
    const known = found.values.filter(Number.isFinite).length
    if (isHeldOut) expect(known).toBeLessThan(made.ids.length)
    else expect(known).toBe(made.ids.length)
    if (isHeldOut) expect(found.assumptions.join()).toContain(`${120 - known} images are held out`)
    if (one !== 'speed') expect(heard.length).toBeGreaterThan(0)
    heard.length = 0
    expect(await pictures.measure(request)).toBe(found)
    expect(heard).toEqual([])
    expect(await pictures.measure({ ...request, epoch: 9 })).toBeNull()
  })

  it('are made again where a resumed run has other rows, and end when they are cancelled', async () => {
    made = await madeRunFolder(metric)
    await made.store(0)
    const pictures: Pictures = new Pictures(() => undefined)
    const request = { ...made.place, epoch: 0, measure: 'loss' as const }
    const first = await pictures.measure(request)
    await made.store(0, { spread: 0.6 })
    expect((await pictures.measure(request))!.values).not.toEqual(first!.values)
    const stopped: Pictures = new Pictures(() => stopped.cancel())
    await expect(stopped.measure(request)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('say the loss of proxies and of whole batches for what they are', async () => {
    made = await madeRunFolder({ regime: 'contrastive', loss: { name: 'vicreg', params: {} } })
    await made.store(2)
    const pictures = new Pictures(() => undefined)
    const request = { ...made.place, epoch: 2 }
    const loss = (await pictures.measure({ ...request, measure: 'loss' }))!
    expect(loss.values.some(Number.isFinite)).toBe(false)
    expect(loss.assumptions.join()).toContain('compares whole batches')
    const { values } = (await pictures.measure({ ...request, measure: 'gradient' }))!
    expect(values.some((value) => value > 0)).toBe(true)
  })

  it('says the first epoch of images that never stood by another label', async () => {
    made = await madeRunFolder(metric)
    for (const epoch of [0, 1, 3]) await made.store(epoch)
    await made.store(4)
    const pictures = new Pictures(() => undefined)
    const request = { ...made.place, epoch: 4, measure: 'change' as const }
    expect(new Set((await pictures.measure(request))!.values)).toEqual(new Set([0]))
  })
})

describe('the pieces of measures', () => {
  it('tell how far rows moved, in degrees, and nothing of what is not finite', async () => {
    const before = Float32Array.of(1, 0, 1, 0, 1, 0, NaN, 0)
    const angle = (0.01 * Math.PI) / 180
    const after = Float32Array.of(0, 1, -1, 0, Math.cos(angle), Math.sin(angle), 1, 0)
    const [quarter, half, tiny, none] = motionsOf(before, after, 2)
    expect(quarter).toBeCloseTo(90)
    expect(half).toBeCloseTo(180)
    expect(tiny).toBeCloseTo(0.01, 4)
    expect(none).toBeNaN()
    made = await madeRunFolder(metric)
    await made.store(2)
    const request = { ...made.place, epoch: 2, measure: 'speed' as const }
    const first = (await new Pictures(() => undefined).measure(request))!
    expect(first.values.some(Number.isFinite)).toBe(false)
    expect(first.assumptions.join()).toContain('first stored epoch')
  })

  it('score an image by how far its nearest are', () => {
    const [ids, cosines] = [
      Int32Array.of(1, 2, 0, 2, -1, -1),
      Float32Array.of(0.9, 0.5, 1, 0, 0, 0),
    ]
    const scores = outlierScores({ ids, cosines, k: 2, excluded: Int32Array.of(2) })
    expect(scores[0]).toBeCloseTo(0.3)
    expect(scores[1]).toBeCloseTo(0.5)
    expect(scores[2]).toBeNaN()
  })

  it('tell the last of several changes, the first epoch where there was none', () => {
    const states = [
      { epoch: 0, states: Int32Array.of(1, 1, 1, -1) },
      { epoch: 2, states: Int32Array.of(2, 1, 1, -1) },
      { epoch: 5, states: Int32Array.of(1, 1, 2, -1) },
      { epoch: 6, states: Int32Array.of(1, 1, 2, -1) },
    ]
    expect([...lastChangeOf(states)]).toEqual([5, 0, 5, NaN])
    expect(lastChangeOf([])).toHaveLength(0)
  })
})
