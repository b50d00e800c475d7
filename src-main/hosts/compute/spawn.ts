import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { WorkbenchError } from '../../contract/errors.ts'
import type { ComputePurpose, StartCompute } from '../../workbench/compute.ts'
import { unpacked } from '../appFiles.ts'
import { connectCompute } from './computeRpc.ts'
import { computeEnvironment } from './environment.ts'
import { pipeChannel } from './pipeChannel.ts'
import { pipeDescriptor } from './pipeDescriptor.ts'

/**
 * The one place that starts compute processes: plain Node under every host, because Electron's V8
 * refuses the external buffers that GPU packages need.
 *
 * @param log told of errors inside, and of the last words of a process that died; what it writes while
 *   it lives is the chatter of drivers
 * @param options.servesPerson the process gives way to whatever a person does on the machine
 */
export function computeStarter(
  log: (text: string) => void,
  { servesPerson = false }: ComputeOptions = {},
): StartCompute {
  return (listener, onExit, purpose) => {
    const child = spawn(plainNode(), [...quiet, computeEntry()], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...computeEnvironment() },
      windowsHide: true,
    })
    child.once('spawn', () => {
      if (servesPerson && child.pid !== undefined) setPriority(child.pid, niceness[purpose])
    })
    const state: { ended: string | null; isUnwanted: boolean } = { ended: null, isUnwanted: false }
    // Without `onClose`: the child's end says more about its death, and comes just after.
    const { post, on, close: closePipe } = pipeChannel(child.stdio[pipeDescriptor] as Duplex)
    const channel = { post, on, ...(closePipe ? { close: closePipe } : {}) }
    const lost = (): WorkbenchError => deathOf(child, state.ended)
    const { api, close } = connectCompute(channel, listener, { lost, log })
    const lastWords: string[] = []
    const gone = (how: string): void => {
      if (state.ended !== null) return
      state.ended = how
      if (!state.isUnwanted && lastWords.length > 0) log(lastWords.join('\n'))
      close()
      onExit()
    }
    child.once('error', (error) => gone(`could not be started (${error.message})`))
    // Not `exit`: what the child said last may still be in the pipe then.
    child.once('close', (code, signal) =>
      gone(signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`),
    )
    for (const stream of [child.stdout, child.stderr])
      if (stream)
        createInterface({ input: stream }).on('line', (line) => {
          lastWords.push(line)
          if (lastWords.length > wordsKept) lastWords.shift()
        })
    return {
      api,
      pid: child.pid,
      dispose: () => {
        state.isUnwanted = true
        // SIGKILL: native code may hold the event loop for long, and there is nothing to save.
        child.kill('SIGKILL')
      },
    }
  }
}

export interface ComputeOptions {
  readonly servesPerson?: boolean
}

/**
 * Both give way to the window, but who waits for pictures must not wait for a training, nor for ever
 * on a busy machine. Native code asks for it to see whether a core should be left alone, see
 * `trainingThreads`.
 */
const niceness: Readonly<Record<ComputePurpose, number>> = {
  answers: 5,
  training: constants.priority.PRIORITY_BELOW_NORMAL,
}

/** Lines. */
const wordsKept = 40

/** Type stripping and node:sqlite still warn that they are young. */
const quiet = ['--disable-warning=ExperimentalWarning']

function deathOf(child: ChildProcess, ended: string | null): WorkbenchError {
  return new WorkbenchError(
    'compute-died',
    `The compute process ${child.pid ?? ''} ${ended ?? 'closed its pipe'}.`.replace('  ', ' '),
  )
}

/** `main.ts` when this runs from source, `compute.js` when it was built into one folder. */
function computeEntry(): string {
  const { dirname: folder, filename } = import.meta
  return unpacked(join(folder, filename.endsWith('.ts') ? 'main.ts' : 'compute.js'))
}

/** The binary of the `node` package; this process's own where it is a Node that will do. */
function plainNode(): string {
  const manifest = createRequire(import.meta.url).resolve('node/package.json')
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  const path = unpacked(join(dirname(manifest), 'bin', binary))
  if (existsSync(path)) return path
  const isPlain = process.versions['electron'] === undefined
  if (isPlain && Number.parseInt(process.versions.node, 10) >= 24) return process.execPath
  throw new WorkbenchError('io', `${path} is missing. Install the packages again: npm ci`)
}
