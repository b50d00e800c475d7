import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { EngineReport } from '../../../../src-main/contract/engines.ts'
import { availableCores } from '../../../../src-main/numeric/engines/cores.ts'

interface Steps {
  readonly report: EngineReport
  readonly device: string
  readonly sum: number
  readonly isRestored: boolean
}

/** Resolves only when the process has ended, which threads must not keep it from. */
async function stepsOf(...args: string[]): Promise<Steps> {
  const script = fileURLToPath(new URL('wasmSteps.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], {
    timeout: 25_000,
  })
  return JSON.parse(stdout) as Steps
}

it('wasm starts a thread for each core, or says why it has one, and computes the same', async (context) => {
  const cores = availableCores()
  if (cores === 1) context.skip('needs two cores')
  const threaded = await stepsOf()
  expect(threaded.report).toMatchObject({ available: true, device: `${cores} threads, SIMD` })
  expect(threaded.report).not.toHaveProperty('notes')
  expect([threaded.device, threaded.isRestored]).toEqual([`${cores} threads, SIMD`, true])

  const single = await stepsOf('forbidden')
  expect(single.report).toMatchObject({ available: true, device: '1 thread, SIMD' })
  expect(single.report.notes!.join()).toMatch(/so that it runs on one.*threads are forbidden here/)
  expect([single.device, single.isRestored]).toEqual(['1 thread, SIMD', true])
  expect(threaded.sum / single.sum).toBeCloseTo(1, 6)
})
