import { createPinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WorkbenchApi } from '../../../src-main/contract/api.ts'
import type { ClusterRequest } from '../../../src-main/contract/clusters.ts'
import { emptyRun, foldRun, summaryOf } from '../../../src-main/contract/runState.ts'
import { useBeside } from '../../../src-renderer/stores/beside.ts'
import { useComparison } from '../../../src-renderer/stores/comparison.ts'
import { useConnection } from '../../../src-renderer/stores/connection.ts'
import { usePainting } from '../../../src-renderer/stores/painting.ts'
import { useRuns } from '../../../src-renderer/stores/runs.ts'
import { useSphere } from '../../../src-renderer/stores/sphere.ts'
import { useSphereClusters } from '../../../src-renderer/stores/sphereClusters.ts'
import { eventsOf, frameOf } from './fakeWorkbench.ts'

/** Temperature of the loss of each run; what is measured of it; the clusters of its three images. */
const temperatures: Record<string, number> = { 'run-1': 0.1, 'run-2': 0.1, 'run-3': 0.9 }
const numbers: Record<string, readonly number[]> = {
  'run-1': [4, 4, 9],
  'run-2': [1, 1, 2],
  'run-3': [1, 2, 2],
}

const runOf = (run: string) =>
  eventsOf(run, 3).map((event) =>
    event.kind === 'started'
      ? {
          ...event,
          config: {
            ...event.config,
            loss: { name: 'supcon', params: { temperature: temperatures[run] ?? 0 } },
          },
        }
      : event,
  )

let asked: string[] = []
const api = {
  runs: () =>
    Promise.resolve(
      Object.keys(temperatures).map((run) => summaryOf(runOf(run).reduce(foldRun, emptyRun(run)))),
    ),
  runEvents: ({ run }: { run: string }) => Promise.resolve(runOf(run)),
  sphere: ({ run, epoch }: { run: string; epoch: number }) => Promise.resolve(frameOf(run, epoch)),
  turn: () => Promise.resolve({ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], shared: 3 }),
  imageMeasure: ({ run, epoch, measure }: { run: string; epoch: number; measure: string }) => {
    asked.push(`${measure} ${run} ${epoch}`)
    const values = run === 'run-1' ? Float32Array.of(0, 1, 2) : Float32Array.of(4, 5, 6)
    return Promise.resolve({ ids: Int32Array.of(1, 2, 5), values, assumptions: [] })
  },
  clusters: ({ run, epoch, method }: ClusterRequest) => {
    const own = Int32Array.from(numbers[run] ?? [])
    const clusters = [...new Set(own)].map((number) => ({
      number,
      nearest: null,
      splitFrom: null,
      name: `${run} ${number}`,
      prototype: 1,
      size: own.filter((other) => other === number).length,
    }))
    return Promise.resolve({
      run,
      epoch,
      method,
      ids: Int32Array.of(1, 2, 5),
      numbers: own,
      clusters,
    })
  },
} as unknown as WorkbenchApi

async function begin(right: string) {
  const pinia = createPinia()
  useConnection(pinia).attach(api)
  const runs = useRuns(pinia)
  await runs.load(null)
  await runs.show('run-1')
  const sphere = useSphere(pinia)
  await sphere.explore(true)
  await sphere.show('run-1', 3)
  const comparison = useComparison(pinia)
  const beside = useBeside(pinia)
  await comparison.open(right)
  await vi.waitFor(() => expect(comparison.frame?.run).toBe(right))
  return { comparison, beside, painting: usePainting(pinia), clusters: useSphereClusters(pinia) }
}

beforeEach(() => {
  asked = []
  vi.stubGlobal('document', { documentElement: { dataset: {} } })
})
afterEach(() => vi.unstubAllGlobals())

it('measures what colours say on both sides, each in its own run, on one scale', async () => {
  const { painting } = await begin('run-2')
  painting.by = 'outlier'
  await vi.waitFor(() => expect(asked).toEqual(['outlier run-1 3', 'outlier run-2 3']))
  const ids = Int32Array.of(1, 2, 5)
  await vi.waitFor(() => expect(painting.foundOf('outlier', 'beside')?.scale?.max).toBe(6))
  expect(painting.foundOf('outlier', 'shown')?.scale).toMatchObject({ min: 0, max: 6 })
  const [left, right] = [painting.pointColours(ids, 'shown'), painting.pointColours(ids, 'beside')]
  // The largest of the left lies below the least of the right.
  expect([...left.subarray(6, 9)]).not.toEqual([...right.subarray(0, 3)])
  expect([...left.subarray(6, 9)]).not.toEqual([...right.subarray(6, 9)])
})

it('gives each side a scale of its own for what is measured in different losses', async () => {
  const { painting } = await begin('run-3')
  painting.by = 'loss'
  await vi.waitFor(() => expect(painting.foundOf('loss', 'beside')?.scale?.max).toBe(6))
  expect(painting.isOneScale('loss')).toBe(false)
  expect(painting.foundOf('loss', 'shown')?.scale).toMatchObject({ min: 0, max: 2 })
  expect(painting.isOneScale('speed')).toBe(true)
})

it('finds clusters of its own run, in the colours of those that are alike', async () => {
  const { beside, painting, clusters, comparison } = await begin('run-2')
  clusters.isWanted = true
  painting.by = 'cluster'
  await vi.waitFor(() => expect(beside.clusters).toHaveLength(2))
  expect([...beside.numberOf.values()]).toEqual([4, 4, 9])
  expect(beside.nameOf(4)).toBe('run-2 1')
  expect(beside.colourOf(4)).toBe(clusters.colourOf(4))
  const ids = Int32Array.of(1, 2, 5)
  expect(painting.pointColours(ids, 'beside')).toEqual(painting.pointColours(ids, 'shown'))
  comparison.close()
  await vi.waitFor(() => expect(beside.clusters).toEqual([]))
})

it('has colours of its own for clusters that are like none of the left', async () => {
  numbers['run-3'] = [1, 3, 3]
  const { beside, clusters } = await begin('run-3')
  clusters.isWanted = true
  await vi.waitFor(() => expect(beside.clusters).toHaveLength(2))
  const of = [...beside.numberOf.values()]
  const colours = new Set([...of, 4, 9].map((number) => beside.colourOf(number)))
  expect(colours.size).toBe(new Set([...of, 4, 9]).size)
})
