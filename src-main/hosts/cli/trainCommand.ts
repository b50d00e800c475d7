import { regimes } from '../../contract/catalogue.ts'
import type { Catalogue, ParameterSpec, ParameterValues, Regime } from '../../contract/catalogue.ts'
import { engineKinds } from '../../contract/engines.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { ProjectInfo, ScanEvent } from '../../contract/project.ts'
import type { RunRequest } from '../../contract/runs.ts'
import { lossCatalogue } from '../../losses/catalogue.ts'
import { minerCatalogue } from '../../losses/miners/catalogue.ts'
import { importRequested } from '../../training/importRequested.ts'
import { resolveRunConfig } from '../../training/resolve.ts'
import { combinationRules } from '../../training/rules.ts'
import { settingsCatalogue } from '../../training/settings.ts'
import type { Workbench } from '../../workbench/Workbench.ts'
import {
  flagOf,
  numberOf,
  parameterOptions,
  parameterSpecs,
  parameterValues,
  readFlags,
  textOf,
} from './flags.ts'
import type { Flags } from './flags.ts'
import { pathFrom } from './terminal.ts'
import { followRun, listenToInterrupts } from './followRun.ts'
import { durationText, Progress } from './Progress.ts'

const catalogue: Catalogue = {
  losses: lossCatalogue,
  miners: minerCatalogue,
  settings: settingsCatalogue,
  rules: combinationRules,
}

/** Before the flags of a miner's parameters: losses have a margin too. */
const minerOwner = 'miner-'
const minerParameters = minerCatalogue.flatMap(({ parameters }) => parameters)

/** `train <folder>`: scans, trains, reports. Returns the exit code. */
export async function trainCommand(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, {
    project: { type: 'string' },
    regime: { type: 'string' },
    loss: { type: 'string' },
    plus: { type: 'string' },
    miner: { type: 'string' },
    engine: { type: 'string' },
    json: { type: 'boolean' },
    ...parameterOptions(parameterSpecs(catalogue)),
    ...parameterOptions(minerParameters, minerOwner),
  })
  const folder = folderIn(flags)
  const project = textOf(flags, 'project')
  await checkEarly(flags)

  const progress = new Progress(process.stderr)
  const { openWorkbench } = await import('./openWorkbench.ts')
  const workbench = openWorkbench()
  const interrupts = listenToInterrupts()
  try {
    const scanned = scanEnd(workbench, progress)
    interrupts.onStop(() => void workbench.cancelScan())
    await workbench.openFolder({ folder, ...(project ? { project: pathFrom(project) } : {}) })
    const info = await scanned
    if (interrupts.isInterrupted) return 130
    await tellSkipped(workbench, info, progress)
    const request = requestOf(flags, info, progress)
    return await followRun(workbench, {
      start: () => workbench.startRun(request),
      before: [],
      info,
      isJson: flags.values['json'] === true,
      progress,
      interrupts,
    })
  } finally {
    progress.clear()
    await workbench.dispose()
    interrupts.end()
  }
}

function folderIn({ positionals }: Flags): string {
  const [folder, ...more] = positionals
  if (folder === undefined)
    throw new WorkbenchError('bad-request', 'Name a folder of images: antipode train <folder>')
  if (more.length > 0)
    throw new WorkbenchError(
      'bad-request',
      `One folder at a time, not ${positionals.length}: ${positionals.join(', ')}`,
    )
  return pathFrom(folder)
}

/** Whatever can be known to be wrong before the folder is opened, so that nothing is left behind. */
async function checkEarly(flags: Flags): Promise<void> {
  const regime = regimeIn(flags)
  engineIn(flags)
  const backbone = await importRequested(partsOf(flags, regime ?? 'contrastive'))
  const known = backbone ? { imported: backbone.network } : {}
  if (regime) {
    resolveRunConfig(partsOf(flags, regime), 'native', known)
    return
  }
  try {
    resolveRunConfig(partsOf(flags, 'contrastive'), 'native', known)
  } catch {
    // Which of the two it will be is not known yet: one that fits is enough.
    resolveRunConfig(partsOf(flags, 'metric'), 'native', known)
  }
}

function requestOf(flags: Flags, info: ProjectInfo, progress: Progress): RunRequest {
  const asked = regimeIn(flags)
  if (asked) return partsOf(flags, asked)
  const regime = info.labels >= 2 ? 'metric' : 'contrastive'
  progress.line(
    regime === 'metric'
      ? `regime: metric, since the folders give ${info.labels} labels`
      : 'regime: contrastive, since there are no two labels',
  )
  return partsOf(flags, regime)
}

