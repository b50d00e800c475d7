import { createPinia } from 'pinia'
import type { Pinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useComparison } from '../../../src-renderer/stores/comparison.ts'
import { useNotices } from '../../../src-renderer/stores/notices.ts'
import { useRuns } from '../../../src-renderer/stores/runs.ts'
import { useSeries } from '../../../src-renderer/stores/series.ts'
import { startSession } from '../../../src-renderer/workbench/startSession.ts'
import type { SeriesState } from '../../../src-main/contract/series.ts'
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

const going: SeriesState = {
  id: 'run-1',
  kind: 'replay',
  of: 'run-0',
  total: 2,
  runs: ['run-1', 'run-2'],
  phase: 'going',
  message: null,
}

async function begin() {
  const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 3), 'run-2': eventsOf('run-2', 3) })
  stop = startSession(pinia, workbench.open)
  await vi.waitFor(() => expect(useRuns(pinia).list).toHaveLength(2))
  return { workbench, series: useSeries(pinia) }
}

it('is news when it is done, and shows both runs side by side, without on the left', async () => {
  const { workbench, series } = await begin()
  workbench.say('series', going)
  await vi.waitFor(() => expect(series.isGoing).toBe(true))
  expect(series.isNews).toBe(false)
  workbench.say('series', { ...going, phase: 'done' })
  await vi.waitFor(() => expect(series.isNews).toBe(true))
  await expect(series.look()).resolves.toBe('sphere')
  expect(series.isNews).toBe(false)
  expect(useRuns(pinia).shownId).toBe('run-2')
  expect(useComparison(pinia).otherId).toBe('run-1')
})

it('tells why it ended early, unless somebody stopped it', async () => {
  const { workbench, series } = await begin()
  const notices = useNotices(pinia)
  await series.stop()
  expect(workbench.asked).toContain('stopSeries')
  workbench.say('series', { ...going, phase: 'stopped' })
  await vi.waitFor(() => expect(series.state?.phase).toBe('stopped'))
  expect(notices.notices).toEqual([])
  workbench.say('series', {
    ...going,
    runs: ['run-1'],
    phase: 'stopped',
    message: 'The loss is not finite.',
  })
  await vi.waitFor(() => expect(notices.notices).toHaveLength(1))
  expect(notices.notices[0]).toMatchObject({ detail: 'The loss is not finite.' })
})
