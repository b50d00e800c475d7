import { setTimeout as wait } from 'node:timers/promises'
import { engineKinds } from '../../src-main/contract/engines.ts'
import { trainingThreads } from '../../src-main/numeric/engines/cores.ts'
import { probeEngine } from '../../src-main/numeric/engines/ladder.ts'
import { benchCases } from './engine/cases.ts'
import type { BenchCase } from './engine/cases.ts'
import { pythonWithTorch, startOurs, startTorch } from './engine/contender.ts'
import type { Contender, Timing } from './engine/contender.ts'

const rounds = 5
/** Between two measurements: threads that spin when they have nothing to do go to sleep. */
const pauseMs = 150
/** One step on the slower rungs takes seconds. */
const rungSteps = 1

/** What the benchmark found; all speeds of training include Adam, all ratios are medians over rounds. */
interface EngineResult {
  readonly device: string
  readonly threads: number
  /** Of the CNN at batch 64: our speed by PyTorch's with channels last; null without PyTorch. */
  readonly ratioToTorch: number | null
  readonly imagesPerSecond: number
  /** Time of a step with the loss outside the graph by that with the loss inside, minus 1. */
  readonly lossOutsideCost: number | null
  readonly torch: { readonly version: string; readonly imagesPerSecond: number } | null
  readonly networks: readonly NetworkResult[]
  /** The CNN at batch 64 on the other rungs that run here. */
  readonly rungs: readonly RungResult[]
}

interface NetworkResult {
  readonly name: string
  readonly task: BenchCase['task']
  readonly batch: number
  readonly px: number
  readonly imagesPerSecond: number
  /** Images per second in PyTorch. */
  readonly torch: number | null
  readonly ratioToTorch: number | null
  readonly peakBytes: number
  readonly torchPeakBytes: number | null
}

interface RungResult {
  readonly rung: string
  readonly device: string
  readonly imagesPerSecond: number
  readonly ratioToTorch: number | null
}

interface Setting {
  readonly python: string | null
  readonly threads: number
}

/** Who takes part in the rounds of a case, by name. */
type Entrants = Readonly<Record<string, { contender: Contender; work: string; steps: number }>>

/**
 * Trains networks on the native engine and, side by side and in turns, in PyTorch and on the other rungs
 * of the ladder.
 *
 * @param options.only names of cases; none means all
 */
export async function run({ json, only }: { json: boolean; only: readonly string[] }) {
  const unknown = only.filter((name) => !benchCases.some((one) => one.name === name))
  if (unknown.length > 0)
    throw new Error(
      `No case ${unknown.join(', ')}; there are ${benchCases.map(({ name }) => name).join(', ')}.`,
    )
  const setting = { python: pythonWithTorch(), threads: trainingThreads() }
  if (!setting.python)
    say('PyTorch is not installed (python3-torch in Debian): measuring without it.')
  const native = await probeEngine('native')
  const found: CaseResult[] = []
  for (const one of benchCases)
    if (only.length === 0 || only.includes(one.name)) found.push(await measure(one, setting))
  const reference = found.find(({ extra }) => extra) ?? found[0]
  if (!reference) throw new TypeError('no case was measured')
  const { network, extra, version } = reference
  const result: EngineResult = {
    device: native.device ?? 'none',
    threads: setting.threads,
    ratioToTorch: network.ratioToTorch,
    imagesPerSecond: network.imagesPerSecond,
    lossOutsideCost: extra?.lossOutsideCost ?? null,
    torch: version === null ? null : { version, imagesPerSecond: network.torch ?? NaN },
    networks: found.map((one) => one.network),
    rungs: extra?.rungs ?? [],
  }
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : tableOf(result))
}

interface CaseResult {
  readonly network: NetworkResult
  readonly version: string | null
  readonly extra: { readonly lossOutsideCost: number; readonly rungs: readonly RungResult[] } | null
}

