import { duplicateCheck } from '../../analysis/suspects/duplicates.ts'
import { countNegatives, findSuspects, pairsAmong } from '../../analysis/suspects/findSuspects.ts'
import { pairQuality } from '../../analysis/suspects/quality.ts'
import { jaccardNeighbours } from '../../analysis/suspects/rowScores.ts'
import type { RunPlace } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type {
  MethodQuality,
  QualityRequest,
  SuspectList,
  SuspectMethod,
  SuspectQuality,
  SuspectsRequest,
} from '../../contract/suspects.ts'
import type { GroupSize } from '../../contract/suspectPolicy.ts'
import { random } from '../../numeric/random.ts'
import { openRunDetector } from './runDetector.ts'
import type { RunDetector } from './runDetector.ts'
import { runRepulsion } from './runRepulsion.ts'

/** The most suspected pairs of a run's epoch. @throws as {@link openRunDetector} */
export async function suspectsOfRun(
  place: RunPlace,
  request: Omit<SuspectsRequest, 'run'>,
): Promise<SuspectList> {
  const { method, groupSize, top, among } = request
  const opened = await openRunDetector(place, request.epoch, needsOf([method]))
  try {
    const { run, epoch, config, images, detector, products, pixelsOf } = opened
    const { ids, labels, hashes } = images
    const known = { regime: config.regime, labels, hashes }
    const { repulsion, assumption } = runRepulsion(opened)
    const found = await findSuspects(detector, {
      method,
      groupSize,
      share: config.settings.suspectShare,
      top,
      ids,
      labels: known,
      ...(among && { isAsked: pairsAmong(ids, among) }),
      duplicates: duplicateCheck(hashes, pixelsOf),
      products,
      repulsion,
    })
    return {
      run,
      epoch,
      method,
      groupSize,
      images: ids.length,
      pairs: countNegatives(known),
      neighbours: Math.min(jaccardNeighbours(ids.length), Math.max(ids.length - 1, 0)),
      ...found,
      assumptions: [
        negativesText[config.regime],
        ...opened.assumptions,
        ...groupText(method, groupSize),
        assumption,
      ],
    }
  } finally {
    opened.dispose()
  }
}

/** Images that are looked at; of more, so many are drawn. */
const mostImages = 3000

/** Draws behind an interval. */
const resamples = 100

/**
 * How well methods find the pairs of one label, where images have labels.
 *
 * @throws WorkbenchError `bad-request` where there are no two labels, or none with two images
 */
export async function suspectQualityOfRun(
  place: RunPlace,
  request: Omit<QualityRequest, 'run'>,
): Promise<SuspectQuality> {
  const { methods, groupSize } = request
  const opened = await openRunDetector(place, request.epoch, needsOf(methods))
  try {
    const { run, epoch, config, images, detector } = opened
    const share = request.share ?? config.settings.suspectShare
    const looked = labelledImages(opened)
    const qualities: MethodQuality[] = []
    let counted = { pairs: 0, baseRate: 0 }
    for (const method of methods) {
      const scores = await detector.scores({ method, groupSize, share })
      const quality = await pairQuality(scores, {
        images: looked,
        labels: images.labels,
        labelCount: images.labelNames.length,
        isPair: (i, j) => images.hashes[i] !== images.hashes[j],
        share,
        resamples,
        products: opened.products,
      })
      counted = quality
      const { averagePrecision, precisionAtRecall, atShare, recallOfLabels } = quality
      const sizes = images.labelNames.map(
        (_, label) => looked.filter((image) => images.labels[image] === label).length,
      )
      qualities.push({
        method,
        averagePrecision,
        lift: precisionAtRecall.ten / quality.baseRate,
        precisionAtRecall,
        atShare: { share, ...atShare },
        labels: images.labelNames.flatMap((label, i) =>
          (sizes[i] ?? 0) > 1
            ? [{ label, images: sizes[i] ?? 0, recall: recallOfLabels[i] ?? 0 }]
            : [],
        ),
      })
    }
    return {
      run,
      epoch,
      images: looked.length,
      pairs: counted.pairs,
      baseRate: counted.baseRate,
      methods: qualities,
      assumptions: [
        `Pairs that count: all pairs of ${looked.length} labelled images but those with the same bytes; ` +
          'a pair belongs together when both have one label.',
        ...(looked.length < labelledCount(opened)
          ? [`${looked.length} of ${labelledCount(opened)} labelled images were drawn at random.`]
          : []),
        ...opened.assumptions,
        ...(config.regime === 'contrastive'
          ? ['Training never saw a label.']
          : [
              'Training saw these labels: this measures how well it learnt them, not how well suspects are found.',
            ]),
        'Numbers of neighbours, weights and the share were fixed without these labels.',
        `Intervals are 95 %, from drawing the images again ${resamples} times.`,
        ...methods.flatMap((method) => groupText(method, groupSize)),
      ],
    }
  } finally {
    opened.dispose()
  }
}

function needsOf(methods: readonly SuspectMethod[]): { pixels: boolean; views: boolean } {
  return {
    pixels: methods.includes('pixels'),
    views: methods.some((method) => method === 'fnc' || method === 'one-view'),
  }
}

const negativesText = {
  contrastive: 'Pairs that count: all but those with the same bytes, whatever their labels say.',
  metric: 'Pairs that count: those of two labels.',
  mixed: 'Pairs that count: all but those with the same bytes or the same label.',
} as const

function groupText(method: SuspectMethod, groupSize: GroupSize): readonly string[] {
  if (method !== 'random-walk') return []
  return [
    groupSize === 'tiny'
      ? 'Groups are thought to be tiny: pairs are scored by CSLS, and none should be cancelled unseen.'
      : `Groups are thought to be ${groupSize}; how many there are is not known.`,
  ]
}

function labelledCount({ images }: RunDetector): number {
  return images.labels.filter((label) => label >= 0).length
}

function labelledImages({ images, run }: RunDetector): Int32Array {
  const { labels } = images
  const labelled = Int32Array.from(labels.keys()).filter((image) => (labels[image] ?? -1) >= 0)
  const sizes = new Map<number, number>()
  for (const image of labelled) {
    const label = labels[image] ?? -1
    sizes.set(label, (sizes.get(label) ?? 0) + 1)
  }
  const found =
    sizes.size === 0 ? 'none of its images has one' : `all of its labelled images have the same one`
  if (sizes.size < 2)
    throw new WorkbenchError(
      'bad-request',
      `Measuring suspects needs two labels or more, and in run ${run} ${found}. Without labels, judge a ` +
        'sample of pairs instead.',
    )
  if (![...sizes.values()].some((size) => size > 1))
    throw new WorkbenchError(
      'bad-request',
      `Measuring suspects needs a label with two images or more, and in run ${run} each has one.`,
    )
  const contents = new Set(Array.from(labelled, (image) => images.hashes[image]))
  if (contents.size < 2)
    throw new WorkbenchError(
      'bad-request',
      `Measuring suspects needs different images, and in run ${run} all that are labelled have the same bytes.`,
    )
  if (labelled.length <= mostImages) return labelled
  return random(0, 'evaluated images').shuffle(labelled).slice(0, mostImages).sort()
}
