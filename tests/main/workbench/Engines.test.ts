import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ComputeApi } from '../../../src-main/contract/compute.ts'
import type { EngineEvent, EngineKind } from '../../../src-main/contract/engines.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import { Engines } from '../../../src-main/workbench/Engines.ts'
import type { StartCompute } from '../../../src-main/workbench/compute.ts'

/** What each rung of a made machine does; those that are not named are not installed. */
type Rungs = Partial<Record<EngineKind, Behaviour>>

interface Behaviour {
  readonly device?: string
  readonly isGpu?: boolean
  readonly speed?: number
  readonly probe?: 'crash' | 'hang'
  readonly measure?: 'crash' | 'fail'
}

let home: string
let recordPath: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'antipode-engines-'))
  recordPath = join(home, 'Antipode', 'engines.json')
})
afterEach(() => rm(home, { recursive: true }))

/** Processes over a made machine, and what was asked of them. */
function machineWith(rungs: Rungs) {
  const asked: string[] = []
  const running = new Set<number>()
  let processes = 0
  const start: StartCompute = (_, onExit) => {
    const pid = ++processes
    running.add(pid)
    const end = () => {
      if (running.delete(pid)) onExit()
    }
    const crash = () => {
      end()
      return Promise.reject(new WorkbenchError('compute-died', 'It was ended by SIGSEGV.'))
    }
    const api: Partial<ComputeApi> = {
      probeEngine({ kind }) {
        asked.push(`probe ${kind}`)
        const rung = rungs[kind]
        if (rung?.probe === 'crash') return crash()
        if (rung?.probe === 'hang') return new Promise(() => undefined)
        const device = rung ? (rung.device ?? `a ${kind}`) : null
        return Promise.resolve({
          kind,
          available: rung !== undefined,
          device,
          isGpu: rung?.isGpu ?? false,
          reason: rung ? 'It runs.' : 'It is not installed.',
          version: null,
        })
      },
      measureEngine({ kind }) {
        asked.push(`measure ${kind}`)
        const rung = rungs[kind]
        if (rung?.measure === 'crash') return crash()
        if (rung?.measure === 'fail')
          return Promise.reject(new WorkbenchError('engine-failed', 'Out of shaders.'))
        return Promise.resolve({ imagesPerSecond: rung?.speed ?? 1 })
      },
    }
    return { api: api as ComputeApi, pid, dispose: end }
  }
  return { start, asked, running }
}

function enginesOn(machine: ReturnType<typeof machineWith>) {
  const events: EngineEvent[] = []
  const engines = new Engines({
    start: machine.start,
    recordPath,
    announce: (event) => events.push(event),
    now: () => new Date('2026-11-24T10:00:00Z'),
    patienceMs: 100,
  })
  return { engines, events }
}

