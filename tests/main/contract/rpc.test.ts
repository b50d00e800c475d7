import { expect, test } from 'vitest'
import type { WorkbenchApi } from '../../../src-main/contract/api.ts'
import { workbenchMethods } from '../../../src-main/contract/api.ts'
import { decode, encode } from '../../../src-main/contract/codec.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import { openPeer } from '../../../src-main/contract/peer.ts'
import { connectWorkbench, serveWorkbench } from '../../../src-main/contract/rpc.ts'
import type { WorkbenchListener, WorkbenchMessage } from '../../../src-main/contract/rpc.ts'
import type { SphereFrame } from '../../../src-main/contract/sphere.ts'
import { memoryChannels } from './memoryChannel.ts'

/** A workbench that answers every call with the name of the method and its argument. */
function echoingWorkbench(answers: Partial<Record<keyof WorkbenchApi, () => unknown>> = {}) {
  const calls: unknown[] = []
  const listeners = new Set<WorkbenchListener>()
  const methods = workbenchMethods.map((method) => [
    method,
    (argument: unknown) => {
      calls.push([method, argument])
      return Promise.resolve(answers[method]?.() ?? null)
    },
  ])
  return {
    ...(Object.fromEntries(methods) as unknown as WorkbenchApi),
    calls,
    listeners,
    emit: (...message: WorkbenchMessage) => {
      for (const listener of listeners) listener(...message)
    },
    listen: (listener: WorkbenchListener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function frameOf(epoch: number): SphereFrame {
  return {
    run: '2026-01-01-1',
    epoch,
    view: 'linear',
    ownMotionDegrees: null,
    frameEpoch: 0,
    ids: new Int32Array([1]),
    positions: new Float32Array([1, 0, 0]),
    faithfulness: {
      isExact: true,
      lengthShare: 1,
      trustworthiness: 0.9,
      continuity: 0.9,
      neighboursKept: 1,
      k: 10,
    },
  }
}

test('calls arrive with their arguments and typed arrays come back', async () => {
  const { left, right } = memoryChannels()
  const workbench = echoingWorkbench({ sphere: () => frameOf(3) })
  serveWorkbench(workbench, left)
  const { api } = connectWorkbench(right, { onEvent: () => undefined })
  await api.openFolder({ folder: '/pictures' })
  expect(await api.sphere({ run: '2026-01-01-1', epoch: 3 })).toEqual(frameOf(3))
  expect(workbench.calls).toEqual([
    ['openFolder', { folder: '/pictures' }],
    ['sphere', { run: '2026-01-01-1', epoch: 3 }],
  ])
})

test.each(['constructor', 'toString', '__proto__', 'listen', 'emit', 'hasOwnProperty', ''])(
  'the method "%s" is refused',
  async (name) => {
    const { left, right } = memoryChannels()
    serveWorkbench(echoingWorkbench(), left)
    const peer = openPeer(right, new Map())
    await expect(peer.call(name)).rejects.toMatchObject({ code: 'bad-request' })
  },
)

test.each<[keyof WorkbenchApi, unknown]>([
  ['openFolder', undefined],
  ['openFolder', {}],
  ['openFolder', { folder: 7 }],
  ['openFolder', { folder: '' }],
  ['openFolder', { folder: 'a\0b' }],
  ['openFolder', { folder: 'x'.repeat(5000) }],
  ['openFolder', { folder: '/a', extra: 1 }],
  ['commandRun', { run: '../../etc', command: 'stop' }],
  ['commandRun', { run: '2026-01-01-1', command: 'explode' }],
  ['sphere', { run: '2026-01-01-1', epoch: -1 }],
  ['neighbours', { run: '2026-01-01-1', epoch: 0, image: 1.5, count: 5 }],
  ['neighbours', { run: '2026-01-01-1', epoch: 0, image: 1, count: 1e9 }],
  ['hello', { anything: true }],
  [
    'startRun',
    { regime: 'metric', engine: 'abacus', loss: { name: 'x', params: {} }, settings: {} },
  ],
])('%s refuses a wrong argument before the workbench sees it (%#)', async (method, argument) => {
  const { left, right } = memoryChannels()
  const workbench = echoingWorkbench()
  serveWorkbench(workbench, left)
  const peer = openPeer(right, new Map())
  await expect(peer.call(method, argument)).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining(method) as string,
  })
  expect(workbench.calls).toEqual([])
})

test('errors keep their code, and everything else is internal and reported', async () => {
  const { left, right } = memoryChannels()
  const reported: unknown[] = []
  const workbench = echoingWorkbench({
    images: () => {
      throw new WorkbenchError('busy', 'Another process holds the project.')
    },
    skipped: () => {
      throw new RangeError('off by one')
    },
  })
  serveWorkbench(workbench, left, (error) => reported.push(error))
  const { api } = connectWorkbench(right, { onEvent: () => undefined })
  await expect(api.images()).rejects.toMatchObject({
    name: 'WorkbenchError',
    code: 'busy',
    message: 'Another process holds the project.',
  })
  await expect(api.skipped()).rejects.toMatchObject({ code: 'internal', message: 'off by one' })
  expect(reported).toEqual([expect.any(RangeError)])
})

test('a slow window gets one sphere frame at a time, and then the newest', async () => {
  const { left, right } = memoryChannels()
  const workbench = echoingWorkbench()
  serveWorkbench(workbench, left)
  const seen: number[] = []
  const takers: (() => void)[] = []
  connectWorkbench(right, {
    onEvent: (name, event) => {
      if (name !== 'sphere') return
      seen.push(event.epoch)
      return new Promise<void>((resolve) => takers.push(resolve))
    },
  })
  for (let epoch = 1; epoch <= 50; epoch++) workbench.emit('sphere', frameOf(epoch))
  await settle()
  expect(seen).toEqual([1])
  takers.shift()?.()
  await settle()
  expect(seen).toEqual([1, 50])
  takers.shift()?.()
  await settle()
  workbench.emit('sphere', frameOf(51))
  await settle()
  expect(seen).toEqual([1, 50, 51])
})

test('other events all arrive, in order', async () => {
  const { left, right } = memoryChannels()
  const workbench = echoingWorkbench()
  serveWorkbench(workbench, left)
  const seen: unknown[] = []
  connectWorkbench(right, { onEvent: (...message) => void seen.push(message) })
  workbench.emit('scan', { kind: 'failed', message: 'x' })
  workbench.emit('run', { run: 'a', kind: 'paused' })
  workbench.emit('run', { run: 'a', kind: 'resumed' })
  workbench.emit('project', null)
  await settle()
  expect(seen).toEqual([
    ['scan', { kind: 'failed', message: 'x' }],
    ['run', { run: 'a', kind: 'paused' }],
    ['run', { run: 'a', kind: 'resumed' }],
    ['project', null],
  ])
})

test('closing rejects what is under way and stops listening', async () => {
  const { left, right } = memoryChannels()
  const workbench = echoingWorkbench({ runs: () => new Promise(() => undefined) })
  serveWorkbench(workbench, left)
  let closes = 0
  const { api, close } = connectWorkbench(right, {
    onEvent: () => undefined,
    onClose: () => closes++,
  })
  const pending = api.runs()
  await settle()
  close()
  close()
  await expect(pending).rejects.toMatchObject({ code: 'internal' })
  await expect(api.hello()).rejects.toMatchObject({ code: 'internal' })
  await settle()
  expect(closes).toBe(1)
  expect(workbench.listeners.size).toBe(0)
})

test.each([
  encode(7),
  encode({ t: 'q', m: { toString: 'x' }, a: [] }),
  encode({ t: 'q', m: 'hello', a: { length: 1 }, i: 'x' }),
  encode({ t: 'q', m: 'hello', a: [], i: 5 }),
  encode({ t: '?', i: 'x' }),
  new Uint8Array([1, 2, 3]),
])('a frame that is no message closes the channel (%#)', async (frame) => {
  const { left, right } = memoryChannels()
  const workbench = echoingWorkbench()
  serveWorkbench(workbench, left)
  right.post(frame)
  await settle()
  expect(workbench.listeners.size).toBe(0)
})

test('more than one argument is refused', async () => {
  const { left, right } = memoryChannels()
  serveWorkbench(echoingWorkbench(), left)
  const answers: unknown[] = []
  right.on((frame) => answers.push(decode(frame)))
  right.post(encode({ t: 'q', m: 'hello', i: 'x', a: [null, null] }))
  await settle()
  expect(answers).toMatchObject([{ t: 's', i: 'x', e: { code: 'bad-request' } }])
})

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
