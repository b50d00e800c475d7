import type { Faithfulness } from '../../src-main/contract/sphere.ts'

/** One line for beside the picture. */
export function summaryOf(faithfulness: Faithfulness, frameEpoch: number): string {
  if (faithfulness.isExact) return 'exact · the picture is the embedding'
  return [
    'linear view',
    `axes of epoch ${frameEpoch}`,
    `${percentOf(faithfulness.lengthShare)} of length`,
    `${percentOf(faithfulness.neighboursKept)} of neighbours kept`,
  ].join(' · ')
}

/** How wrong the picture is, in plain words. */
export function explanationOf(faithfulness: Faithfulness, frameEpoch: number): string {
  if (faithfulness.isExact) {
    return 'The embedding has three dimensions, so distances on the ball are the true ones.'
  }
  const { lengthShare, neighboursKept, k } = faithfulness
  return [
    `The embedding has more dimensions than a ball can show. This is its shadow along the three axes that were longest at epoch ${frameEpoch}; they stay the same from epoch to epoch, so motion is real.`,
    `The shadow holds ${percentOf(lengthShare)} of the squared length: the rest points out of the picture, and images that look close may be far apart.`,
    `Of an image's ${k} true nearest neighbours, ${howMany(neighboursKept * k)} of ${k} are also among the nearest here. The numbers beside neighbours are always the true ones.`,
  ].join(' ')
}

function percentOf(share: number): string {
  const percent = Math.round(100 * share)
  if (percent === 0 && share > 0) return 'under 1 %'
  if (percent === 100 && share < 1) return 'over 99 %'
  return `${percent} %`
}

function howMany(count: number): string {
  const rounded = Math.round(count)
  if (rounded === 0) return count > 0 ? 'fewer than one' : 'none'
  return `about ${rounded}`
}
