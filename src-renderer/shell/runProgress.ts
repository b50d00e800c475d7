import type { RunState } from '../../src-main/contract/runState.ts'
import { wholeOf } from '../ui/numbers.ts'

export interface RunProgress {
  readonly words: string
  /** In [0, 1]; null while nobody knows. */
  readonly share: number | null
}

/** Where a run stands, in a few words. */
export function progressOf(state: RunState): RunProgress {
  const { preparing, config, losses, stepsPerEpoch } = state
  if (state.phase === 'preparing') {
    if (preparing === null) return { words: 'Preparing', share: null }
    const share = preparing.total > 0 ? preparing.done / preparing.total : null
    return {
      words: `${sentenceCase(preparing.what)} ${wholeOf(preparing.done)} of ${wholeOf(preparing.total)}`,
      share,
    }
  }
  const epochs = config?.settings.epochs ?? 0
  const steps = epochs * stepsPerEpoch
  const share = steps > 0 ? losses.length / steps : null
  const epoch = Math.min(epochs, epochAt(state))
  const word = state.phase === 'paused' ? 'Paused at epoch' : 'Epoch'
  return { words: `${word} ${epoch} of ${epochs}`, share }
}

/** The epoch under way, counted from 1. */
function epochAt({ losses, stepsPerEpoch }: RunState): number {
  return stepsPerEpoch > 0 ? Math.floor(losses.length / stepsPerEpoch) + 1 : 1
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
