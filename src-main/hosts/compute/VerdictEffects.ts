import { louvain } from '../../analysis/clusters/louvain.ts'
import { affinitiesOf, neighboursAsked } from '../../analysis/neighbourView/affinities.ts'
import { joinPairs } from '../../analysis/temperature/joinedPairs.ts'
import type { PairPlaces } from '../../analysis/temperature/joinedPairs.ts'
import type { Repulsion } from '../../analysis/temperature/repulsion.ts'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { ImageId } from '../../contract/images.ts'
import type { Verdict } from '../../contract/journal.ts'
import type {
  RemovedPush,
  VerdictEffect,
  VerdictEffectRequest,
} from '../../contract/verdictEffect.ts'
import { VerdictGroups } from '../../contract/verdictGroups.ts'
import { judgedPairs } from '../../workbench/judgedPairs.ts'
import { effectScope, isWithin, pushWithin } from './effectScope.ts'
import { openRunDetector } from './runDetector.ts'
import { runRepulsion } from './runRepulsion.ts'

interface OpenRun {
  readonly key: string
  readonly epoch: number
  readonly images: TrainingImages
  readonly placeOf: ReadonlyMap<ImageId, number>
  readonly repulsion: Repulsion
  /** All push of the run. */
  readonly all: number
  readonly temperature: number
  readonly clusters: () => Int32Array
}

type Asked = Omit<VerdictEffectRequest, 'run'> & { readonly verdicts: readonly Verdict[] }

/** What “same” takes away from the push, for one pair after the other: the push of anchors is kept. */
export class VerdictEffects {
  private opened: OpenRun | null = null

  /** @throws WorkbenchError `not-found` for images that the run does not have */
  async of(place: RunPlace, request: Asked): Promise<VerdictEffect> {
    const opened = await this.open(place, request.epoch)
    const { repulsion, all, images, epoch, temperature } = opened
    const pair = {
      first: placeIn(opened, place, request.first),
      second: placeIn(opened, place, request.second),
    }
    const judged = judgedPairs(request.verdicts, images.ids)
    const scope = effectScope(pair, images, opened.clusters)
    const within = pushWithin(repulsion, scope)
    const isInside = isWithin(scope)
    const removedBy = (pairs: readonly PairPlaces[]): RemovedPush => {
      let [count, ofScope, ofAll] = [0, 0, 0]
      joinPairs(groupsOf(judged), pairs, (first, second) => {
        const push = repulsion.ofPair(first, second)
        if (push === 0) return
        count += 1
        ofAll += push
        if (isInside(first, second)) ofScope += push
      })
      return { pairs: count, ofScope: shareOf(ofScope, within), ofAll: shareOf(ofAll, all) }
    }
    const similar = placesOf(request.similar, opened.placeOf)
    return {
      run: place.run,
      epoch,
      temperature,
      scope: {
        kind: scope.kind,
        names: scope.names,
        images: scope.first.length + (scope.second === scope.first ? 0 : scope.second.length),
      },
      pair: removedBy([pair]),
      similar: similar.length > 0 ? removedBy([pair, ...similar]) : null,
      verdicts: verdictsSoFar(judged, repulsion, all),
    }
  }

  private async open(place: RunPlace, epoch: number | null): Promise<OpenRun> {
    const key = JSON.stringify([place.runFolder, epoch])
    // A run that goes on has another last epoch the next time.
    if (this.opened?.key === key && epoch !== null) return this.opened
    const opened = await openRunDetector(place, epoch, { pixels: false, views: false })
    try {
      const { images, detector } = opened
      const { repulsion, temperature } = runRepulsion(opened)
      const lists = await detector.neighbours(neighboursAsked)
      let clusters: Int32Array | null = null
      this.opened = {
        key,
        epoch: opened.epoch,
        images,
        placeOf: new Map(Array.from(images.ids, (id, at) => [id, at])),
        repulsion,
        all: repulsion.all(),
        temperature,
        clusters: () => (clusters ??= louvain(affinitiesOf(lists), 1)),
      }
      return this.opened
    } finally {
      opened.dispose()
    }
  }
}

type Judged = ReturnType<typeof judgedPairs>

function groupsOf(judged: Judged): VerdictGroups {
  return VerdictGroups.of(
    judged.map(({ first, second, verdict }) => ({ a: first, b: second, verdict })),
  )
}

/** Pairs that are one thing, and those that shall be ignored. */
function verdictsSoFar(
  judged: Judged,
  repulsion: Repulsion,
  all: number,
): VerdictEffect['verdicts'] {
  let [pairs, sum] = [0, 0]
  const take = (first: number, second: number) => {
    const push = repulsion.ofPair(first, second)
    if (push === 0) return
    pairs += 1
    sum += push
  }
  joinPairs(
    groupsOf(judged.filter(({ verdict }) => verdict === 'different')),
    judged.filter(({ verdict }) => verdict === 'same'),
    take,
  )
  for (const { first, second, verdict } of judged) if (verdict === 'ignore') take(first, second)
  return { pairs, ofAll: shareOf(sum, all) }
}

/** In [0, 1], also where the whole was estimated. */
function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.min(part / whole, 1) : 0
}

function placeIn({ placeOf }: OpenRun, { run }: RunPlace, image: ImageId): number {
  const found = placeOf.get(image)
  if (found !== undefined) return found
  throw new WorkbenchError('not-found', `Run ${run} has no image ${image}.`)
}

/** Those of both of whose images the run knows. */
function placesOf(pairs: Int32Array, placeOf: ReadonlyMap<ImageId, number>): readonly PairPlaces[] {
  return Array.from({ length: pairs.length >> 1 }, (_, i) => i).flatMap((i) => {
    const first = placeOf.get(pairs[2 * i] ?? -1)
    const second = placeOf.get(pairs[2 * i + 1] ?? -1)
    return first === undefined || second === undefined ? [] : [{ first, second }]
  })
}
