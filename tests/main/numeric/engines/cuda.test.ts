import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCudaRung } from '../../../../src-main/numeric/engines/cuda.ts'
import type { CudaMachine } from '../../../../src-main/numeric/engines/cuda.ts'
import {
  missingForCuda,
  readDriver,
  readGpuName,
} from '../../../../src-main/numeric/engines/cudaNeeds.ts'
import { openEngine } from '../../../../src-main/numeric/engines/ladder.ts'
import * as tf from '../../../../src-main/numeric/tf.ts'

let folder: string
const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
const kept = { isArray: util['isArray'], isNullOrUndefined: util['isNullOrUndefined'] }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'antipode-cuda-'))
  await openEngine('cpu')
  delete process.env['TF_FORCE_GPU_ALLOW_GROWTH']
  for (const name of Object.keys(kept)) Reflect.deleteProperty(util, name)
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  if (tf.findBackendFactory('tensorflow') as unknown) tf.removeBackend('tensorflow')
  Object.assign(util, kept)
})

/** A stand-in of the package's binding: what it does when it loads, and what its backend is then. */
function machineWith(isUsingGpuDevice: boolean, more: Partial<CudaMachine> = {}) {
  const seen = { growth: '', hasShims: false }
  const machine: CudaMachine = {
    version: '4.22.0',
    load() {
      const { isArray, isNullOrUndefined } = util as Record<string, (value: unknown) => boolean>
      seen.hasShims =
        isArray!([]) && !isArray!('') && isNullOrUndefined!(null) && !isNullOrUndefined!(0)
      seen.growth = process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ?? ''
      const backend = { isUsingGpuDevice, dispose: () => undefined }
      if (!(tf.findBackendFactory('tensorflow') as unknown))
        tf.registerBackend('tensorflow', () => backend as never, 3)
      return Promise.resolve(tf.setBackend('tensorflow'))
    },
    places: { platform: 'linux', folders: [folder], index: null },
    driver: '535.154.05',
    gpuName: 'NVIDIA H100',
    ...more,
  }
  return { rung: createCudaRung(() => machine), seen }
}

describe('the rung cuda', () => {
  it('takes the word of the backend for the GPU, with the driver’s name for it', async () => {
    const { rung, seen } = machineWith(true)
    expect(await rung.probe()).toMatchObject({
      available: true,
      isGpu: true,
      device: 'NVIDIA H100',
      notes: [],
      version: '4.22.0',
    })
    expect(seen).toEqual({ growth: 'true', hasShims: true })
    expect(tf.getBackend()).toBe('cpu')
    const engine = await rung.open()
    expect(tf.getBackend()).toBe('tensorflow')
    expect(engine).toMatchObject({ kind: 'cuda', device: 'NVIDIA H100' })
  })

  it('serves the processor without a GPU, and says which files a GPU would need', async () => {
    const { rung } = machineWith(false)
    writeFileSync(join(folder, 'libcudart.so.11.0'), '')
    const report = await rung.probe()
    expect(report).toMatchObject({ available: true, isGpu: false })
    expect(report.device).toMatch(/processor/)
    const notes = report.notes!.join('\n')
    expect(notes).toMatch(/libcudnn\.so\.8.*cuDNN 8\.1 for CUDA/)
    expect(notes).toMatch(/libcublas\.so\.11.*developer\.nvidia/)
    expect(notes).not.toMatch(/libcudart/)
  })

  it('refuses when the library does not load, with the loader’s words', async () => {
    const broken = () =>
      Promise.reject(new Error('libtensorflow.so.2: cannot open shared object\n at x'))
    const { rung } = machineWith(false, { load: broken })
    const report = await rung.probe()
    expect(report.available).toBe(false)
    expect(report.reason).toMatch(
      /libtensorflow\.so\.2: cannot open shared object\. Run npm rebuild/,
    )
    await expect(rung.open()).rejects.toMatchObject({ code: 'no-engine', message: report.reason })
  })

  it('refuses when the package offers no backend, or is not there', async () => {
    const silent = machineWith(false, { load: () => Promise.resolve() }).rung
    expect((await silent.probe()).reason).toMatch(/offers no tensors/)
    const absent = machineWith(false, { version: null, driver: null, gpuName: null }).rung
    expect(await absent.probe()).toMatchObject({ available: false, notes: [], version: null })
    expect((await absent.probe()).reason).toMatch(/npm install @tensorflow\/tfjs-node-gpu@/)
  })
})

describe('missingForCuda', () => {
  const places = (platform: NodeJS.Platform) => ({ platform, folders: [folder], index: null })

  it('is satisfied by files in the loader’s folders or its index', () => {
    const files = ['cuda.so.1', 'cublas.so.11', 'cublasLt.so.11', 'cufft.so.10', 'curand.so.10']
    for (const file of files) writeFileSync(join(folder, `lib${file}`), '')
    const index = join(folder, 'ld.so.cache')
    writeFileSync(index, 'libcudart.so.11.0\0libcusolver.so.11\0libcusparse.so.11\0libcudnn.so.8\0')
    expect(missingForCuda({ ...places('linux'), index }, '535.1')).toEqual([])
  })

  it('names a driver that is too old, the DLLs of Windows, and that macOS has no CUDA', () => {
    expect(missingForCuda(places('linux'), '418.40.04')[0]).toMatch(/418\.40\.04 is too old.*450/)
    expect(missingForCuda(places('win32'), null).join()).toMatch(/nvcuda\.dll.*cudnn64_8\.dll/s)
    expect(missingForCuda(places('darwin'), null)).toEqual([expect.stringMatching(/webgpu/)])
  })

  it('reads driver and GPU as the kernel module writes them, and none where there is none', () => {
    expect([readDriver(folder), readGpuName(folder)]).toEqual([null, null])
    writeFileSync(
      join(folder, 'version'),
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.154.05  Thu Dec 28 15:37:48 UTC 2023\n',
    )
    mkdirSync(join(folder, 'gpus', '0000:01:00.0'), { recursive: true })
    writeFileSync(
      join(folder, 'gpus', '0000:01:00.0', 'information'),
      'Model: \t\t NVIDIA H100 80GB\nIRQ: 5\n',
    )
    expect([readDriver(folder), readGpuName(folder)]).toEqual(['535.154.05', 'NVIDIA H100 80GB'])
  })
})
