import { createPinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import type { WorkbenchApi } from '../../../src-main/contract/api.ts'
import type {
  ClusterRequest,
  Clustering,
  OneClusterRequest,
} from '../../../src-main/contract/clusters.ts'
import { useConnection } from '../../../src-renderer/stores/connection.ts'
import { useNotices } from '../../../src-renderer/stores/notices.ts'
import { useSphere } from '../../../src-renderer/stores/sphere.ts'
import { useSphereClusters } from '../../../src-renderer/stores/sphereClusters.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import { frameOf } from './fakeWorkbench.ts'

/** Cluster 4 of all three images, cut into 7 and 8 or not. */
let isCut = false
let asked: string[] = []

function clustering({ run, epoch, method }: ClusterRequest): Clustering {
  const numbers = isCut ? Int32Array.of(7, 7, 8) : Int32Array.of(4, 4, 4)
  const clusters = [...new Set(numbers)].map((number) => ({
    number,
    splitFrom: isCut ? 4 : null,
    name: null,
    prototype: 1,
  }))
  return { run, epoch, method, ids: Int32Array.of(1, 2, 5), numbers, clusters } as never
}

const api = {
  sphere: ({ run, epoch }: { run: string; epoch: number }) => Promise.resolve(frameOf(run, epoch)),
  clusters: (request: ClusterRequest) => {
    asked.push(`clusters ${request.epoch}`)
    return Promise.resolve(clustering(request))
  },
  splitCluster: (request: OneClusterRequest) => {
    asked.push(`split ${request.cluster} of ${request.epoch}`)
    if (request.cluster !== 4) {
      const error = new WorkbenchError('bad-request', 'Nothing tells its images apart.')
      return Promise.reject(error)
    }
    isCut = true
    return Promise.resolve(clustering(request))
  },
  joinCluster: (request: OneClusterRequest) => {
    asked.push(`join ${request.cluster} of ${request.epoch}`)
    isCut = false
    return Promise.resolve(clustering(request))
  },
} as unknown as WorkbenchApi

async function begin() {
  const pinia = createPinia()
  useConnection(pinia).attach(api)
  const sphere = useSphere(pinia)
  await sphere.explore(true)
  await sphere.show('run-1', 3)
  const clusters = useSphereClusters(pinia)
  clusters.isWanted = true
  await vi.waitFor(() => expect(clusters.found).not.toBeNull())
  return { clusters, sphere, notices: useNotices(pinia) }
}

beforeEach(() => {
  // The theme is written there.
  vi.stubGlobal('document', { documentElement: { dataset: {} } })
  isCut = false
  asked = []
})

it('cuts a cluster into parts, chooses the largest, and takes the cut back with the colour it had', async () => {
  const { clusters } = await begin()
  const colour = clusters.colourOf(4)
  await clusters.split(4)
  expect(clusters.chosen).toBe(7)
  expect([...clusters.imagesOf(8)]).toEqual([5])
  expect(clusters.colourOf(7)).not.toBe(clusters.colourOf(8))
  await clusters.join(4)
  expect(clusters.chosen).toBe(4)
  expect(clusters.colourOf(4)).toBe(colour)
  expect(asked).toEqual(['clusters 3', 'split 4 of 3', 'join 4 of 3'])
})

it('finds the clusters of an epoch that was wished for while a cluster was cut', async () => {
  const { clusters, sphere } = await begin()
  const cutting = clusters.split(4)
  await sphere.show('run-1', 2)
  await cutting
  await vi.waitFor(() => expect(clusters.found?.epoch).toBe(2))
  expect(asked.at(-1)).toBe('clusters 2')
})

it('keeps the clusters there are where one cannot be cut, and says why', async () => {
  const { clusters, notices } = await begin()
  await clusters.split(9)
  expect(clusters.byNumber.has(4)).toBe(true)
  expect(clusters.isFinding).toBe(false)
  expect(notices.notices).toHaveLength(1)
})
