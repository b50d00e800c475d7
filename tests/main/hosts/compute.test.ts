import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScanBatch } from '../../../src-main/contract/compute.ts'
import { pipeChannel } from '../../../src-main/hosts/compute/pipeChannel.ts'
import { computeStarter } from '../../../src-main/hosts/compute/spawn.ts'
import { deafListener } from '../../../src-main/workbench/compute.ts'
import { random } from '../../../src-main/numeric/random.ts'
import { stampsOf } from '../data/knownStamps.ts'
import { makeImages } from './madeImages.ts'

const scratch = mkdtempSync(join(tmpdir(), 'antipode-compute-'))
const photos = join(scratch, 'photos')

beforeAll(() => makeImages(photos, { labels: 4, imagesPerLabel: 5 }))

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('frames over a stream', () => {
  test('arrive whole however the stream cuts them', () => {
    const { inside, outside } = streams()
    const frames: Uint8Array[] = []
    pipeChannel(inside).on((frame) => frames.push(frame))
    const sent = [8, 1, 70_000, 24].map((length) => new Uint8Array(length).fill(length))
    const bytes = Buffer.concat(
      sent.flatMap((frame) => {
        const length = Buffer.alloc(4)
        length.writeUInt32LE(frame.length)
        return [length, frame]
      }),
    )
    const stream = random(1, 'cuts')
    for (let at = 0; at < bytes.length;) {
      const length = 1 + stream.integer(stream.next() < 0.5 ? 5 : 30_000)
      outside.write(bytes.subarray(at, at + length))
      at += length
    }
    return expect.poll(() => frames).toEqual(sent)
  })

  test('of no or absurd length end the stream', async () => {
    for (const length of [0, 0xffffffff]) {
      const { inside, outside } = streams()
      pipeChannel(inside).on(() => undefined)
      const bytes = Buffer.alloc(8)
      bytes.writeUInt32LE(length)
      outside.write(bytes)
      await expect.poll(() => inside.destroyed).toBe(true)
    }
  })
})

describe('a compute process', () => {
  test('reads a folder batch by batch, and waits until a batch is taken', async () => {
    const batches: ScanBatch[] = []
    let isTaking = false
    const { api, dispose } = computeStarter(() => undefined)(
      {
        ...deafListener,
        scanned: async (batch) => {
          expect(isTaking).toBe(false)
          isTaking = true
          await new Promise((resolve) => setTimeout(resolve, 20))
          isTaking = false
          batches.push(batch)
        },
      },
      () => undefined,
      'answers',
    )
    const thumbnailsFolder = join(scratch, 'thumbnails')
    expect(
      await api.scan({
        source: photos,
        files: null,
        rootLabel: null,
        thumbnailsFolder,
        known: stampsOf({}),
      }),
    ).toEqual({
      cancelled: false,
    })
    expect(batches.flatMap(({ files }) => files)).toHaveLength(20)
    dispose()
  })

  test('that is killed rejects what was asked of it, says how it died, and ends once', async () => {
    let exits = 0
    const { api, pid, dispose } = computeStarter(() => undefined)(
      deafListener,
      () => exits++,
      'answers',
    )
    await api.cancelScan()
    const engines = api.probeEngine({ kind: 'native' })
    process.kill(pid ?? 0, 'SIGKILL')
    await expect(engines).rejects.toMatchObject({
      code: 'compute-died',
      message: expect.stringContaining('SIGKILL') as string,
    })
    await expect(api.probeEngine({ kind: 'native' })).rejects.toMatchObject({
      code: 'compute-died',
    })
    dispose()
    dispose()
    expect(exits).toBe(1)
  })

  test('whose call fails inside says where, and lives on', async () => {
    const logged: string[] = []
    const { api, dispose } = computeStarter((text) => logged.push(text))(
      deafListener,
      () => undefined,
      'answers',
    )
    const broken = { runFolder: join(scratch, 'no run'), run: 'x', epoch: 0 }
    await expect(api.sphere(broken)).rejects.toMatchObject({ code: 'io' })
    await expect(api.scan(undefined as never)).rejects.toMatchObject({ code: 'internal' })
    await expect.poll(() => logged.join('\n')).toMatch(/scanFolder\.ts/)
    await api.cancelScan()
    dispose()
  })

  test('gives way to a person, and one that trains to one that answers', async () => {
    const start = computeStarter(() => undefined, { servesPerson: true })
    const answering = start(deafListener, () => undefined, 'answers')
    const training = start(deafListener, () => undefined, 'training')
    await Promise.all([answering.api.cancelScan(), training.api.cancelScan()])
    // Windows knows no step between the two.
    expect(getPriority(answering.pid)).toBeGreaterThanOrEqual(getPriority())
    expect(getPriority(training.pid)).toBeGreaterThan(getPriority(answering.pid))
    answering.dispose()
    training.dispose()
  })

  test('is never left over when its host is killed', async (context) => {
    if (process.platform !== 'linux') context.skip('the children of a process are read from /proc')
    const host = spawn(
      process.execPath,
      [
        fileURLToPath(new URL('../../../src-main/hosts/cli/main.ts', import.meta.url)),
        ...['train', photos, '--project', join(scratch, 'project'), '--epochs', '5000'],
        ...['--image-size', '16', '--depth', '2', '--width', '8', '--regime', 'contrastive'],
      ],
      { env: { ...process.env, ANTIPODE_HOME: join(scratch, 'home') }, stdio: 'pipe' },
    )
    let said = ''
    host.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await expect.poll(() => said, { timeout: 25_000 }).toMatch(/epoch 1\/5000/)
    const path = `/proc/${host.pid ?? 0}/task/${host.pid ?? 0}/children`
    const children = readFileSync(path, 'utf8').trim().split(' ').map(Number)
    expect(children.length).toBeGreaterThanOrEqual(2)
    host.kill('SIGKILL')
    await expect.poll(() => children.filter(isRunning), { timeout: 10_000 }).toEqual([])
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Both ends of a stream that cuts where the writer cuts. */
function streams(): { readonly inside: Duplex; readonly outside: PassThrough } {
  const outside = new PassThrough()
  return { inside: Duplex.from({ readable: outside, writable: new PassThrough() }), outside }
}