describe('the engines of a machine', () => {
  it('are measured once where several could be fastest, and the choice is told in words', async () => {
    const machine = machineWith({
      webgpu: { speed: 412, isGpu: true },
      native: { speed: 401 },
      wasm: { speed: 30 },
    })
    const { engines, events } = enginesOn(machine)
    expect(await engines.choose('auto')).toBe('webgpu')
    expect((await engines.survey()).why).toBe('webgpu 412 img/s, native 401, wasm 30: webgpu')
    expect(events.filter(({ kind }) => kind === 'measuring')).toEqual([
      { kind: 'measuring', engine: 'webgpu', done: 0, total: 3 },
      { kind: 'measuring', engine: 'native', done: 1, total: 3 },
      { kind: 'measuring', engine: 'wasm', done: 2, total: 3 },
    ])
    expect(events.at(-1)).toEqual({ kind: 'surveyed', survey: await engines.survey() })
    expect(machine.running.size).toBe(0)

    const later = enginesOn(machine)
    machine.asked.length = 0
    expect(await later.engines.choose('auto')).toBe('webgpu')
    expect(machine.asked.filter((what) => what.startsWith('measure'))).toEqual([])
  })

  it('leave it at a look where one is the fastest by nature', async () => {
    const machine = machineWith({ native: {}, wasm: {} })
    const { engines } = enginesOn(machine)
    expect(await engines.choose('auto')).toBe('native')
    expect((await engines.survey()).why).toMatch(/^native is usually faster than wasm/)
    expect(machine.asked).toEqual(['probe cuda', 'probe webgpu', 'probe native', 'probe wasm'])
  })

  it('take the library of cuda on the processor only when it is measured to be faster', async () => {
    const slow = { cuda: { isGpu: false, speed: 300 }, native: { speed: 301 } }
    const first = enginesOn(machineWith(slow)).engines
    expect((await first.survey()).chosen).toBe('native')
    expect(await first.choose('auto')).toBe('native')
    await rm(recordPath)
    const fast = { cuda: { isGpu: false, speed: 302 }, native: { speed: 301 } }
    expect(await enginesOn(machineWith(fast)).engines.choose('auto')).toBe('cuda')
  })

  it.each(['crash', 'fail'] as const)(
    'are not tried again when a measurement ended in a %s, until they are measured anew',
    async (measure) => {
      const machine = machineWith({ webgpu: { measure }, native: { speed: 9 }, wasm: {} })
      const { engines } = enginesOn(machine)
      expect(await engines.choose('auto')).toBe('native')
      const reason = measure === 'crash' ? /SIGSEGV.*--measure/ : /Out of shaders.*--measure/
      await expect(engines.choose('webgpu')).rejects.toMatchObject({
        code: 'no-engine',
        message: expect.stringMatching(reason) as string,
      })
      const later = enginesOn(machine).engines
      machine.asked.length = 0
      expect(await later.choose('auto')).toBe('native')
      expect(machine.asked).not.toContain('probe webgpu')

      const mended = machineWith({ webgpu: { speed: 10 }, native: { speed: 9 }, wasm: {} })
      const again = enginesOn(mended).engines
      expect((await again.measure({ again: true })).chosen).toBe('webgpu')
    },
  )

  it.each(['crash', 'hang'] as const)(
    'survive a rung whose look ends in a %s, and lay it at its door',
    async (probe) => {
      const machine = machineWith({ cuda: { probe }, native: {}, wasm: {} })
      const { engines } = enginesOn(machine)
      const survey = await engines.survey()
      expect(survey.chosen).toBe('native')
      expect(survey.engines[0]).toMatchObject({ kind: 'cuda', available: false })
      expect(survey.engines[0]!.reason).toMatch(probe === 'crash' ? /SIGSEGV/ : /within 0.1 s/)
      expect(machine.running.size).toBe(0)
      machine.asked.length = 0
      await enginesOn(machine).engines.survey()
      expect(machine.asked).not.toContain('probe cuda')
    },
  )

  it('are measured anew on another device, and on another machine', async () => {
    const rungs = (device: string): Rungs => ({
      webgpu: { device, speed: 5 },
      native: { speed: 9 },
    })
    await enginesOn(machineWith(rungs('old card'))).engines.choose('auto')
    const swapped = machineWith(rungs('new card'))
    await enginesOn(swapped).engines.choose('auto')
    expect(swapped.asked.filter((what) => what.startsWith('measure'))).toEqual(['measure webgpu'])

    const record = JSON.parse(await readFile(recordPath, 'utf8')) as { machine: object }
    const other = { ...record, machine: { ...record.machine, threads: 99 } }
    await writeFile(recordPath, JSON.stringify(other))
    const moved = machineWith(rungs('new card'))
    await enginesOn(moved).engines.choose('auto')
    expect(moved.asked.filter((what) => what.startsWith('measure'))).toHaveLength(2)
  })

  it('shrug at a record that is damaged', async () => {
    const rungs = { webgpu: { speed: 5 }, native: { speed: 9 } }
    await enginesOn(machineWith(rungs)).engines.choose('auto')
    for (const damage of ['{', '[]', '{"version":1,"machine":{},"engines":{"native":7}}']) {
      await writeFile(recordPath, damage)
      expect(await enginesOn(machineWith(rungs)).engines.choose('auto')).toBe('native')
    }
  })

  it('name the next best when one has failed, and say what is missing when none runs', async () => {
    const { engines } = enginesOn(machineWith({ webgpu: {}, wasm: {} }))
    expect(await engines.nextAfter('webgpu')).toBe('wasm')
    expect(await engines.nextAfter('native')).toBe('webgpu')
    const none = enginesOn(machineWith({})).engines
    expect(await none.nextAfter('wasm')).toBeNull()
    await expect(none.choose('auto')).rejects.toThrow(/No engine runs here. cuda: It is not/)
  })
})
