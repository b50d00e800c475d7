import { WorkbenchError } from '../contract/errors.ts'
import type { RunConfig } from '../contract/runs.ts'
import type { ImageFacts } from './facts.ts'

/** With fewer, a batch has hardly a negative. */
const fewestImages = 4

/**
 * Says whether these images can be trained on, before anything is decoded.
 *
 * @param facts of all images of the run
 * @throws WorkbenchError `bad-request` with what is missing and a way out
 */
export function checkRun({ regime, settings }: RunConfig, facts: ImageFacts): void {
  const { images, labels, pairedLabels } = facts
  if (images < fewestImages)
    throw new WorkbenchError(
      'bad-request',
      `Training needs at least ${fewestImages} images, and here ${areOnly(images, 'image')}. Add ` +
        'images to the folder.',
    )
  if (regime === 'mixed' && labels === 0)
    throw new WorkbenchError(
      'bad-request',
      'Mixed learning needs some labels, and no image has one. Label a few images, or choose ' +
        'contrastive learning, which needs none.',
    )
  if (regime !== 'metric') return
  if (labels === 0)
    throw new WorkbenchError(
      'bad-request',
      'Metric learning needs labels, and no image has one. Sort the images into one folder a label, ' +
        'or choose contrastive learning, which needs none.',
    )
  if (pairedLabels < 2)
    throw new WorkbenchError(
      'bad-request',
      'Metric learning needs at least two labels with two images or more each, and here ' +
        `${areOnly(pairedLabels, 'such label')}. Label more images, or choose contrastive learning.`,
    )
  if (settings.split === 'open' && settings.holdout > 0 && pairedLabels < 3)
    throw new WorkbenchError(
      'bad-request',
      `Labels cannot be held out of ${pairedLabels}: training needs two of them. Hold out unseen ` +
        'images of known labels instead, or set the share held out to 0.',
    )
}

/**
 * The same for the part that is left to train on.
 *
 * @param training facts of the training images
 */
export function checkTrainingPart({ regime, settings }: RunConfig, training: ImageFacts): void {
  const wayOut = `Lower the share held out, which is ${settings.holdout}, or add images.`
  if (training.images < fewestImages)
    throw new WorkbenchError(
      'bad-request',
      `Training needs at least ${fewestImages} images, and of those not held out there ` +
        `${areOnly(training.images, 'image')}. ${wayOut}`,
    )
  if (regime === 'metric' && training.pairedLabels < 2)
    throw new WorkbenchError(
      'bad-request',
      'Metric learning needs at least two labels with two images or more each, and of those not ' +
        `held out there ${areOnly(training.pairedLabels, 'such label')}. ${wayOut}`,
    )
}

/**
 * Says whether there is a negative at all: contrastive learning knows files with the same bytes as one image.
 *
 * @param hashes of the bytes of all images
 * @param training images that are trained on
 * @throws WorkbenchError `bad-request`
 */
export function checkContents(
  { regime }: RunConfig,
  hashes: readonly string[],
  training: Int32Array,
): void {
  if (regime !== 'contrastive') return
  const contents = new Set(Array.from(training, (image) => hashes[image]))
  if (contents.size >= 2) return
  throw new WorkbenchError(
    'bad-request',
    `All ${training.length} images to train on have the same bytes, so there is no negative to learn from. ` +
      'Add other images.',
  )
}

function areOnly(n: number, what: string): string {
  if (n === 0) return `is no ${what}`
  return n === 1 ? `is only one ${what}` : `are only ${n} ${what}s`
}
