import { WorkbenchError } from '../../contract/errors.ts'
import { storedEpochs } from './storedEpochs.ts'

/** Epochs that are read; of more, so many are picked evenly. */
const mostEpochs = 60

/**
 * The epochs of a run that a history is told by, ascending.
 *
 * @throws WorkbenchError `not-found` where the run has stored no embedding
 */
export async function historyEpochs(run: string, runFolder: string): Promise<readonly number[]> {
  const epochs = evenly(await storedEpochs(runFolder), mostEpochs)
  if (epochs.length === 0)
    throw new WorkbenchError('not-found', `Run ${run} has stored no embedding.`)
  return epochs
}

function evenly(epochs: readonly number[], most: number): readonly number[] {
  if (epochs.length <= most) return epochs
  const picked = Array.from({ length: most }, (_, i) =>
    Math.round((i * (epochs.length - 1)) / (most - 1)),
  )
  return picked.map((place) => epochs[place] ?? 0)
}
