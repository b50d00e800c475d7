import { WorkbenchError } from '../contract/errors.ts'
import type { RunSettings } from '../contract/runs.ts'
import type { StepResult } from '../model/encoder.ts'

/** Names of images that a message lists before it counts the rest. */
const namesShown = 6

/**
 * Ends a run whose numbers have left the range of float32, before they reach the weights.
 *
 * @throws WorkbenchError `internal` with the step, a way out, and the images of its batch
 */
export function checkStep(
  { loss, gradient, learntGradients }: StepResult,
  step: {
    readonly epoch: number
    readonly step: number
    readonly batch: Int32Array
    readonly paths: readonly string[]
    readonly settings: RunSettings
  },
): void {
  const isLossFinite = Number.isFinite(loss)
  const gradients = [gradient, ...learntGradients]
  if (isLossFinite && gradients.every((slopes) => slopes.every(Number.isFinite))) return
  const what = isLossFinite ? 'The gradient' : 'The loss'
  const names = Array.from(step.batch, (image) => nameOf(step.paths[image] ?? ''))
  const shown = names.slice(0, namesShown).join(', ')
  const more = names.length > namesShown ? ` and ${names.length - namesShown} more` : ''
  throw new WorkbenchError(
    'internal',
    `${what} was no longer a finite number in step ${step.step + 1} (epoch ${step.epoch}). The last ` +
      `checkpoint is sound. A learning rate below ${step.settings.learningRate} or a higher ` +
      `temperature may help. The batch held ${shown}${more}.`,
  )
}

/** The last two parts of a path: most folders name images alike. */
function nameOf(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/')
}

/**
 * Ends a run whose weights have left the range of float32, before they reach a checkpoint: the gradient
 * of every step may have been finite all the same.
 *
 * @param rows what the network makes of all images
 * @throws WorkbenchError `internal` with the epoch and a way out
 */
export function checkEmbedding(
  rows: Float32Array,
  { epoch, settings }: { readonly epoch: number; readonly settings: RunSettings },
): void {
  if (rows.every(Number.isFinite)) return
  throw new WorkbenchError(
    'internal',
    `The network no longer gave finite numbers after epoch ${epoch}: its weights have grown too large. ` +
      `The last checkpoint is sound. A learning rate below ${settings.learningRate} may help, or a ` +
      'limit to the length of the gradient.',
  )
}
