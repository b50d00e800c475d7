import type { Regime } from '../contract/catalogue.ts'
import { WorkbenchError } from '../contract/errors.ts'
import type { LossPictureRequest } from '../contract/lossPicture.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { resolveParameters } from '../training/parameters.ts'

/**
 * The picture of a loss with all of its parameters: by labels if the loss can, else of views.
 *
 * @throws WorkbenchError `bad-request` for a loss or parameter that there is not, or points that are not
 *   two views of each image where the loss compares those
 */
export function checkedPicture(
  request: LossPictureRequest,
): LossPictureRequest & { readonly regime: Regime } {
  const { loss, labels, params } = request
  const entry = lossCatalogue.find(({ name }) => name === loss)
  if (!entry) throw new WorkbenchError('bad-request', `There is no loss ${loss}.`)
  const regime = entry.regimes.includes('metric') ? 'metric' : 'contrastive'
  const half = labels.length / 2
  if (
    regime === 'contrastive' &&
    !labels.every((label, i) => label === labels[(i + half) % labels.length])
  )
    throw new WorkbenchError(
      'bad-request',
      `${entry.title} compares two views of each image: the second half of the points must be of the ` +
        'same images as the first, in the same order.',
    )
  return {
    ...request,
    regime,
    params: resolveParameters(entry.parameters, params, { regime, owner: `the loss ${loss}` }),
  }
}
