import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { computeEnvironment } from '../../../src-main/hosts/compute/environment.ts'

/** A process with one network, which works only when it is asked to. */
export interface Contender {
  /** What it said when it was ready, such as its device. */
  readonly greeting: Readonly<Record<string, unknown>>
  /** Does some steps of a kind of work. */
  time(work: string, steps: number): Promise<Timing>
  stop(): void
}

export interface Timing {
  /** A step. */
  readonly milliseconds: number
  /** Most memory that the process has ever had. */
  readonly peakBytes: number
}

/** The network of a case on a rung, with the memory settings of a compute process. */
export function startOurs(rung: string, name: string): Promise<Contender> {
  const worker = fileURLToPath(import.meta.resolve('./worker.ts'))
  const options = ['--disable-warning=ExperimentalWarning', worker, rung, name]
  return start(process.execPath, options, { ...process.env, ...computeEnvironment() })
}

/** The same network in PyTorch with channels last. */
export function startTorch(python: string, name: string, threads: number): Promise<Contender> {
  const script = fileURLToPath(new URL('in_torch.py', import.meta.url))
  return start(python, [script, name, String(threads)], process.env)
}

/** A Python that has torch, or null. */
export function pythonWithTorch(): string | null {
  const isFit = (command: string) => spawnSync(command, ['-c', 'import torch']).status === 0
  return ['python3', '/usr/bin/python3'].find(isFit) ?? null
}

async function start(
  command: string,
  options: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Contender> {
  const child = spawn(command, options, { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<Record<string, unknown>> => {
    // TensorFlow.js greets on standard output.
    for (;;) {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${command} ${options.join(' ')} ended`)
      if (value.startsWith('{')) return JSON.parse(value) as Record<string, unknown>
    }
  }
  const greeting = await answer()
  return {
    greeting,
    async time(work, steps) {
      child.stdin.write(`${work} ${steps}\n`)
      const { milliseconds, peakBytes } = await answer()
      return { milliseconds: Number(milliseconds), peakBytes: Number(peakBytes) }
    },
    stop: () => child.stdin.end(),
  }
}
