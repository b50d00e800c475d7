import { resolve } from 'node:path'

/** `npm run` changes to the folder of package.json, and keeps where the person was. */
export function pathFrom(argument: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), argument)
}

/**
 * Calls `stop` at the first Ctrl-C (or SIGTERM) and ends the process at the second.
 *
 * @returns its end
 */
export function onInterrupt(stop: () => void): () => void {
  let isAsked = false
  const interrupt = (): void => {
    if (isAsked) process.exit(130)
    isAsked = true
    stop()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return () => {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
