import { negativesOf } from '../../analysis/suspects/findSuspects.ts'
import { scoreOf } from '../../analysis/suspects/pairScores.ts'
import { thresholdOfShare } from '../../analysis/suspects/shareThreshold.ts'
import { Laboratory } from '../../analysis/temperature/Laboratory.ts'
import type { Anchor } from '../../analysis/temperature/Laboratory.ts'
import { positiveCosine } from '../../analysis/temperature/positiveCosine.ts'
import { pushOf } from '../../analysis/temperature/shares.ts'
import { temperatureCurve } from '../../analysis/temperature/temperatureCurve.ts'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type {
  LaboratoryReport,
  LaboratoryRequest,
  PushedNegative,
  TemperatureCurve,
  Weighting,
} from '../../contract/laboratory.ts'
import { openRunDetector } from './runDetector.ts'

type Asked = Pick<LaboratoryRequest, 'epoch' | 'anchors' | 'share'>

/** The anchors of an epoch with the cosines to all their negatives. */
interface OpenLaboratory {
  readonly key: string
  readonly epoch: number
  readonly images: TrainingImages
  readonly laboratory: Laboratory
  readonly positive: number
  readonly assumptions: readonly string[]
  readonly curve: () => TemperatureCurve
}

/** Answers a slider: what costs time is worked out once for the same anchors. */
export class LaboratoryOfRun {
  private opened: OpenLaboratory | null = null

  /** @throws WorkbenchError `not-found` for an image or label that the run does not have */
  async report(
    place: RunPlace,
    request: Omit<LaboratoryRequest, 'run'>,
  ): Promise<LaboratoryReport> {
    const { laboratory, positive, images, epoch, assumptions } = await this.open(place, request)
    const { weighting, top } = request
    const all = laboratory.anchors.reduce((sum, { cosines }) => sum + cosines.length, 0)
    const [anchor] = request.anchors.kind === 'image' ? laboratory.anchors : []
    return {
      run: place.run,
      epoch,
      labelNames: images.labelNames,
      anchors: laboratory.anchors.length,
      negatives: all / Math.max(laboratory.anchors.length, 1),
      positiveCosine: positive,
      push: laboratory.push(weighting, positive),
      ranked: anchor ? rankedOf(anchor, { images, weighting, positive, top }) : [],
      assumptions,
    }
  }

  async curve(place: RunPlace, request: Asked): Promise<TemperatureCurve> {
    return (await this.open(place, request)).curve()
  }

  private async open(place: RunPlace, { epoch, anchors, share }: Asked): Promise<OpenLaboratory> {
    const key = JSON.stringify([place.runFolder, epoch, anchors, share])
    // A run that goes on has another last epoch the next time.
    if (this.opened?.key === key && epoch !== null) return this.opened
    const opened = await openRunDetector(place, epoch, { pixels: false, views: false })
    try {
      const { config, images, detector } = opened
      const { labels, hashes } = images
      const isNegative = negativesOf({ regime: config.regime, labels, hashes })
      const scores = await detector.scores({ method: 'random-walk', groupSize: 'medium', share })
      const threshold = thresholdOfShare(scores, share, isNegative).score
      const rows = detector.embedding
      const input = {
        rows,
        labels,
        isNegative,
        isSuspect: (i: number, j: number) => scoreOf(scores, i, j) > threshold,
      }
      const laboratory = new Laboratory(input, imagesOf(anchors, images))
      const { value: positive, assumption } = positiveCosine(config.regime, rows, labels)
      this.opened = {
        key,
        epoch: opened.epoch,
        images,
        laboratory,
        positive,
        assumptions: [
          ...opened.assumptions,
          assumption,
          `Suspected: the ${(100 * share).toFixed(1)} % of the negatives that a random walk suspects most.`,
          ...(laboratory.isSample
            ? [`${laboratory.anchors.length} anchors, drawn at random, stand for all of them.`]
            : []),
        ],
        curve: () => temperatureCurve(input, laboratory, positive),
      }
      return this.opened
    } finally {
      opened.dispose()
    }
  }
}

function imagesOf(anchors: LaboratoryRequest['anchors'], images: TrainingImages): Int32Array {
  const all = Int32Array.from(images.ids.keys())
  switch (anchors.kind) {
    case 'all':
      return all
    case 'label': {
      const found = all.filter((image) => images.labels[image] === anchors.label)
      if (found.length > 0) return found
      throw new WorkbenchError('not-found', `No image of this run has the label ${anchors.label}.`)
    }
    case 'image': {
      const place = images.ids.indexOf(anchors.image)
      if (place >= 0) return Int32Array.of(place)
      throw new WorkbenchError('not-found', `Image ${anchors.image} is not part of this run.`)
    }
    default:
      return anchors satisfies never
  }
}

function rankedOf(
  anchor: Anchor,
  options: {
    readonly images: TrainingImages
    readonly weighting: Weighting
    readonly positive: number
    readonly top: number
  },
): readonly PushedNegative[] {
  const { images, weighting, positive, top } = options
  const { shares } = pushOf(anchor.cosines, positive, weighting)
  const order = Array.from(shares.keys()).sort(
    (a, b) =>
      (shares[b] ?? 0) - (shares[a] ?? 0) || (anchor.cosines[b] ?? 0) - (anchor.cosines[a] ?? 0),
  )
  return order.slice(0, top).map((n) => {
    const image = anchor.images[n] ?? 0
    const isLabelled = anchor.isLabelled && (images.labels[image] ?? -1) >= 0
    return {
      image: images.ids[image] ?? 0,
      cosine: anchor.cosines[n] ?? 0,
      share: shares[n] ?? 0,
      isSuspect: anchor.isSuspect[n] === 1,
      hasSameLabel: isLabelled ? anchor.hasSameLabel[n] === 1 : null,
    }
  })
}
