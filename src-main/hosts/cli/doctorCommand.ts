import { cpus, release, totalmem } from 'node:os'
import type { EngineSurvey, SurveyedEngine } from '../../contract/engines.ts'
import { findAppFiles } from '../appFiles.ts'
import { readFlags } from './flags.ts'
import { openWorkbench } from './openWorkbench.ts'
import { Progress } from './Progress.ts'

/**
 * `doctor`: which engines run here and how fast, and what the others lack. Measures each engine once, or
 * again with `--measure`. Returns the exit code: 1 when none runs.
 */
export async function doctorCommand(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { json: { type: 'boolean' }, measure: { type: 'boolean' } })
  const workbench = openWorkbench()
  const progress = new Progress(process.stderr)
  const stop = workbench.listen((name, event) => {
    if (name === 'engines' && event.kind === 'measuring')
      progress.passing(`measuring ${event.engine}, ${event.done + 1} of ${event.total}`)
  })
  try {
    const survey = await workbench.measureEngines({ again: flags.values['measure'] === true })
    progress.clear()
    const facts = { ...machineFacts(), ...survey }
    process.stdout.write(flags.values['json'] ? `${JSON.stringify(facts)}\n` : textOf(facts))
    return survey.chosen ? 0 : 1
  } finally {
    progress.clear()
    stop()
    await workbench.dispose()
  }
}

interface MachineFacts {
  readonly version: string
  readonly node: string
  readonly system: string
  readonly processor: string
  readonly memoryBytes: number
  /** What this process may still take. */
  readonly freeMemoryBytes: number
}

function machineFacts(): MachineFacts {
  const [cpu] = cpus()
  return {
    version: findAppFiles().version,
    node: process.version,
    system: `${process.platform} ${release()} ${process.arch}`,
    processor: `${cpus().length} × ${cpu?.model ?? 'unknown'}`,
    memoryBytes: totalmem(),
    freeMemoryBytes: process.availableMemory(),
  }
}

function textOf(facts: MachineFacts & EngineSurvey): string {
  const { version, node, system, processor, memoryBytes, freeMemoryBytes, engines, why } = facts
  const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1)
  return [
    `Antipode ${version}, Node ${node}, ${system}, ${processor}, ` +
      `${gigabytes(freeMemoryBytes)} of ${gigabytes(memoryBytes)} GiB of memory free`,
    ...engines.flatMap((engine) => linesOf(engine, facts.chosen)),
    why,
    '',
  ].join('\n')
}

function linesOf(engine: SurveyedEngine, chosen: EngineSurvey['chosen']): readonly string[] {
  const { kind, available, device, reason, imagesPerSecond, notes = [] } = engine
  const mark = kind === chosen ? '→' : available ? '✓' : '✗'
  const speed = imagesPerSecond === null ? '' : `${Math.round(imagesPerSecond)} images/s. `
  const indent = ' '.repeat(10)
  return [
    `${mark} ${kind.padEnd(7)} ${device === null ? '' : `${device}. `}${speed}${reason}`,
    ...notes.map((note) => `${indent}${note}`),
  ]
}
