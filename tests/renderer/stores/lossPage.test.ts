import { createPinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { WorkbenchApi } from '../../../src-main/contract/api.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import type { LossPictureRequest } from '../../../src-main/contract/lossPicture.ts'
import { lossCatalogue } from '../../../src-main/losses/catalogue.ts'
import { useConnection } from '../../../src-renderer/stores/connection.ts'
import { useLossPage } from '../../../src-renderer/stores/lossPage.ts'
import { useProject } from '../../../src-renderer/stores/project.ts'

const asked: LossPictureRequest[] = []
let gate: Promise<void> | null = null
let refusal: WorkbenchError | null = null

/** A workbench whose loss is the sum of all angles. */
const api = {
  lossPicture: async (request: LossPictureRequest) => {
    asked.push(request)
    await gate
    if (refusal) throw refusal
    return {
      regime: 'metric' as const,
      loss: request.angles.reduce((sum, angle) => sum + angle, 0),
      slopes: request.angles.map(() => 1),
      cells: new Int8Array(request.angles.length ** 2),
      pairSlopes: null,
      learnt: [],
    }
  },
} as Partial<WorkbenchApi> as WorkbenchApi

function begin() {
  const pinia = createPinia()
  useConnection(pinia).attach(api)
  const project = useProject(pinia)
  project.hello = {
    version: '0.1.0',
    host: 'web',
    project: null,
    catalogue: { losses: lossCatalogue, miners: [], rules: [], settings: [] },
    recent: [],
    activeRun: null,
    series: null,
  }
  return useLossPage(pinia)
}

beforeEach(() => {
  asked.length = 0
  gate = null
  refusal = null
  globalThis.requestAnimationFrame = (draw) => {
    // Not a microtask: a run that goes on would let nobody else in.
    setTimeout(() => draw(0), 0)
    return 0
  }
})

describe('the page of losses', () => {
  it('shows the first loss on labelled points, and another on views where it compares those', async () => {
    const page = begin()
    await page.refresh()
    expect(page.entry?.name).toBe('nt-xent')
    expect(page.picture?.made.loss).toBeGreaterThan(0)
    page.choose('debiased')
    await vi.waitFor(() => expect(page.picture?.loss).toBe('debiased'))
    expect([...asked.at(-1)!.labels]).toEqual([0, 1, 2, 3, 0, 1, 2, 3])
    page.choose('circle')
    await vi.waitFor(() => expect(page.picture?.loss).toBe('circle'))
    expect(asked.at(-1)!.angles).toHaveLength(9)
  })

  it('asks once more for whatever was changed while it waited', async () => {
    const page = begin()
    let open = (): void => undefined
    gate = new Promise((resolve) => (open = resolve))
    const first = page.refresh()
    for (const angle of [1, 2, 3]) page.move(0, angle)
    page.setParam('temperature', 0.5)
    open()
    await first
    expect(asked).toHaveLength(2)
    expect(asked[1]!.angles[0]).toBe(3)
    expect(asked[1]!.params).toEqual({ temperature: 0.5 })
    page.setParam('temperature', null)
    await vi.waitFor(() => expect(asked.at(-1)!.params).toEqual({}))
  })

  it('goes down the gradient step by step, and stops when asked', async () => {
    const page = begin()
    await page.refresh()
    const start = page.picture!.made.loss
    await page.advance()
    expect(page.picture!.made.loss).toBeCloseTo(start - 9 * 0.05, 4)
    const running = page.run(false)
    await vi.waitFor(() => expect(page.history.length).toBeGreaterThan(5))
    page.stop()
    await running
    const count = page.history.length
    expect(page.history[3]!).toBeLessThan(page.history[2]!)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(page.history).toHaveLength(count)
    page.setScene('done')
    expect(page.history).toHaveLength(0)
  })

  it('jumps where nothing shall move', async () => {
    const page = begin()
    await page.refresh()
    const start = page.picture!.angles[0]!
    const running = page.run(true)
    await vi.waitFor(() => expect(page.history.length).toBeGreaterThanOrEqual(25))
    page.stop()
    await running
    expect(asked.length).toBeGreaterThan(25)
    expect(page.picture!.angles[0]).not.toBe(start)
  })

  it('lets a moved point win over a step that was under way', async () => {
    const page = begin()
    await page.refresh()
    let open = (): void => undefined
    gate = new Promise((resolve) => (open = resolve))
    const step = page.advance()
    page.move(0, 1.25)
    open()
    await step
    await vi.waitFor(() => expect(page.picture?.angles[0]).toBe(1.25))
    expect(page.points.angles[0]).toBe(1.25)
  })

  it('adds, relabels and takes points away, but leaves enough for a picture', async () => {
    const page = begin()
    await page.refresh()
    page.add(2)
    expect(page.points.labels).toHaveLength(10)
    page.relabel(0, 2)
    expect(page.points.labels[0]).toBe(2)
    for (let i = 0; i < 20; i++) page.remove(0)
    expect(page.points.angles).toHaveLength(3)
    for (let i = 0; i < 40; i++) page.add(0)
    expect(page.points.angles.length).toBeLessThanOrEqual(24)
  })

  it('says why there is no picture, and ends its run', async () => {
    const page = begin()
    await page.refresh()
    refusal = new WorkbenchError('bad-request', 'temperature is 0, but must be greater than 0')
    await page.run(false)
    expect(page.isRunning).toBe(false)
    expect(page.problem).toContain('temperature is 0')
    refusal = null
    await page.refresh()
    expect(page.problem).toBeNull()
  })
})