function partsOf(flags: Flags, regime: Regime): RunRequest {
  const name = textOf(flags, 'loss') ?? (regime === 'contrastive' ? 'nt-xent' : 'supcon')
  const { settings, losses } = catalogue
  const parameters = losses.flatMap((loss) => loss.parameters)
  const plus = plusIn(flags)
  return {
    regime,
    engine: engineIn(flags),
    loss: {
      name,
      params: parameterValues(flags, parameters),
      ...(plus.length > 0 && { plus }),
    },
    miner: minerIn(flags),
    settings: settingsIn(flags, settings),
  }
}

/** Paths from where the command was given. */
function settingsIn(flags: Flags, specs: readonly ParameterSpec[]): ParameterValues {
  const paths = specs.filter((spec) => spec.kind === 'text' && spec.isPath)
  return Object.fromEntries(
    Object.entries(parameterValues(flags, specs)).map(([name, value]) => {
      const isPath = paths.some((spec) => spec.name === name) && typeof value === 'string'
      return [name, isPath ? pathFrom(value) : value]
    }),
  )
}

/** `--plus align-uniform=0.1,triplet=0.5`: losses that are added, with their weights. */
function plusIn(flags: Flags): NonNullable<RunRequest['loss']['plus']> {
  const text = textOf(flags, 'plus')
  if (text === undefined) return []
  return text.split(',').map((part) => {
    const [name = '', weight, ...more] = part.trim().split('=')
    if (name === '' || weight === undefined || more.length > 0)
      throw new WorkbenchError(
        'bad-request',
        `--plus is "${text}", but must be like align-uniform=0.1,triplet=0.5: losses and weights.`,
      )
    return { name, params: {}, weight: numberOf('plus', weight) }
  })
}

function minerIn(flags: Flags): RunRequest['miner'] {
  const name = textOf(flags, 'miner')
  const params = parameterValues(flags, minerParameters, minerOwner)
  if (name !== undefined) return { name, params }
  const [given] = Object.keys(params)
  if (given === undefined) return null
  throw new WorkbenchError(
    'bad-request',
    `--${minerOwner}${flagOf(given)} needs a miner: --miner NAME, one of ` +
      `${minerCatalogue.map((miner) => miner.name).join(', ')}.`,
  )
}

function regimeIn(flags: Flags): Regime | undefined {
  const text = textOf(flags, 'regime')
  if (text === undefined) return undefined
  const regime = regimes.find((known) => known === text)
  if (regime) return regime
  throw new WorkbenchError(
    'bad-request',
    `There is no regime ${text}; there are ${regimes.slice(0, -1).join(', ')} and ${regimes.at(-1) ?? ''}.`,
  )
}

function engineIn(flags: Flags): RunRequest['engine'] {
  const text = textOf(flags, 'engine') ?? 'auto'
  const known = ['auto', ...engineKinds] as const
  const engine = known.find((kind) => kind === text)
  if (engine) return engine
  throw new WorkbenchError(
    'bad-request',
    `There is no engine ${text}; there are ${known.join(', ')}.`,
  )
}

/** Resolves when the scan that is about to begin has ended. */
function scanEnd(workbench: Workbench, progress: Progress): Promise<ProjectInfo> {
  return new Promise((resolve, reject) => {
    const stop = workbench.listen((name, event) => {
      if (name !== 'scan') return
      if (event.kind === 'progress') {
        progress.passing(scanText(event.progress))
        return
      }
      stop()
      if (event.kind === 'ended') resolve(event.project)
      else reject(new WorkbenchError('io', event.message))
    })
  })
}

function scanText(progress: Extract<ScanEvent, { kind: 'progress' }>['progress']): string {
  const { done, total, imagesPerSecond, secondsLeft } = progress
  const left = secondsLeft === null ? '' : `  ${durationText(secondsLeft)} left`
  return `reading ${done} of ${total ?? '…'}  ${Math.round(imagesPerSecond)} files/s${left}`
}

async function tellSkipped(
  workbench: Workbench,
  info: ProjectInfo,
  progress: Progress,
): Promise<void> {
  progress.line(`${info.images} images, ${info.labels} labels, ${info.skipped} files skipped`)
  const skipped = await workbench.skipped()
  for (const { path, reason } of skipped.slice(0, 5)) progress.line(`skipped ${path}: ${reason}`)
  if (skipped.length > 5) progress.line(`and ${skipped.length - 5} more`)
  if (info.images > 0) return
  throw new WorkbenchError(
    'bad-request',
    `None of the ${skipped.length} files in ${info.sources.join(', ')} can be read as an image.`,
  )
}
