import { WorkbenchError } from '../../contract/errors.ts'
import type { EngineReport } from '../../contract/engines.ts'
import * as tf from '../tf.ts'
import type { EngineContext, Rung } from './context.ts'
import { messageOf, packageVersion } from './packages.ts'
import { libraryPlaces, missingLibraries } from './sharedLibraries.ts'

const packageNames = ['webgpu', '@tensorflow/tfjs-backend-webgpu'] as const

/** Any vendor's GPU, through Dawn (Vulkan, Metal, Direct3D 12). Software adapters do not count. */
export const webgpuRung: Rung = createWebgpuRung({ acceptsSoftware: false })

/** @param options.acceptsSoftware take an adapter that is the processor in disguise: for tests only */
export function createWebgpuRung(options: { readonly acceptsSoftware: boolean }): Rung {
  return {
    kind: 'webgpu',

    async probe(): Promise<EngineReport> {
      const common = { kind: 'webgpu', version: packageVersion(packageNames[0]) } as const
      const found = await findAdapter(options)
      return 'reason' in found
        ? { ...common, available: false, device: null, reason: found.reason }
        : {
            ...common,
            available: true,
            device: found.device,
            isGpu: true,
            reason: 'Dawn found a GPU.',
          }
    },

    async open(): Promise<EngineContext> {
      const found = await findAdapter(options)
      if ('reason' in found) throw new WorkbenchError('no-engine', found.reason)
      const withdraw = offerToTensorFlow(found.gpu)
      try {
        await import('@tensorflow/tfjs-backend-webgpu')
        if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js refused the backend')
      } catch (cause) {
        withdraw()
        const message = `WebGPU tensors do not start on ${found.device}: ${messageOf(cause)}.`
        throw new WorkbenchError('no-engine', message, { cause })
      }
      return { kind: 'webgpu', device: found.device, ...factsOfDevice(), dispose: withdraw }
    },
  }
}

type FoundAdapter = { readonly gpu: object; readonly device: string } | { readonly reason: string }

/** What we read of the adapter that Dawn gives. */
interface Adapter {
  readonly info: {
    readonly vendor: string
    readonly architecture: string
    readonly description: string
    readonly isFallbackAdapter?: boolean
  }
}

async function findAdapter({
  acceptsSoftware,
}: {
  readonly acceptsSoftware: boolean
}): Promise<FoundAdapter> {
  for (const name of packageNames)
    if (packageVersion(name) === null)
      return { reason: `The package ${name} is not installed. Run npm install.` }
  const missing = missingVulkanReason()
  if (missing !== null) return { reason: missing }
  try {
    const { create, globals } = await import('webgpu')
    for (const [name, value] of Object.entries(globals))
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value })
    const gpu = create([])
    const adapter = (await gpu.requestAdapter({
      powerPreference: 'high-performance',
    })) as Adapter | null
    if (!adapter)
      return { reason: 'WebGPU found no GPU. Install the GPU’s driver, on Linux that for Vulkan.' }
    const { vendor, architecture, description, isFallbackAdapter } = adapter.info
    const device = description || `${vendor} ${architecture}`.trim()
    const isSoftware =
      isFallbackAdapter === true || /swiftshader|llvmpipe|basic render/i.test(device)
    if (isSoftware && !acceptsSoftware)
      return {
        reason: `WebGPU found only ${device}, a processor in disguise. Install the GPU's driver.`,
      }
    return { gpu, device }
  } catch (error) {
    return { reason: `The package webgpu does not load: ${messageOf(error)}.` }
  }
}

/** What we read of the device that the backend works on. */
interface Device {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  readonly limits: {
    readonly maxBufferSize: number
    readonly maxStorageBufferBindingSize: number
  }
}

function factsOfDevice(): Pick<EngineContext, 'lost' | 'largestTensorBytes'> {
  const { device } = tf.backend() as unknown as { readonly device: Device }
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits
  return {
    largestTensorBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize),
    lost: device.lost.then(
      ({ reason, message }) => message || reason || 'the driver gave no reason',
    ),
  }
}

/** The backend looks for `navigator.gpu`, which keeps Node alive until it is gone. */
function offerToTensorFlow(gpu: object): () => void {
  if (!('navigator' in globalThis))
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
  const { navigator } = globalThis
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  return () => {
    if ('gpu' in navigator) Reflect.deleteProperty(navigator, 'gpu')
  }
}

/** Dawn complains to stderr when it looks for a loader that is not there, so it is not asked then. */
function missingVulkanReason(): string | null {
  const places = libraryPlaces()
  const isThere = missingLibraries(['libvulkan.so.1'], places).length === 0
  if (places.platform !== 'linux' || isThere) return null
  return (
    'WebGPU found no GPU: the Vulkan loader libvulkan.so.1 is missing. Install it (libvulkan1 in ' +
    'Debian and Ubuntu, vulkan-loader in Fedora) and the GPU’s driver.'
  )
}
