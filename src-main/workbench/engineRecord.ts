import { mkdir, readFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { engineKinds } from '../contract/engines.ts'
import type { EngineKind } from '../contract/engines.ts'
import { packageVersion } from '../numeric/engines/packages.ts'
import { writeFileSafely } from '../numeric/writeSafely.ts'

/** What the workbench remembers of the engines of a machine, so that it measures them only once. */
export interface EngineRecord {
  readonly version: 1
  readonly machine: Machine
  readonly engines: Readonly<Partial<Record<EngineKind, EngineMemory>>>
}

/** What decides how fast an engine is, but for its device: another machine is measured anew. */
export interface Machine {
  readonly system: string
  readonly processor: string
  readonly threads: number
  readonly memoryGiB: number
  readonly packages: Readonly<Record<string, string | null>>
}

export type EngineMemory =
  | {
      readonly kind: 'measured'
      /** As the engine named it then; under another device the number is worth nothing. */
      readonly device: string | null
      readonly imagesPerSecond: number
      /** ISO 8601. */
      readonly at: string
    }
  /** It took its process with it, or never answered: it is not tried again unasked. */
  | { readonly kind: 'failed'; readonly reason: string; readonly at: string }

const packages = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  'onnxruntime-node',
  'webgpu',
]

export function thisMachine(): Machine {
  return {
    system: `${process.platform} ${process.arch} ${process.version}`,
    processor: cpus()[0]?.model ?? 'unknown',
    threads: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    packages: Object.fromEntries(packages.map((name) => [name, packageVersion(name)])),
  }
}

export function emptyRecord(machine: Machine): EngineRecord {
  return { version: 1, machine, engines: {} }
}

/** Empty where there is none, where it is damaged, and where it is another machine's. */
export async function readEngineRecord(path: string, machine: Machine): Promise<EngineRecord> {
  try {
    const {
      version,
      machine: of,
      engines,
    } = JSON.parse(await readFile(path, 'utf8')) as EngineRecord
    const isOfHere = version === 1 && JSON.stringify(of) === JSON.stringify(machine)
    if (!isOfHere) return emptyRecord(machine)
    const known = engineKinds.flatMap((kind) => {
      const memory = engines[kind]
      return memory && isMemory(memory) ? [[kind, memory] as const] : []
    })
    return { version, machine, engines: Object.fromEntries(known) }
  } catch {
    // Nothing hangs on it: what is lost is measured again.
    return emptyRecord(machine)
  }
}

export async function writeEngineRecord(path: string, record: EngineRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFileSafely(path, `${JSON.stringify(record, null, 2)}\n`)
}

function isMemory(memory: EngineMemory): boolean {
  return memory.kind === 'measured'
    ? Number.isFinite(memory.imagesPerSecond)
    : memory.kind === 'failed' && typeof memory.reason === 'string'
}
