import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/**
 * Physical cores that this process may use: two threads of one core only get in each other's way in
 * dense arithmetic. Where the system does not say which threads share a core, all of them count.
 */
export function availableCores(): number {
  const threads = availableParallelism()
  const perCore = threadsPerCore()
  return Math.max(1, Math.floor(threads / perCore))
}

function threadsPerCore(): number {
  try {
    const siblings = readFileSync(
      '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list',
      'utf8',
    )
    return siblings.trim().split(/[,-]/).length
  } catch {
    return 1
  }
}
