import { readFileSync } from 'node:fs'
import { availableParallelism, getPriority } from 'node:os'

/** From here on a core less costs a run less than a stuttering window costs a person. */
const coresToSpareOne = 4

/**
 * Threads for training: all physical cores. A process of low priority serves a person in front of the
 * machine, and leaves them one core where there are 4 or more; with fewer, where a core would be a
 * third or a half of the speed, the priority alone lets the window go first.
 */
export function trainingThreads(cores = availableCores(), priority = getPriority()): number {
  return priority > 0 && cores >= coresToSpareOne ? cores - 1 : cores
}

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
