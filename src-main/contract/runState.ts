import type { EngineKind } from './engines.ts'
import { upgradedRunConfig } from './runConfig.ts'
import type { EndReason, KeptPairs, RunConfig, RunEvent, RunId, Score } from './runs.ts'

/** What is known of a run: the fold of its events, the same in every window, store and test. */
export interface RunState {
  readonly run: RunId
  readonly phase: 'preparing' | 'training' | 'paused' | EndReason
  readonly config: RunConfig | null
  readonly device: string | null
  readonly protocol: string | null
  readonly images: Extract<RunEvent, { kind: 'started' }>['images'] | null
  /** Pairs that people have judged, which training goes by; null where it is not known. */
  readonly verdicts: number | null
  readonly stepsPerEpoch: number
  readonly preparing: {
    readonly what: string
    readonly done: number
    readonly total: number
  } | null
  readonly pixels: Score | null
  /** Loss of each step so far. */
  readonly losses: readonly number[]
  readonly epochs: readonly EpochState[]
  /** Epochs that have an embedding, ascending. */
  readonly embedded: readonly number[]
  readonly checkpoint: number | null
  readonly learningRate: number | null
  readonly imagesPerSecond: number | null
  readonly secondsLeft: number | null
  readonly residentBytes: number | null
  /** Of the loss as the run went on, a point a report; empty for a loss that has none. */
  readonly temperatures: readonly TemperaturePoint[]
  /** What the miner kept lately. */
  readonly kept: KeptPairs | null
  /** Rows in the memory. */
  readonly memory: number | null
  /** Share of the negative pairs that the policy on suspects treats, an entry a search. */
  readonly suspects: readonly { readonly epoch: number; readonly share: number }[]
  /** Where it paused, ended before its time, and went on, in that order. */
  readonly halts: readonly RunHalt[]
  readonly startedAt: string | null
  readonly message: string | null
  /** Another engine to go on with, where the last one failed. */
  readonly nextEngine: EngineKind | null
}

export interface TemperaturePoint {
  /** Since the run began. */
  readonly step: number
  readonly value: number
}

export interface EpochState {
  readonly epoch: number
  readonly meanLoss: number | null
  readonly score: Score | null
  readonly trainingSeconds: number
  /** Of its last step; null for epoch 0, and for a loss that has no temperature. */
  readonly learningRate: number | null
  readonly temperature: number | null
  /** When it was done, ISO 8601; null where the record does not say. */
  readonly at: string | null
}

export interface RunHalt {
  /** The last whole epoch then. */
  readonly epoch: number
  readonly kind: 'paused' | 'resumed' | 'stopped' | 'failed' | 'interrupted'
}

/** One line of the list of runs. */
export interface RunSummary {
  readonly run: RunId
  readonly phase: RunState['phase']
  readonly config: RunConfig | null
  readonly epochsDone: number
  readonly startedAt: string | null
  readonly before: Score | null
  readonly after: Score | null
}

export function emptyRun(run: RunId): RunState {
  return {
    run,
    phase: 'preparing',
    config: null,
    device: null,
    protocol: null,
    images: null,
    verdicts: null,
    stepsPerEpoch: 0,
    preparing: null,
    pixels: null,
    losses: [],
    epochs: [],
    embedded: [],
    checkpoint: null,
    learningRate: null,
    imagesPerSecond: null,
    secondsLeft: null,
    residentBytes: null,
    temperatures: [],
    kept: null,
    memory: null,
    suspects: [],
    halts: [],
    startedAt: null,
    message: null,
    nextEngine: null,
  }
}

