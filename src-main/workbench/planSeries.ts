import type { JudgedPair, TrainingImages } from '../contract/compute.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { RunConfig, RunRequest, RunSettings } from '../contract/runs.ts'
import type { RunSeries } from '../contract/runSeries.ts'
import type { SeriesRequest } from '../contract/series.ts'
import { planRequest } from './planRequest.ts'

/** A run of a series that has not begun. */
export interface PlannedRun {
  readonly config: RunConfig
  readonly images: TrainingImages
  readonly fromEpoch: number
  readonly series: SeriesPart
}

/** What a run's configuration says of its series, but for the name that its first run gives it. */
export type SeriesPart = RunSeries extends infer Part
  ? Part extends RunSeries
    ? Omit<Part, 'id'>
    : never
  : never

/** The run that all are like. */
export interface SeriesSource {
  readonly config: RunConfig
  /** As the run first saw them. */
  readonly images: TrainingImages
  /** On its images, as of now. */
  readonly verdicts: readonly JudgedPair[]
  /** Memory that a process may still take. */
  readonly freeBytes: number
}

/**
 * All runs of a series, when each of them can be trained.
 *
 * @throws WorkbenchError `bad-request` that says what is missing and what to do
 */
export function planSeries(request: SeriesRequest, source: SeriesSource): readonly PlannedRun[] {
  return request.kind === 'sweep' ? planSweep(request, source) : planReplay(request, source)
}

/** The same run at several temperatures, each of them constant: seed, images and batches are the same. */
function planSweep(
  { run, temperatures, epochs }: Extract<SeriesRequest, { kind: 'sweep' }>,
  { config, images, freeBytes }: SeriesSource,
): readonly PlannedRun[] {
  const { loss, settings } = config
  if (typeof loss.params['temperature'] !== 'number')
    throw new WorkbenchError(
      'bad-request',
      `The loss of run ${run}, ${loss.name}, has no temperature. Sweep a run with one that has, such as ` +
        'NT-Xent.',
    )
  return temperatures.map((temperature) => {
    const params = {
      ...loss.params,
      temperature,
      ...('temperatureRule' in loss.params && { temperatureRule: 'fixed' }),
    }
    const request = requestOf(config, {
      loss: { ...loss, params },
      settings: {
        ...settings,
        epochs,
        temperatureSchedule: 'constant',
        warmupEpochs: Math.min(settings.warmupEpochs, Math.floor(epochs / 4)),
        memoryWarmup: Math.min(settings.memoryWarmup, Math.floor(epochs / 4)),
        suspectStart: Math.min(settings.suspectStart, Math.max(1, epochs - 1)),
      },
    })
    const { imported } = config
    const planned = planRequest(request, config.engine, { images, imported, freeBytes })
    return {
      config: planned,
      images,
      fromEpoch: 0,
      series: { kind: 'sweep', of: run, temperature },
    }
  })
}

/** The last epochs of a run twice, with and without one thing; seed and batches are the same. */
function planReplay(
  { run, what, fromEpoch }: Extract<SeriesRequest, { kind: 'replay' }>,
  { config, images, verdicts }: SeriesSource,
): readonly PlannedRun[] {
  const { settings } = config
  if (fromEpoch >= settings.epochs)
    throw new WorkbenchError(
      'bad-request',
      `Run ${run} has ${settings.epochs} epochs, and none of them comes after epoch ${fromEpoch}.`,
    )
  const part = (arm: 'with' | 'without') =>
    ({ kind: 'replay', of: run, what, arm, fromEpoch }) as const
  if (what === 'verdicts') {
    if (verdicts.length === 0)
      throw new WorkbenchError(
        'bad-request',
        `There is no verdict on images of run ${run}. Judge some pairs in Review first.`,
      )
    return [
      { config, fromEpoch, series: part('with'), images: { ...images, verdicts } },
      { config, fromEpoch, series: part('without'), images: { ...images, verdicts: [] } },
    ]
  }
  const isOn = settings.suspects !== 'off' && settings.suspects !== 'show'
  const suspects = isOn ? settings.suspects : 'eliminate'
  const firstSearch = Math.min(settings.suspectStart, Math.max(1, settings.epochs - 1))
  const on: RunSettings = {
    ...settings,
    suspects,
    suspectBaseRate: Math.max(settings.suspectBaseRate, settings.suspectShare),
    // A policy that is new begins at once, as the network already knows something; else as it was.
    suspectStart: isOn || fromEpoch === 0 ? firstSearch : fromEpoch,
  }
  // Whether the policy can be had is said before anything is written.
  planRequest(requestOf(config, { settings: on }), config.engine, {
    images,
    imported: config.imported,
    freeBytes: Infinity,
  })
  const off: RunSettings = { ...settings, suspects: 'off' }
  return [
    { config: { ...config, settings: on }, fromEpoch, series: part('with'), images },
    { config: { ...config, settings: off }, fromEpoch, series: part('without'), images },
  ]
}

function requestOf(
  { regime, engine, loss, miner, settings }: RunConfig,
  change: { readonly loss?: RunConfig['loss']; readonly settings?: RunSettings },
): RunRequest {
  return {
    regime,
    engine,
    loss: change.loss ?? loss,
    miner,
    settings: { ...(change.settings ?? settings) },
  }
}
