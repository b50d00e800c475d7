import { createPinia } from 'pinia'
import type { Pinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useComparison } from '../../../src-renderer/stores/comparison.ts'
import { useRuns } from '../../../src-renderer/stores/runs.ts'
import { useSphere } from '../../../src-renderer/stores/sphere.ts'
import { startSession } from '../../../src-renderer/workbench/startSession.ts'
import { eventsOf, fakeWorkbench } from './fakeWorkbench.ts'

let pinia: Pinia
let stop = (): void => undefined

beforeEach(() => {
  pinia = createPinia()
  globalThis.requestAnimationFrame = (draw) => {
    queueMicrotask(() => draw(0))
    return 0
  }
})
afterEach(() => stop())

async function begin() {
  const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 3), 'run-2': eventsOf('run-2', 2) })
  stop = startSession(pinia, workbench.open)
  const runs = useRuns(pinia)
  await vi.waitFor(() => expect(runs.list).toHaveLength(2))
  await runs.show('run-1')
  const sphere = useSphere(pinia)
  await sphere.explore(true)
  await sphere.show('run-1', 3)
  return { workbench, sphere, comparison: useComparison(pinia) }
}

it('lays another run over the one that is shown, turned once for all epochs', async () => {
  const { workbench, sphere, comparison } = await begin()
  await comparison.open('run-2')
  await vi.waitFor(() => expect(comparison.frame?.run).toBe('run-2'))
  // The fake's quarter turn about the third axis.
  expect([...comparison.frame!.positions.subarray(0, 3)]).toEqual([0, 1, 0])
  expect(comparison.frame?.epoch).toBe(2)
  await sphere.show('run-1', 1)
  await vi.waitFor(() => expect(comparison.frame?.epoch).toBe(1))
  expect([...comparison.frame!.positions.subarray(0, 3)]).toEqual([0, 1, 0])
  expect(workbench.asked.filter((one) => one.startsWith('turn'))).toEqual([
    'turn run-2 2 to run-1 3',
  ])
  expect(comparison.shared).toMatchObject({ both: 3, onlyLeft: 0, onlyRight: 0 })
})

it('puts a run beside itself as it was before training, without turning it', async () => {
  const { workbench, sphere, comparison } = await begin()
  await comparison.open('run-1')
  await vi.waitFor(() => expect(comparison.frame?.epoch).toBe(0))
  expect(comparison.pace).toBe('fixed')
  await sphere.show('run-1', 2)
  expect(comparison.frame?.epoch).toBe(0)
  expect(workbench.asked.some((one) => one.startsWith('turn'))).toBe(false)
  comparison.view = 'neighbours'
  await vi.waitFor(() => expect(comparison.frame?.view).toBe('neighbours'))
  expect(workbench.asked.some((one) => one.startsWith('turn'))).toBe(true)
})

it('is closed at once, and with the project', async () => {
  const { comparison } = await begin()
  await comparison.open('run-2')
  await vi.waitFor(() => expect(comparison.frame).not.toBeNull())
  comparison.hovered = 5
  comparison.close()
  await vi.waitFor(() => expect(comparison.frame).toBeNull())
  expect(comparison.isOpen).toBe(false)
  expect(comparison.hovered).toBeNull()
})

it('reads earlier epochs of the right run turned in the same way', async () => {
  const { comparison } = await begin()
  expect(await comparison.framesOf([0])).toEqual([])
  await comparison.open('run-2')
  await vi.waitFor(() => expect(comparison.frame).not.toBeNull())
  const frames = await comparison.framesOf([0, 1])
  expect(frames.map(({ run, epoch }) => [run, epoch])).toEqual([
    ['run-2', 0],
    ['run-2', 1],
  ])
  for (const { positions } of frames) expect([...positions.subarray(0, 3)]).toEqual([0, 1, 0])
  expect(comparison.frame?.epoch).toBe(2)
})
