import { describe, expect, it } from 'vitest'
import { engineKinds } from '../../../../src-main/contract/engines.ts'
import { openEngine, probeEngine } from '../../../../src-main/numeric/engines/ladder.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'

const doctor = () => Promise.all(engineKinds.map((kind) => probeEngine(kind)))

describe('the ladder of engines', () => {
  it('reports on every rung, best first, with a sentence and a device where there is one', async () => {
    const reports = await doctor()
    expect(reports.map(({ kind }) => kind)).toEqual(engineKinds)
    for (const { available, device, reason } of reports) {
      expect(reason).toMatch(/^[A-Z].*\.$/)
      expect(device === null).toBe(!available)
    }
  })

  it('leaves the active backend as it is when it reports', async () => {
    await openEngine('wasm')
    await doctor()
    expect(tf.getBackend()).toBe('wasm')
  })

  it('opens each rung that is available on the device that it reports', async () => {
    const available = (await doctor()).filter((report) => report.available)
    expect(available.map(({ kind }) => kind)).toContain('wasm')
    for (const { kind, device } of available) {
      const engine = await openEngine(kind)
      expect(engine).toMatchObject({ kind, device })
      engine.dispose()
      engine.dispose()
    }
  })

  it('refuses each rung that is not available with the reason that it reports', async () => {
    for (const { kind, available, reason } of await doctor())
      if (!available)
        await expect(openEngine(kind)).rejects.toMatchObject({ code: 'no-engine', message: reason })
  })

  it('runs losses on WebAssembly under native', async () => {
    const engine = await openEngine('native')
    expect(tf.getBackend()).toBe('wasm')
    engine.dispose()
  })

  it('opens a rung again after another', async () => {
    for (const kind of ['wasm', 'cpu', 'native', 'wasm'] as const) {
      const engine = await openEngine(kind)
      expect(engine.kind).toBe(kind)
      expect([...tf.add(tf.tensor1d([1]), 1).dataSync()]).toEqual([2])
      engine.dispose()
    }
  })
})
