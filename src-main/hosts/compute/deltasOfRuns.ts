import { compareEpochs } from '../../analysis/compareEpochs.ts'
import type { Rows } from '../../analysis/neighbours.ts'
import { readEmbeddingOf } from '../../analysis/sphereFrames.ts'
import type { ComputeApi, TrainingImages } from '../../contract/compute.ts'
import type { RunDeltas } from '../../contract/deltas.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import type { RunConfig } from '../../contract/runs.ts'
import { splitImages } from '../../data/splits.ts'
import type { ImageSplit } from '../../data/splits.ts'
import { readRunConfig } from '../../training/runFolder.ts'
import { readRunImages } from '../../workbench/runFolders.ts'

type Request = Parameters<ComputeApi['runDeltas']>[0]

interface Side {
  readonly config: RunConfig
  readonly images: TrainingImages
  readonly rows: Rows
  readonly split: ImageSplit
}

/** Of a loss that has none: where most papers start. */
const usualTemperature = 0.1

/**
 * How two epochs differ, on the images that both runs have, by the labels of the left one.
 *
 * @throws WorkbenchError `not-found` for an epoch without an embedding
 */
export async function deltasOfRuns(request: Request): Promise<RunDeltas> {
  const [left, right] = [await openSide(request.left), await openSide(request.right)]
  const places = new Map(Array.from(right.images.ids, (id, place) => [id, place]))
  const shared = Int32Array.from(left.images.ids.keys()).filter((place) =>
    places.has(left.images.ids[place] ?? -1),
  )
  const across = shared.map((place) => places.get(left.images.ids[place] ?? -1) ?? 0)
  const inBoth = (part: keyof ImageSplit & ('heldOut' | 'gallery' | 'training')): Int32Array => {
    const [a, b] = [new Set(left.split[part]), new Set(right.split[part])]
    return Int32Array.from(shared.keys()).filter(
      (i) => a.has(shared[i] ?? -1) && b.has(across[i] ?? -1),
    )
  }
  const labels = shared.map((place) => left.images.labels[place] ?? -1)
  const heldOut = inBoth('heldOut').filter((i) => (labels[i] ?? -1) >= 0)
  const everyone = Int32Array.from(shared.keys())
  const queries = heldOut.length > 0 ? heldOut : everyone
  const gallery = heldOut.length > 0 ? inBoth('gallery') : everyone
  const temperatures = [temperatureOf(left.config), temperatureOf(right.config)] as const
  // Where labels are known to training, nothing of one label is pushed apart.
  const isContrastive =
    left.config.regime === 'contrastive' && right.config.regime === 'contrastive'
  const anchors = isContrastive ? inBoth('training') : new Int32Array(0)
  const deltas = await compareEpochs({
    left: chosen(left.rows, shared),
    right: chosen(right.rows, across),
    labels,
    hashes: Array.from(shared, (place) => left.images.hashes[place] ?? ''),
    queries,
    gallery,
    anchors,
    regime: 'contrastive',
    temperatures,
  })
  return { deltas, protocol: protocolOf({ deltas, heldOut, gallery, temperatures, isContrastive }) }
}

function protocolOf(told: {
  readonly deltas: RunDeltas['deltas']
  readonly heldOut: Int32Array
  readonly gallery: Int32Array
  readonly temperatures: readonly [number, number]
  readonly isContrastive: boolean
}): readonly string[] {
  const { deltas, heldOut, gallery, temperatures, isContrastive } = told
  const [asked] = deltas
  if (!asked) return ['No image that both runs have shares its label with another one.']
  const pushed = deltas.find(({ name }) => name === 'falsePush')
  const [a, b] = temperatures
  return [
    heldOut.length > 0
      ? `Retrieval: ${asked.images} images that neither run trained on, among ${gallery.length}.`
      : `Retrieval: ${asked.images} images among ${gallery.length}; both runs trained on them, as none was held out.`,
    pushed
      ? `False repulsion: ${pushed.images} anchors; the share of softmax repulsion on images of their own ` +
        `label, at τ ${a === b ? a : `${a} and ${b}`}, if every negative is pushed.`
      : isContrastive
        ? 'False repulsion: no training image has a label.'
        : 'False repulsion: only where both runs are contrastive; else labels keep it from happening.',
    'Intervals: 95 %, 2,000 draws of the same images on both sides; they say nothing of another seed.',
  ]
}

async function openSide(of: Request['left']): Promise<Side> {
  const { run, runFolder, epoch } = of
  const config = await readRunConfig(runFolder)
  const images = await readRunImages(runFolder)
  const rows = await readEmbeddingOf({ run, runFolder, ids: images.ids }, epoch)
  if (!rows) throw new WorkbenchError('not-found', `Run ${run} has no embedding of epoch ${epoch}.`)
  const { split: kind, holdout, seed } = config.settings
  const split = splitImages({
    labels: images.labels,
    labelCount: images.labelNames.length,
    hashes: images.twins ?? images.hashes,
    hands: images.splits,
    kind,
    holdout,
    seed,
  })
  return { config, images, rows, split }
}

function temperatureOf({ loss }: RunConfig): number {
  const { temperature } = loss.params
  return typeof temperature === 'number' ? temperature : usualTemperature
}

function chosen({ data, dim }: Rows, places: Int32Array): Rows {
  const part = new Float32Array(places.length * dim)
  places.forEach((place, i) => part.set(data.subarray(place * dim, (place + 1) * dim), i * dim))
  return { data: part, dim }
}
