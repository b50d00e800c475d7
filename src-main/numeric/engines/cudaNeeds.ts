import { readFileSync, readdirSync } from 'node:fs'
import { missingLibraries } from './sharedLibraries.ts'
import type { LibraryPlaces } from './sharedLibraries.ts'

/** What libtensorflow 2.9.1 opens, by file, with the package of NVIDIA's that brings it. */
const needed: Readonly<Record<'linux' | 'win32', Readonly<Record<string, string>>>> = {
  linux: {
    'libcuda.so.1': 'the NVIDIA driver',
    'libcudart.so.11.0': 'CUDA 11.2',
    'libcublas.so.11': 'CUDA 11.2',
    'libcublasLt.so.11': 'CUDA 11.2',
    'libcufft.so.10': 'CUDA 11.2',
    'libcurand.so.10': 'CUDA 11.2',
    'libcusolver.so.11': 'CUDA 11.2',
    'libcusparse.so.11': 'CUDA 11.2',
    'libcudnn.so.8': 'cuDNN 8.1',
  },
  win32: {
    'nvcuda.dll': 'the NVIDIA driver',
    'cudart64_110.dll': 'CUDA 11.2',
    'cublas64_11.dll': 'CUDA 11.2',
    'cublasLt64_11.dll': 'CUDA 11.2',
    'cufft64_10.dll': 'CUDA 11.2',
    'curand64_10.dll': 'CUDA 11.2',
    'cusolver64_11.dll': 'CUDA 11.2',
    'cusparse64_11.dll': 'CUDA 11.2',
    'cudnn64_8.dll': 'cuDNN 8.1',
  },
}

/** CUDA 11.2 speaks to drivers of its own generation and all later ones. */
const oldestDriver = 450

const waysToGet: Readonly<Record<string, string>> = {
  'the NVIDIA driver': 'the NVIDIA driver from the system’s packages or nvidia.com/drivers',
  'CUDA 11.2': 'CUDA 11.2 from developer.nvidia.com/cuda-11.2.0-download-archive',
  'cuDNN 8.1': 'cuDNN 8.1 for CUDA 11.2 from developer.nvidia.com/rdp/cudnn-archive',
}

/**
 * What a machine lacks for TensorFlow to compute on its NVIDIA GPU, a sentence each: files that the
 * loader does not find, and where they come from; a driver that is too old. None when all is there.
 *
 * @param driver what {@link readDriver} gave
 */
export function missingForCuda(places: LibraryPlaces, driver: string | null): readonly string[] {
  const { platform } = places
  if (platform !== 'linux' && platform !== 'win32')
    return [`There is no CUDA for ${platform}; webgpu uses the graphics card there.`]
  const sources = needed[platform]
  const missing = missingLibraries(Object.keys(sources), places)
  const sentences = Object.entries(waysToGet).flatMap(([source, way]) => {
    const files = missing.filter((file) => sources[file] === source)
    return files.length === 0 ? [] : [`Missing: ${files.join(', ')}. Get ${way}.`]
  })
  const major = Number.parseInt(driver ?? '', 10)
  return major < oldestDriver
    ? [
        `The NVIDIA driver ${driver ?? ''} is too old for CUDA 11.2, which needs ${oldestDriver} or newer.`,
        ...sentences,
      ]
    : sentences
}

const driverFolder = '/proc/driver/nvidia'

/** Version of the NVIDIA driver that the kernel has loaded, such as `535.154.05`; null if none. */
export function readDriver(folder = driverFolder): string | null {
  try {
    return (
      /Kernel Module.*?\s(\d+(?:\.\d+)+)/.exec(readFileSync(`${folder}/version`, 'utf8'))?.[1] ??
      null
    )
  } catch {
    return null
  }
}

/** The driver's name for the first GPU. */
export function readGpuName(folder = driverFolder): string | null {
  try {
    const [first = ''] = readdirSync(`${folder}/gpus`)
    const text = readFileSync(`${folder}/gpus/${first}/information`, 'utf8')
    return /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? null
  } catch {
    return null
  }
}
