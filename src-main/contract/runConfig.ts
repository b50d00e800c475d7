import type { RunConfig, RunSettings } from './runs.ts'

/** What is read from disk or from an old event: of this version or an earlier one. */
export type StoredRunConfig = Omit<RunConfig, 'version' | 'miner' | 'settings'> & {
  readonly version: number
  readonly miner?: RunConfig['miner']
  readonly settings: Partial<RunSettings>
}

/** The newest version of a run's configuration that this program reads. */
export const runConfigVersion = 3

/** The configuration in today's words: what could not be asked for then is what was done then. */
export function upgradedRunConfig(config: StoredRunConfig): RunConfig {
  const sampler = config.regime === 'metric' ? 'labels' : 'uniform'
  return {
    ...config,
    version: runConfigVersion,
    miner: config.miner ?? null,
    settings: { ...settingsBefore, sampler, ...config.settings } as RunSettings,
  }
}

/** What runs did before they could be asked to do otherwise. */
const settingsBefore = {
  backbone: 'cnn',
  modelFile: '',
  importedWeights: 'trained',
  tap: '',
  inputRange: 'auto',
  dropout: 0,
  optimizer: 'adamw',
  momentum: 0.9,
  clip: 0,
  averaging: 'none',
  averagingDecay: 0.99,
  memorySize: 0,
  memoryWarmup: 0,
  memoryKind: 'newest',
  memoryOwn: 'ignored',
  memoryBatch: 'live',
  memoryMomentum: 0,
  temperatureSchedule: 'constant',
  temperatureEnd: 0.1,
  temperaturePeriod: 10,
  suspects: 'off',
  suspectShare: 0.05,
  suspectBaseRate: 0.1,
  suspectStart: 5,
  suspectEvery: 2,
  suspectGroup: 'medium',
} as const satisfies Partial<RunSettings>
