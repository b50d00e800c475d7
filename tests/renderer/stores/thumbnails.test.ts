import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useThumbnails } from '../../../src-renderer/stores/thumbnails.ts'

const hashOf = (i: number) => i.toString(16).padStart(16, '0')
const hashes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => hashOf(from + i))

interface Asked {
  readonly hashes: readonly string[]
  readonly signal: AbortSignal
  readonly answer: () => void
}

let asked: Asked[]
let missing: string

beforeEach(() => {
  setActivePinia(createPinia())
  asked = []
  missing = ''
  vi.stubGlobal('window', {})
  vi.stubGlobal('fetch', (url: string, { signal }: { signal: AbortSignal }) => {
    const names = url.slice(url.lastIndexOf('/') + 1).match(/.{16}/g) ?? []
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')))
      const pack = names.flatMap((name) => (name === missing ? [0, 0, 0, 0] : [1, 0, 0, 0, 0x89]))
      const answer = () => resolve(new Response(Uint8Array.from(pack)))
      asked.push({ hashes: names, signal, answer })
    })
  })
})

afterEach(() => vi.unstubAllGlobals())

const settled = () => new Promise((resolve) => setTimeout(resolve))

it('asks for many at once, and only for what it does not have', async () => {
  const thumbnails = useThumbnails()
  thumbnails.want(hashes(0, 100))
  expect(asked.map((one) => one.hashes.length)).toEqual([80, 20])
  expect(thumbnails.addressOf(hashOf(3))).toBeUndefined()
  for (const { answer } of asked) answer()
  await settled()
  expect(thumbnails.addressOf(hashOf(3))).toMatch(/^data:image\/png/)
  thumbnails.want(hashes(50, 110))
  expect(asked.slice(2).map((one) => one.hashes)).toEqual([hashes(100, 110)])
})

it('breaks off what is wanted no more, and asks for it again when it is', async () => {
  const thumbnails = useThumbnails()
  thumbnails.want(hashes(0, 20))
  thumbnails.want(hashes(10, 30))
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, false])
  expect(asked[1]?.hashes).toEqual(hashes(20, 30))
  thumbnails.want(hashes(500, 510))
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false])
  await settled()
  thumbnails.want(hashes(0, 20))
  expect(asked[3]?.hashes).toEqual(hashes(0, 20))
})

it('asks again for one that was missing, and forgets those that were not looked at for longest', async () => {
  const thumbnails = useThumbnails()
  missing = hashOf(1)
  thumbnails.want(hashes(0, 3))
  asked[0]?.answer()
  await settled()
  expect(thumbnails.addressOf(hashOf(1))).toBeUndefined()
  thumbnails.want(hashes(0, 3))
  expect(asked[1]?.hashes).toEqual([hashOf(1)])
  for (let from = 1000; from < 6000; from += 60) {
    thumbnails.want([hashOf(2), ...hashes(from, from + 60)])
    asked.at(-1)?.answer()
    await settled()
  }
  expect(thumbnails.addressOf(hashOf(0))).toBeUndefined()
  expect(thumbnails.addressOf(hashOf(2))).toMatch(/^data:/)
})
