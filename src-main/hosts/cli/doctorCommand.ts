import { cpus, release, totalmem } from 'node:os'
import { engineKinds } from '../../contract/engines.ts'
import type { EngineReport } from '../../contract/engines.ts'
import { findAppFiles } from '../appFiles.ts'
import { readFlags } from './flags.ts'
import { openWorkbench } from './openWorkbench.ts'

/** `doctor`: which engines run here. Returns the exit code: 1 when none does. */
export async function doctorCommand(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { json: { type: 'boolean' } })
  const workbench = openWorkbench()
  try {
    const engines = await workbench.engines()
    const chosen = engineKinds.find((kind) =>
      engines.some((engine) => engine.kind === kind && engine.available),
    )
    const [cpu] = cpus()
    const facts = {
      version: findAppFiles().version,
      node: process.version,
      system: `${process.platform} ${release()} ${process.arch}`,
      processor: `${cpus().length} × ${cpu?.model ?? 'unknown'}`,
      memoryBytes: totalmem(),
      chosen: chosen ?? null,
      engines,
    }
    process.stdout.write(flags.values['json'] ? `${JSON.stringify(facts)}\n` : textOf(facts))
    return chosen ? 0 : 1
  } finally {
    await workbench.dispose()
  }
}

function textOf(facts: {
  readonly version: string
  readonly node: string
  readonly system: string
  readonly processor: string
  readonly memoryBytes: number
  readonly chosen: string | null
  readonly engines: readonly EngineReport[]
}): string {
  const { version, node, system, processor, memoryBytes, chosen, engines } = facts
  const gigabytes = (memoryBytes / 2 ** 30).toFixed(1)
  const lines = engines.map((engine) => {
    const mark = engine.kind === chosen ? '→' : engine.available ? '✓' : '✗'
    const device = engine.device === null ? '' : `${engine.device}. `
    return `${mark} ${engine.kind.padEnd(7)} ${device}${engine.reason}`
  })
  return [
    `Antipode ${version}, Node ${node}, ${system}, ${processor}, ${gigabytes} GiB of memory`,
    ...lines,
    '',
  ].join('\n')
}
