import type { RunConfig } from '../contract/runs.ts'
import { lossOf } from '../losses/lossOf.ts'
import { createMemory } from '../losses/memory.ts'
import type { Memory, MemoryState } from '../losses/memory.ts'
import type { Encoder } from '../model/encoder.ts'
import type { NamedArrays } from './checkpoint.ts'
import { createKeyEncoder } from './keyEncoder.ts'
import type { KeyEncoder } from './keyEncoder.ts'
import type { LabelIndex } from './labelIndex.ts'
import { createLossVariables } from './lossVariables.ts'
import type { LossVariables } from './lossVariables.ts'

/** What the loss of a run carries from step to step. */
export interface LossState {
  readonly variables: LossVariables
  /** Null: anchors see their batch only. */
  readonly memory: Memory | null
  /** Null: the memory takes the rows of the steps themselves. */
  readonly keys: KeyEncoder | null
  /** All of it, for a checkpoint. */
  arrays(): NamedArrays
  dispose(): void
}

export interface LossStateOptions {
  readonly config: RunConfig
  readonly index: LabelIndex
  readonly dim: number
  /** Makes an encoder for the memory's own weights; called where the run has one. */
  readonly openEncoder: () => Encoder
  /** What {@link LossState.arrays} gave, to go on from. */
  readonly saved: NamedArrays
}

export function openLossState(options: LossStateOptions): LossState {
  const { config, index, dim, openEncoder, saved } = options
  const { memorySize, memoryKind, memoryMomentum, seed } = config.settings
  const specs = lossOf(config.loss).learntOf({ labels: index.count, dim, seed })
  const variables = createLossVariables(specs, arraysUnder(saved, 'loss'))
  const rings = memoryKind === 'by-label' ? { labels: index.count } : {}
  const memory =
    memorySize > 0
      ? createMemory(
          { size: memorySize, dim, ...rings },
          memoryStateIn(arraysUnder(saved, 'memory')),
        )
      : null
  const keys =
    memory && memoryMomentum > 0
      ? createKeyEncoder(openEncoder(), memoryMomentum, arraysUnder(saved, 'keys'))
      : null
  return {
    variables,
    memory,
    keys,
    arrays: () => ({
      ...under('loss', variables.arrays()),
      ...under('memory', memory ? { ...memory.state } : {}),
      ...under('keys', keys?.arrays() ?? {}),
    }),
    dispose: () => keys?.dispose(),
  }
}

/** The arrays whose names begin with a folder, without it. */
export function arraysUnder(arrays: NamedArrays, folder: string): NamedArrays {
  return Object.fromEntries(
    Object.entries(arrays).flatMap(([name, array]): [string, NamedArrays[string]][] =>
      name.startsWith(`${folder}/`) ? [[name.slice(folder.length + 1), array]] : [],
    ),
  )
}

/** The arrays with a folder before their names. */
export function under(folder: string, arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [`${folder}/${name}`, array]),
  )
}

function memoryStateIn(saved: NamedArrays): MemoryState | undefined {
  const { raw, images, labels, cursors, filled } = saved
  const isWhole =
    raw instanceof Float32Array &&
    images instanceof Int32Array &&
    labels instanceof Int32Array &&
    cursors instanceof Int32Array &&
    filled instanceof Int32Array
  return isWhole ? { raw, images, labels, cursors, filled } : undefined
}
