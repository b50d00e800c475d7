import { clusterEpoch } from '../../analysis/clusters/clusterEpoch.ts'
import { joinCluster, splitCluster } from '../../analysis/clusters/splitCluster.ts'
import { labelPrototypes } from '../../analysis/clusters/labelPrototypes.ts'
import { EpochNeighbours, fingerprintOf } from '../../analysis/epochNeighbours.ts'
import { faithfulNeighbours } from '../../analysis/faithfulness.ts'
import { listsOf, readNeighbourFrame } from '../../analysis/neighbourFrames.ts'
import type { PictureOptions } from '../../analysis/neighbourFrames.ts'
import { distortionOf } from '../../analysis/pictureQuality.ts'
import { readEmbeddingOf, readSphereFrame } from '../../analysis/sphereFrames.ts'
import type { EmbeddedRun } from '../../analysis/sphereFrames.ts'
import { turnBetween } from '../../analysis/turnBetween.ts'
import type { Clustering, LabelPrototypes } from '../../contract/clusters.ts'
import type { ComputeApi } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { ImageForces } from '../../contract/forces.ts'
import type { MeasuredImages } from '../../contract/measures.ts'
import type { PictureProgress, SphereFrame, SphereTurn } from '../../contract/sphere.ts'
import { queueOfWork } from '../../workbench/inTurn.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import { forcesOfRun } from './forcesOfRun.ts'
import { measureOfRun } from './measureOfRun.ts'

type Request<Method extends keyof ComputeApi> = Parameters<ComputeApi[Method]>[0]

/** A number of four bytes for each image: of 10,000 images 2.5 MB in all. */
const keptMeasures = 64

/**
 * Pictures, clusters and measures of runs, made one after the other, since each takes all cores. Neighbour lists
 * are kept between calls.
 */
export class Pictures {
  private readonly announce: (progress: PictureProgress) => void
  private readonly neighbours = new EpochNeighbours()
  private readonly measured = new Map<string, MeasuredImages>()
  private readonly queue = queueOfWork()
  private abort = new AbortController()

  constructor(announce: (progress: PictureProgress) => void) {
    this.announce = announce
  }

  /** Ends what is being made and what waits; their calls are rejected with `cancelled`. */
  cancel(): void {
    this.abort.abort(new WorkbenchError('cancelled', 'The picture was cancelled.'))
    this.abort = new AbortController()
  }

  /** @throws WorkbenchError `bad-request` for an exact view of more than three dimensions */
  async frame(request: Request<'sphere'>): Promise<SphereFrame | null> {
    const { epoch, view = 'linear' } = request
    const embedded = await embeddedOf(request)
    if (view === 'neighbours')
      return this.inTurn(request, (options) => readNeighbourFrame(embedded, epoch, options))
    const frame = await readSphereFrame(embedded, epoch)
    if (frame && view === 'exact' && frame.view !== 'exact')
      throw new WorkbenchError(
        'bad-request',
        `The exact view shows embeddings of up to three dimensions; that of run ${request.run} has ` +
          'more. Train with three, or choose the linear or the neighbours view.',
      )
    return frame
  }

  async turn({ of, to }: Request<'turn'>): Promise<SphereTurn | null> {
    const moving = await this.frame(of)
    const fixed = await this.frame(to)
    return moving && fixed && turnBetween(moving, fixed)
  }

  async distortion(request: Request<'distortion'>): Promise<Float32Array | null> {
    const frame = await this.frame(request)
    if (!frame) return null
    const embedded = await embeddedOf(request)
    return this.inTurn(request, async (options) => {
      const rows = await readEmbeddingOf(embedded, request.epoch)
      if (!rows) return null
      const nearest = await listsOf(rows, fingerprintOf(rows), options)
      return distortionOf(nearest, frame.positions, faithfulNeighbours)
    })
  }

  async clusters(request: Request<'clusters'>): Promise<Clustering | null> {
    const images = await readRunImages(request.runFolder)
    const embedded = await embeddedOf(request)
    return this.inTurn(request, (options) =>
      clusterEpoch(embedded, { ...request, images }, options),
    )
  }

  async splitCluster(request: Request<'splitCluster'>): Promise<Clustering | null> {
    const embedded = await embeddedOf(request)
    const isThere = await this.inTurn(request, (options) =>
      splitCluster(embedded, request, options),
    )
    return isThere ? this.clusters(request) : null
  }

  async joinCluster(request: Request<'joinCluster'>): Promise<Clustering | null> {
    await this.inTurn(request, () => joinCluster(request.runFolder, request.cluster))
    return this.clusters(request)
  }

  async labelPrototypes(request: Request<'labelPrototypes'>): Promise<LabelPrototypes | null> {
    const { run, epoch, runFolder } = request
    const rows = await readEmbeddingOf(await embeddedOf(request), epoch)
    if (!rows) return null
    const { labels, labelNames } = await readRunImages(runFolder)
    return { run, epoch, ...labelPrototypes(rows, labels, labelNames) }
  }

  /** The tensor backend must be open. */
  async measure(request: Request<'imageMeasure'>): Promise<MeasuredImages | null> {
    const { run, epoch, measure } = request
    const rows = await readEmbeddingOf(await embeddedOf(request), epoch)
    if (!rows) return null
    // A run that goes on from a checkpoint may write other rows for an epoch.
    const key = [run, epoch, measure, fingerprintOf(rows)].join(' ')
    const known = this.measured.get(key)
    if (known) return known
    const made = await this.inTurn(request, (options) => measureOfRun(request, options))
    if (made) this.measured.set(key, made)
    for (const oldest of this.measured.keys()) {
      if (this.measured.size <= keptMeasures) break
      this.measured.delete(oldest)
    }
    return made
  }

  /** @param openTensors called when all other engines are closed */
  forces(
    request: Request<'forces'>,
    openTensors: () => Promise<unknown>,
  ): Promise<ImageForces | null> {
    return this.inTurn(request, () => forcesOfRun(request, openTensors))
  }

  private inTurn<Result>(
    { run, epoch }: { readonly run: string; readonly epoch: number },
    work: (options: PictureOptions) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = this.abort
    const onProgress: PictureOptions['onProgress'] = (stage, share) =>
      this.announce({ run, epoch, stage, share })
    return this.queue(() => {
      signal.throwIfAborted()
      return work({ neighbours: this.neighbours, signal, onProgress })
    })
  }
}

async function embeddedOf({
  run,
  runFolder,
}: {
  readonly run: string
  readonly runFolder: string
}): Promise<EmbeddedRun> {
  const { ids } = await readRunImages(runFolder)
  return { run, runFolder, ids }
}
