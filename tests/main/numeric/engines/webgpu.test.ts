import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { relativeDistance } from '../../model/examples.ts'

/** Debian's chromium brings a Vulkan loader and a driver that runs on the processor. */
const chromium = '/usr/lib/chromium'
const driver = `${chromium}/vk_swiftshader_icd.json`
const canRun = existsSync(driver) && existsSync(`${chromium}/libvulkan.so.1`)

interface Steps {
  readonly refusal: string
  readonly results: readonly {
    readonly kind: string
    readonly device: string
    readonly loss: number
    readonly gradient: readonly number[]
    readonly looked: number
    readonly raw: readonly number[]
    readonly statistics: readonly number[]
    readonly embedding: readonly number[]
    readonly leaked: number
  }[]
}

describe('the rung webgpu', () => {
  it('steps and embeds as the oracle does, refuses software, and lets the process end', async (context) => {
    if (!canRun) context.skip('needs the Vulkan driver SwiftShader of Debian’s chromium')
    const script = fileURLToPath(new URL('webgpuSteps.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      env: { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: chromium },
      timeout: 25_000,
    })
    const { refusal, results } = JSON.parse(stdout) as Steps
    const [webgpu, oracle] = results
    expect(refusal).toMatch(/^WebGPU found only SwiftShader.*processor in disguise/)
    expect([webgpu!.kind, oracle!.kind]).toEqual(['webgpu', 'cpu'])
    expect(webgpu!.device).toMatch(/SwiftShader/)
    expect(webgpu!.loss).toBeCloseTo(oracle!.loss, 5)
    expect(relativeDistance(webgpu!.gradient, oracle!.gradient)).toBeLessThan(1e-5)
    expect([webgpu!.looked, oracle!.looked]).toEqual([16, 16])
    expect(relativeDistance(webgpu!.raw, oracle!.raw)).toBeLessThan(1e-5)
    expect(relativeDistance(webgpu!.statistics, oracle!.statistics)).toBeLessThan(2e-6)
    expect(relativeDistance(webgpu!.embedding, oracle!.embedding)).toBeLessThan(2e-6)
    expect([webgpu!.leaked, oracle!.leaked]).toEqual([0, 0])
  })
})
