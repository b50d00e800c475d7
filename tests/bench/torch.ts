import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type TorchLayout = 'last' | 'first'

/** PyTorch in a process of its own, which works only when it is asked to. */
export interface Torch {
  readonly version: string
  /** Trains some steps; milliseconds a step. */
  time(layout: TorchLayout, steps: number): Promise<number>
  stop(): void
}

/** Null where no Python with torch is installed. */
export async function startTorch(threads: number): Promise<Torch | null> {
  const python = ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', 'import torch']).status === 0,
  )
  if (python === undefined) return null
  const script = fileURLToPath(new URL('engine_torch.py', import.meta.url))
  const child = spawn(python, [script, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('the PyTorch process ended')
    return JSON.parse(value) as Record<string, unknown>
  }
  const { version } = await answer()
  return {
    version: String(version),
    async time(layout, steps) {
      child.stdin.write(`${layout} ${steps}\n`)
      return Number((await answer())['milliseconds'])
    },
    stop: () => child.stdin.end(),
  }
}