/** The state after one more event. Pure: neither argument is changed. */
export function foldRun(state: RunState, event: RunEvent): RunState {
  switch (event.kind) {
    case 'started':
      return startedRun(state, event)
    case 'preparing':
      return {
        ...state,
        preparing: { what: event.what, done: event.done, total: event.total },
      }
    case 'baseline':
      return { ...state, pixels: event.score }
    case 'steps':
      return {
        ...state,
        phase: 'training',
        preparing: null,
        losses: [...state.losses.slice(0, event.firstStep), ...event.losses],
        learningRate: event.learningRate,
        imagesPerSecond: event.imagesPerSecond,
        secondsLeft: event.secondsLeft,
        residentBytes: event.residentBytes,
        temperatures: temperaturesWith(state, event),
        kept: event.kept ?? null,
        memory: event.memory ?? null,
      }
    case 'epoch': {
      const { epoch, meanLoss, score, trainingSeconds, at = null } = event
      const before = state.epochs.filter((known) => known.epoch < epoch)
      const learningRate = epoch === 0 ? null : state.learningRate
      const temperature = temperatureOf(state, epoch)
      const done = { epoch, meanLoss, score, trainingSeconds, learningRate, temperature, at }
      return { ...state, epochs: [...before, done] }
    }
    case 'embedded':
      return {
        ...state,
        embedded: [...state.embedded.filter((epoch) => epoch < event.epoch), event.epoch],
      }
    case 'suspects': {
      const before = state.suspects.filter(({ epoch }) => epoch < event.epoch)
      return { ...state, suspects: [...before, { epoch: event.epoch, share: event.share }] }
    }
    case 'checkpoint':
      return { ...state, checkpoint: event.epoch }
    case 'paused':
      return { ...state, phase: 'paused', halts: haltsWith(state, 'paused') }
    case 'resumed':
      return { ...state, phase: 'training', halts: haltsWith(state, 'resumed') }
    case 'ended':
      return {
        ...state,
        phase: event.reason,
        halts: event.reason === 'done' ? state.halts : haltsWith(state, event.reason),
        preparing: null,
        secondsLeft: null,
        message: event.message,
        nextEngine: event.nextEngine ?? null,
      }
  }
}

function haltsWith(
  { halts, epochs }: RunState,
  kind: RunHalt['kind'],
  epoch = epochs.at(-1)?.epoch ?? 0,
): readonly RunHalt[] {
  const last = halts.at(-1)
  return last?.kind === kind && last.epoch === epoch ? halts : [...halts, { epoch, kind }]
}

function canResume(phase: RunState['phase']): boolean {
  return phase === 'stopped' || phase === 'failed' || phase === 'interrupted'
}

/** Of the last step of an epoch that was reported with one. */
function temperatureOf({ temperatures, stepsPerEpoch }: RunState, epoch: number): number | null {
  const first = (epoch - 1) * stepsPerEpoch
  const last = temperatures.findLast(({ step }) => step < epoch * stepsPerEpoch)
  return last !== undefined && last.step >= first ? last.value : null
}

function temperaturesWith(
  { temperatures }: RunState,
  { temperature, firstStep, losses }: Extract<RunEvent, { kind: 'steps' }>,
): readonly TemperaturePoint[] {
  if (temperature === undefined || temperature === null) return temperatures
  const before = temperatures.filter(({ step }) => step < firstStep)
  return [...before, { step: firstStep + losses.length - 1, value: temperature }]
}

/** A resumed run forgets what happened after the checkpoint that it goes on from. */
function startedRun(state: RunState, event: Extract<RunEvent, { kind: 'started' }>): RunState {
  return {
    ...state,
    phase: 'preparing',
    config: upgradedRunConfig(event.config),
    device: event.device,
    protocol: event.protocol,
    images: event.images,
    verdicts: event.verdicts ?? null,
    stepsPerEpoch: event.stepsPerEpoch,
    losses: state.losses.slice(0, event.fromEpoch * event.stepsPerEpoch),
    temperatures: state.temperatures.filter(
      ({ step }) => step < event.fromEpoch * event.stepsPerEpoch,
    ),
    epochs: state.epochs.filter(({ epoch }) => epoch <= event.fromEpoch),
    embedded: state.embedded.filter((epoch) => epoch <= event.fromEpoch),
    suspects: state.suspects.filter(({ epoch }) => epoch <= event.fromEpoch),
    halts:
      event.fromEpoch > 0 || canResume(state.phase)
        ? haltsWith(state, 'resumed', event.fromEpoch)
        : state.halts,
    startedAt: state.startedAt ?? event.at,
    message: null,
    nextEngine: null,
  }
}

export function summaryOf(state: RunState): RunSummary {
  const scores = state.epochs.map(({ score }) => score)
  return {
    run: state.run,
    phase: state.phase,
    config: state.config,
    epochsDone: state.epochs.at(-1)?.epoch ?? 0,
    startedAt: state.startedAt,
    before: scores[0] ?? null,
    after: scores.at(-1) ?? null,
  }
}
