import { createPinia } from 'pinia'
import type { Pinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useConnection } from '../../../src-renderer/stores/connection.ts'
import { useNotices } from '../../../src-renderer/stores/notices.ts'
import { useProject } from '../../../src-renderer/stores/project.ts'
import { useRuns } from '../../../src-renderer/stores/runs.ts'
import { useSelection } from '../../../src-renderer/stores/selection.ts'
import { useSphere } from '../../../src-renderer/stores/sphere.ts'
import { startSession } from '../../../src-renderer/workbench/startSession.ts'
import { epochEvents, eventsOf, fakeWorkbench, frameOf } from './fakeWorkbench.ts'

let pinia: Pinia
let stop = (): void => undefined

beforeEach(() => {
  pinia = createPinia()
  // Node has no screen; a frame is drawn at once.
  globalThis.requestAnimationFrame = (draw) => {
    queueMicrotask(() => draw(0))
    return 0
  }
})
afterEach(() => stop())

async function begin(workbench: ReturnType<typeof fakeWorkbench>): Promise<void> {
  stop = startSession(pinia, workbench.open)
  await vi.waitFor(() => expect(useProject(pinia).table.ids).toHaveLength(3))
  await vi.waitFor(() => expect(useRuns(pinia).list).not.toHaveLength(0))
}

describe('a session', () => {
  it('reads project, images and runs, and shows the last run', async () => {
    await begin(fakeWorkbench({ 'run-1': eventsOf('run-1', 2), 'run-2': eventsOf('run-2', 1) }))
    const project = useProject(pinia)
    const runs = useRuns(pinia)
    expect(useConnection(pinia).phase).toBe('ready')
    expect(project.imageOf(2)).toMatchObject({ path: 'wren/2.jpg', labelName: 'wren', row: 1 })
    expect(project.imageOf(5)).toMatchObject({ label: -1, labelName: null })
    expect(project.imageOf(4)).toBeNull()
    expect([...project.labelCounts]).toEqual([2, 0, 1])
    expect(project.skipped).toHaveLength(1)
    expect(runs.list.map(({ run }) => run)).toEqual(['run-2', 'run-1'])
    await vi.waitFor(() => expect(runs.shown?.epochs).toHaveLength(2))
    expect(runs.shownId).toBe('run-2')
    expect(runs.active).toBeNull()
  })

  it('follows the run that goes on, without losing events that come while it is read', async () => {
    const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 1) })
    workbench.setActive('run-1')
    const release = workbench.hold()
    await begin(workbench)
    const runs = useRuns(pinia)
    for (const event of epochEvents('run-1', 2)) workbench.say('run', event)
    await new Promise((resolve) => setTimeout(resolve, 5))
    release()
    await vi.waitFor(() => expect(runs.active?.epochs).toHaveLength(3))
    expect(runs.active?.losses).toEqual([1, 0.5])
    expect(runs.active?.phase).toBe('training')
    for (const event of epochEvents('run-1', 3)) workbench.say('run', event)
    await vi.waitFor(() => expect(runs.list[0]?.epochsDone).toBe(3))
    expect(runs.list[0]?.after?.recallAt1).toBeCloseTo(0.5)
    workbench.say('run', { run: 'run-1', kind: 'ended', reason: 'done', message: null, at: '' })
    await vi.waitFor(() => expect(runs.active).toBeNull())
    expect(runs.shown?.phase).toBe('done')
  })

  it('shows a run that was started in another window', async () => {
    const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 1) })
    await begin(workbench)
    for (const event of eventsOf('run-3', 1)) workbench.say('run', event)
    const runs = useRuns(pinia)
    await vi.waitFor(() => expect(runs.active?.epochs).toHaveLength(2))
    expect(runs.shownId).toBe('run-3')
  })

  it('pauses a run that trains and resumes one that is paused', async () => {
    const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 1) })
    workbench.setActive('run-1')
    await begin(workbench)
    const runs = useRuns(pinia)
    await vi.waitFor(() => expect(runs.active).not.toBeNull())
    await runs.togglePause()
    workbench.say('run', { run: 'run-1', kind: 'paused' })
    await vi.waitFor(() => expect(runs.active?.phase).toBe('paused'))
    await runs.togglePause()
    expect(workbench.asked).toEqual(['pause run-1', 'resume run-1'])
  })

  it('forgets selection, runs and picture with the project', async () => {
    await begin(fakeWorkbench({ 'run-1': eventsOf('run-1', 1) }))
    useSelection(pinia).replace([1])
    await useSphere(pinia).show('run-1', 1)
    await useProject(pinia).close()
    expect(useSelection(pinia).count).toBe(0)
    expect(useRuns(pinia).list).toEqual([])
    expect(useSphere(pinia).frame).toBeNull()
    expect(useProject(pinia).table.ids).toHaveLength(0)
  })

  it('says what went wrong in words, and what to do', async () => {
    await begin(fakeWorkbench({ 'run-1': eventsOf('run-1', 1) }))
    expect(await useProject(pinia).openFolder('/none')).toBe(false)
    const [notice] = useNotices(pinia).notices
    expect(notice).toMatchObject({ tone: 'error', detail: 'There is no such thing.' })
    expect(notice?.advice).not.toBe('')
  })
})

describe('the sphere', () => {
  it('takes live frames of the shown run, until a person chooses an epoch', async () => {
    const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 2) })
    await begin(workbench)
    const sphere = useSphere(pinia)
    workbench.say('sphere', frameOf('run-1', 1))
    await vi.waitFor(() => expect(sphere.frame?.epoch).toBe(1))
    sphere.isFollowing = false
    await sphere.show('run-1', 0)
    workbench.say('sphere', frameOf('run-1', 2))
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(sphere.frame?.epoch).toBe(0)
  })

  it('asks for the newest wish only while one is under way, and keeps what it has seen', async () => {
    const workbench = fakeWorkbench({ 'run-1': eventsOf('run-1', 2) })
    await begin(workbench)
    const sphere = useSphere(pinia)
    const release = workbench.hold()
    const first = sphere.show('run-1', 1)
    for (const epoch of [2, 3, 4]) void sphere.show('run-1', epoch)
    release()
    await first
    expect(sphere.frame?.epoch).toBe(4)
    await sphere.show('run-1', 1)
    expect(sphere.frame?.epoch).toBe(1)
    expect(workbench.asked).toEqual(['sphere run-1 1', 'sphere run-1 4'])
  })
})
