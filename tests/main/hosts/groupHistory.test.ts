import { afterEach, beforeEach, expect, it } from 'vitest'
import { groupHistoryOfRun } from '../../../src-main/hosts/compute/groupHistoryOfRun.ts'
import { madeRunFolder } from './madeRunFolder.ts'
import type { MadeRunFolder } from './madeRunFolder.ts'

let made: MadeRunFolder
beforeEach(async () => {
  made = await madeRunFolder({ regime: 'metric', loss: { name: 'supcon', params: {} } })
})
afterEach(() => made.dispose())

const idsOf = (label: number) => made.ids.filter((_, i) => i % 6 === label)
const ask = (first: Int32Array, second: Int32Array) =>
  groupHistoryOfRun({ run: 'r', runFolder: made.place.runFolder, first, second })

it('tells how two labels fared over the epochs that are stored', async () => {
  // One crowd first, then six.
  await made.store(0, { centres: 1, spread: 0.3 })
  await made.store(2)
  await made.store(5)
  const found = await ask(idsOf(0), idsOf(1))
  expect([...found.epochs]).toEqual([0, 2, 5])
  expect(found.cosines[0]).toBeGreaterThan(0.8)
  expect(found.cosines[1]).toBeLessThan(0.6)
  expect(found.cosines[2]).toBeCloseTo(found.cosines[1]!, 6)
  expect(found.toldApart[0]).toBeLessThan(0.8)
  expect([...found.toldApart.subarray(1)]).toEqual([1, 1])
})

it('lets images of both, and images of other runs, count for nothing', async () => {
  await made.store(0)
  const [first, second] = [idsOf(0), idsOf(1)]
  const shared = idsOf(2)
  const found = await ask(
    Int32Array.of(...first, ...shared, 99_999),
    Int32Array.of(...second, ...shared),
  )
  expect(found).toEqual(await ask(first, second))
})

it('says so where the run has none of the images, or no embedding', async () => {
  await expect(ask(idsOf(0), idsOf(1))).rejects.toMatchObject({ code: 'not-found' })
  await made.store(0)
  await expect(ask(idsOf(0), Int32Array.of(1))).rejects.toMatchObject({ code: 'not-found' })
})
