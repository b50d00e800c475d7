import { createPinia } from 'pinia'
import type { Pinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useRuns } from '../../../src-renderer/stores/runs.ts'
import { useSphere } from '../../../src-renderer/stores/sphere.ts'
import { startSession } from '../../../src-renderer/workbench/startSession.ts'
import { eventsOf, fakeWorkbench, frameOf } from './fakeWorkbench.ts'

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
  const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 3) })
  stop = startSession(pinia, workbench.open)
  await vi.waitFor(() => expect(useRuns(pinia).shown?.embedded).toHaveLength(4))
  const sphere = useSphere(pinia)
  await sphere.explore(true)
  await sphere.show('run-1', 3)
  return { workbench, sphere }
}

describe('views of the sphere', () => {
  it('shows the same epoch in the view that is chosen, and asks for each once', async () => {
    const { workbench, sphere } = await begin()
    await sphere.choose('neighbours')
    expect(sphere.frame).toMatchObject({ epoch: 3, view: 'neighbours' })
    await sphere.choose('linear')
    expect(sphere.frame).toMatchObject({ epoch: 3, view: 'linear' })
    await sphere.choose('neighbours')
    expect(workbench.asked).toEqual(['sphere run-1 3', 'sphere run-1 3 neighbours'])
  })

  it('keeps a live linear frame from replacing a neighbours view, and shows it where training is watched', async () => {
    const { workbench, sphere } = await begin()
    await sphere.choose('neighbours')
    workbench.say('sphere', frameOf('run-1', 9))
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(sphere.frame?.epoch).toBe(3)
    await sphere.explore(false)
    expect(sphere.frame).toMatchObject({ epoch: 3, view: 'linear' })
    workbench.say('sphere', frameOf('run-1', 10))
    await vi.waitFor(() => expect(sphere.frame?.epoch).toBe(10))
  })

  it('tells how far a layout is, and ends it', async () => {
    const { workbench, sphere } = await begin()
    workbench.say('picture', { run: 'run-1', epoch: 3, stage: 'layout', share: 0.4 })
    await vi.waitFor(() => expect(sphere.progress?.share).toBe(0.4))
    await sphere.cancel()
    expect(workbench.asked).toContain('cancelPictures')
    expect(sphere.progress).toBeNull()
  })

  it('tells the epoch that is on its way, so that quick steps add up', async () => {
    const { sphere } = await begin()
    const shown = sphere.show('run-1', 2)
    expect([sphere.epoch, sphere.frame?.epoch]).toEqual([2, 3])
    void sphere.show('run-1', 1)
    expect(sphere.epoch).toBe(1)
    await shown
    expect([sphere.epoch, sphere.frame?.epoch]).toEqual([1, 1])
  })

  it('reads frames of several epochs in the view that is shown', async () => {
    const { workbench, sphere } = await begin()
    const frames = await sphere.framesOf('run-1', [1, 2, 3])
    expect(frames.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    await sphere.framesOf('run-1', [1, 2])
    expect(workbench.asked.filter((one) => one === 'sphere run-1 1')).toHaveLength(1)
  })
})

it('asks again for epochs whose frames lie along older axes', async () => {
  const { workbench, sphere } = await begin()
  workbench.say('sphere', { ...frameOf('run-1', 2), frameEpoch: 9 })
  workbench.say('sphere', { ...frameOf('run-1', 1), frameEpoch: 9 })
  workbench.say('sphere', { ...frameOf('run-1', 4), frameEpoch: 10 })
  await vi.waitFor(() => expect(sphere.frame?.epoch).toBe(4))
  await sphere.framesOf('run-1', [1, 2, 4])
  expect(workbench.asked).toEqual(['sphere run-1 3', 'sphere run-1 1', 'sphere run-1 2'])
})
