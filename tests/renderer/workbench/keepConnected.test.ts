import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Channel } from '../../../src-main/contract/peer.ts'
import { keepConnected } from '../../../src-renderer/workbench/keepConnected.ts'
import { memoryChannel } from './memoryChannel.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A host that answers from the `answersFrom`th time on. */
function follow(answersFrom: number) {
  const far: Channel[] = []
  const said: string[] = []
  let asked = 0
  const stop = keepConnected(
    () => {
      asked++
      if (asked < answersFrom) return Promise.reject(new Error('refused'))
      const [near, other] = memoryChannel()
      far.push(other)
      return Promise.resolve(near)
    },
    {
      onEvent: () => undefined,
      onReady: () => said.push('ready'),
      onLost: (attempt) => said.push(`lost ${attempt}`),
    },
  )
  return { far, said, stop, asked: () => asked }
}

it('tries again until the host answers, ever more slowly', async () => {
  const { said, asked, stop } = follow(4)
  await vi.advanceTimersByTimeAsync(0)
  expect(said).toEqual(['lost 1'])
  await vi.advanceTimersByTimeAsync(400)
  expect(said).toEqual(['lost 1', 'lost 2'])
  await vi.advanceTimersByTimeAsync(400)
  expect(asked()).toBe(2)
  await vi.advanceTimersByTimeAsync(400 + 1600)
  expect(said).toEqual(['lost 1', 'lost 2', 'lost 3', 'ready'])
  stop()
})

it('comes back after a lost connection, and counts from one again', async () => {
  const { far, said, stop } = follow(1)
  await vi.advanceTimersByTimeAsync(0)
  far[0]?.close?.()
  await vi.advanceTimersByTimeAsync(400)
  far[1]?.close?.()
  await vi.advanceTimersByTimeAsync(400)
  expect(said).toEqual(['ready', 'lost 1', 'ready', 'lost 1', 'ready'])
  stop()
})

it('does nothing more once it is stopped', async () => {
  const { far, said, stop, asked } = follow(1)
  await vi.advanceTimersByTimeAsync(0)
  stop()
  far[0]?.close?.()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(said).toEqual(['ready'])
  expect(asked()).toBe(1)
})