async function measure(one: BenchCase, setting: Setting): Promise<CaseResult> {
  const { name, title, batch, px, task, steps, isReference } = one
  const work = task === 'train' ? 'inside' : 'embed'
  const native = await startOurs('native', name)
  const torch = setting.python ? await startTorch(setting.python, name, setting.threads) : null
  // A process of its own: its sessions would count as memory of the other.
  const outside = isReference ? await startOurs('native', name) : null
  const rungs = isReference ? await startRungs(name) : {}
  const entrants: Entrants = {
    native: { contender: native, work, steps },
    ...(torch && { torch: { contender: torch, work, steps } }),
    ...(outside && { outside: { contender: outside, work: 'outside', steps } }),
    ...Object.fromEntries(
      Object.entries(rungs).map(([rung, contender]) => [
        rung,
        { contender, work, steps: rungSteps },
      ]),
    ),
  }
  try {
    const measured = await inTurns(`${title}, batch ${batch}, ${px} px`, entrants)
    const speed = (who: string) => 1e3 * batch * median(measured.map((r) => 1 / msOf(r, who)))
    const ratio = (who: string) =>
      torch && rounded(median(measured.map((r) => msOf(r, 'torch') / msOf(r, who))), 3)
    const peak = (who: string) => Math.max(...measured.map((r) => r[who]?.peakBytes ?? NaN))
    return {
      version: torch && String(torch.greeting['version']),
      network: {
        name: title,
        ...{ task, batch, px },
        imagesPerSecond: rounded(speed('native'), 1),
        torch: torch && rounded(speed('torch'), 1),
        ratioToTorch: ratio('native'),
        peakBytes: peak('native'),
        torchPeakBytes: torch && peak('torch'),
      },
      extra: isReference
        ? {
            lossOutsideCost: rounded(
              median(measured.map((r) => msOf(r, 'outside') / msOf(r, 'native'))) - 1,
              3,
            ),
            rungs: Object.entries(rungs).map(([rung, { greeting }]) => ({
              rung,
              device: String(greeting['device']),
              imagesPerSecond: rounded(speed(rung), 1),
              ratioToTorch: ratio(rung),
            })),
          }
        : null,
    }
  } finally {
    for (const contender of [native, torch, outside, ...Object.values(rungs)]) contender?.stop()
  }
}

/** The other rungs that run here. */
async function startRungs(name: string): Promise<Readonly<Record<string, Contender>>> {
  const started: Record<string, Contender> = {}
  for (const rung of engineKinds) {
    if (rung === 'native') continue
    if ((await probeEngine(rung)).available) started[rung] = await startOurs(rung, name)
  }
  return started
}

type Round = Readonly<Record<string, Timing>>

/** Rounds in which each takes its turn; one before them warms everything up. */
async function inTurns(title: string, entrants: Entrants): Promise<readonly Round[]> {
  const measured: Round[] = []
  for (let i = 0; i <= rounds; i++) {
    const round: Record<string, Timing> = {}
    for (const [who, { contender, work, steps }] of Object.entries(entrants)) {
      await wait(pauseMs)
      round[who] = await contender.time(work, i === 0 ? 1 : steps)
    }
    if (i === 0) continue
    measured.push(round)
    const times = Object.entries(round).map(([who, t]) => `${who} ${t.milliseconds.toFixed(0)}`)
    say(`${title}: round ${i} of ${rounds}, ms a step: ${times.join(', ')}`)
  }
  return measured
}

function tableOf(result: EngineResult): string {
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
  const ofTorch = (ratio: number | null) => (ratio === null ? '–' : `${ratio.toFixed(2)}×`)
  const rows = [
    ['network', 'images/s', 'PyTorch', 'ratio', 'memory', 'PyTorch'],
    ...result.networks.map((one) => [
      `${one.name}, batch ${one.batch}, ${one.px} px, ${one.task}`,
      String(Math.round(one.imagesPerSecond)),
      one.torch === null ? '–' : String(Math.round(one.torch)),
      ofTorch(one.ratioToTorch),
      megabytes(one.peakBytes),
      one.torchPeakBytes === null ? '–' : megabytes(one.torchPeakBytes),
    ]),
    ...result.rungs.map((one) => [
      `CNN, batch 64, on ${one.rung} (${one.device})`,
      String(Math.round(one.imagesPerSecond)),
      '',
      ofTorch(one.ratioToTorch),
    ]),
  ]
  const widths = [0, 1, 2, 3, 4, 5].map((i) =>
    Math.max(...rows.map((row) => (row[i] ?? '').length)),
  )
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))),
  )
  const cost =
    result.lossOutsideCost === null
      ? ''
      : `Loss outside the graph: ${(100 * result.lossOutsideCost).toFixed(1)} % more time.\n`
  const torch = result.torch
    ? `PyTorch ${result.torch.version}, channels last.`
    : 'No PyTorch here.'
  return `native on ${result.device}. ${torch}\n${lines.map((l) => l.join('  ')).join('\n')}\n${cost}`
}

function msOf(round: Round, who: string): number {
  return round[who]?.milliseconds ?? NaN
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
