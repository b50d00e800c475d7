import { availableParallelism } from 'node:os'

/** Variables that have to be set before a compute process starts: libraries read them only once. */
export function computeEnvironment(): Readonly<Record<string, string>> {
  return { ...memoryKnobs(), ...threadKnobs() }
}

/**
 * glibc gives each large buffer a mapping of its own, and hands free memory back to the kernel, which
 * must clear each page anew; a training step asks for the same buffers again and again.
 */
function memoryKnobs(): Record<string, string> {
  if (process.platform !== 'linux') return {}
  return { MALLOC_MMAP_MAX_: '0', MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: String(2 ** 28) }
}

/** Images are decoded by libuv's threads, of which there are 4 on any machine unless told. */
function threadKnobs(): Record<string, string> {
  return { UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism())) }
}
