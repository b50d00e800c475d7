import { findLabelErrors } from '../../analysis/labelErrors/findLabelErrors.ts'
import type { Rows } from '../../analysis/neighbours.ts'
import type { RunPlace } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { LabelErrorsReport } from '../../contract/labelErrors.ts'
import { openRunDetector } from './runDetector.ts'

/**
 * Labels that are probably wrong, as the features of a run see them.
 *
 * @throws WorkbenchError `bad-request` for a run without an embedding, or without two labels
 */
export async function labelErrorsOfRun(
  place: RunPlace,
  { epoch, top }: { readonly epoch: number | null; readonly top: number },
): Promise<LabelErrorsReport> {
  const opened = await openRunDetector(place, epoch, { pixels: true, views: false })
  try {
    const { run, config, images, detector, products } = opened
    const { labels, labelNames, ids } = images
    const labelled = Int32Array.from(labels.keys()).filter((image) => (labels[image] ?? -1) >= 0)
    const found = new Set(labelled.map((image) => labels[image] ?? -1)).size
    if (found < 2)
      throw new WorkbenchError(
        'bad-request',
        `Looking for wrong labels needs two labels or more, and in run ${run} there ` +
          `${found === 0 ? 'is none' : 'is only one'}. Label more images, and train again.`,
      )
    const report = await findLabelErrors(chosen(detector.rows, labelled), {
      pixels: opened.pixelRows && chosen(opened.pixelRows, labelled),
      labels: labelled.map((image) => labels[image] ?? 0),
      labelCount: labelNames.length,
      ids: labelled.map((image) => ids[image] ?? 0),
      top,
      products,
    })
    return {
      run,
      epoch: opened.epoch,
      labelNames,
      ...report,
      assumptions: [
        ...opened.assumptions,
        config.regime === 'contrastive'
          ? 'These features never saw a label.'
          : 'These features were trained on the labels that they doubt, and may have learnt errors by ' +
            'heart: a contrastive run finds more.',
        'Each image was judged by a logistic regression on four fifths of the others, and by those that are ' +
          'nearest in the features and in the pixels.',
      ],
    }
  } finally {
    opened.dispose()
  }
}

function chosen({ data, dim }: Rows, images: Int32Array): Rows {
  const part = new Float32Array(images.length * dim)
  images.forEach((image, i) => part.set(data.subarray(image * dim, (image + 1) * dim), i * dim))
  return { data: part, dim }
}
