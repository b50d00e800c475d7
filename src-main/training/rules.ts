import type { CombinationRule } from '../contract/combinations.ts'
import { lossCatalogue } from '../losses/catalogue.ts'
import { minerCatalogue } from '../losses/miners/catalogue.ts'

const miners = minerCatalogue.map(({ name }) => name)
const memories = ['newest', 'by-label']
const byLabel = ['labels', 'hierarchical', 'balanced', 'hard-labels']

/** They compare rows with proxies or dimensions with each other: there are no pairs to choose from. */
const withoutPairs = [
  'align-uniform',
  'vicreg',
  'barlow-twins',
  'proxy-nca',
  'proxy-anchor',
  'soft-triple',
  'normalized-softmax',
  'arcface',
  'sub-center-arcface',
  'cosface',
  'sphereface',
  'p2s-grad',
  'koleo',
  'spread-out',
  'norm-regularizer',
]
/** They look at the distribution of all pairs, or choose among them by themselves. */
const ofAllPairs = [
  'fastap',
  'histogram',
  'ranked-list',
  'n-pairs',
  'centroid-triplet',
  'debiased',
  'false-negatives',
]
/** They pair rows one by one, take means over what has a gradient, or compare positives with all else. */
const ofOneBatch = [
  ...withoutPairs,
  'n-pairs',
  'centroid-triplet',
  'cross-view',
  'false-negatives',
  'angular',
]

const lossesWithout = (parameter: string) =>
  lossCatalogue
    .filter(({ parameters }) => !parameters.some(({ name }) => name === parameter))
    .map(({ name }) => name)

/** Losses that know pairs of views, or every row's label: half-labelled folders have neither throughout. */
const notMixed = lossCatalogue
  .filter(({ regimes }) => !regimes.includes('metric') || !regimes.includes('contrastive'))
  .map(({ name }) => name)

/** Losses of known regimes, for a sentence of their own each. */
const regimeRules: readonly CombinationRule[] = lossCatalogue.flatMap(({ name, title, regimes }) =>
  (['contrastive', 'metric'] as const)
    .filter((regime) => !regimes.includes(regime))
    .map((regime) => ({
      when: { regime: [regime], loss: [name] },
      reason:
        regime === 'metric'
          ? `${title} compares two views of an image: take contrastive learning, or another loss.`
          : `${title} needs labels: take metric learning, or another loss.`,
    })),
)

/**
 * What does not go together, and why: the form greys it out, command line and workbench refuse it. The
 * first rule that a combination breaks is the one that is told.
 */
export const combinationRules: readonly CombinationRule[] = [
  ...regimeRules,
  {
    when: { regime: ['contrastive'], loss: ['supcon'] },
    reason:
      'Without labels an image has one positive, its other view, and SupCon then equals NT-Xent. Take NT-Xent.',
  },
  {
    when: { regime: ['mixed'], loss: notMixed },
    reason:
      'Mixed learning has images with labels and images with views only; this loss needs one kind throughout. Take SupCon or NT-Xent.',
  },
  {
    when: { regime: ['contrastive'], sampler: byLabel },
    reason: 'These batches go by labels: take metric learning, or uniform batches.',
  },
  {
    when: { regime: ['mixed'], sampler: ['hierarchical', 'balanced', 'hard-labels'] },
    reason:
      'This sampler deals labelled images only, and mixed learning wants the others too. Take batches by label, which deal both, or uniform ones.',
  },
  {
    when: { regime: ['contrastive'], memory: ['by-label'] },
    reason:
      'A memory by label needs labels, which contrastive learning does not look at. Let it keep the newest rows.',
  },
  {
    when: { regime: ['mixed'], memory: ['by-label'] },
    reason: 'A memory by label has no place for images without one. Let it keep the newest rows.',
  },
  {
    when: { loss: withoutPairs, miner: miners },
    reason:
      'This loss does not compare pairs of a batch, so there is nothing for a miner to choose.',
  },
  {
    when: { loss: ofAllPairs, miner: miners },
    reason:
      'This loss looks at the distribution of all pairs, or chooses its own; a miner would bend it. Run it without.',
  },
  {
    when: { loss: ofOneBatch, memory: memories },
    reason:
      'This loss needs a gradient from both ends of its pairs, or pairs rows one by one; rows of a memory have none. Run it without a memory.',
  },
  {
    when: { loss: lossesWithout('temperature'), temperatureSchedule: ['linear', 'cosine'] },
    reason: 'This loss has no temperature that could change. Leave the schedule constant.',
  },
]
