import { nearestNeighbours } from '../../src-main/analysis/nearestNeighbours.ts'
import type { NearestNeighbours } from '../../src-main/analysis/nearestNeighbours.ts'
import type { Rows } from '../../src-main/analysis/neighbours.ts'
import { affinitiesOf, neighboursAsked } from '../../src-main/analysis/neighbourView/affinities.ts'
import { louvain } from '../../src-main/analysis/clusters/louvain.ts'
import {
  largestMotion,
  neighbourLayout,
  ownMotionOf,
} from '../../src-main/analysis/neighbourView/neighbourLayout.ts'
import { project } from '../../src-main/analysis/linearView.ts'
import { pictureQuality } from '../../src-main/analysis/pictureQuality.ts'
import type { PictureQuality } from '../../src-main/analysis/pictureQuality.ts'
import { principalAxes } from '../../src-main/analysis/principalAxes.ts'
import { fashion } from './layout/fashion.ts'
import { mixture } from './layout/mixture.ts'
import { umapOf } from './layout/umap.ts'

/** Neighbours that count for trustworthiness, continuity and what is kept. */
const k = 15
const made = { count: 10_000, dim: 128, centres: 20, concentration: 115 }

/** Centres that move between two epochs. */
const moved = 8

interface Measured {
  readonly trustworthiness: number
  readonly continuity: number
  readonly knnKept: number
  /** The layout alone: neighbour lists are found beforehand, and given to both. */
  readonly seconds: number
}

interface Compared extends Measured {
  readonly umap: Measured
}

/**
 * The neighbours view of 10,000 rows of a von Mises–Fisher mixture and of Fashion-MNIST beside
 * umap-js, what moves between two epochs, and what the parts cost. With `large`, also 100,000 rows.
 */
export async function run(options: {
  readonly json: boolean
  readonly data?: string
  readonly large: boolean
}): Promise<void> {
  const say = (text: string): void => void (options.json || process.stdout.write(`${text}\n`))
  const rows = mixture(made)
  const nearest = await nearestOf(rows)
  const compared = await compare(rows, nearest)
  say(wordsOf('mixture, 10,000 × 128', compared))
  const pictures = fashion(options.data)
  const fashionResult =
    typeof pictures === 'string'
      ? { skipped: pictures }
      : await compare(pictures, await nearestOf(pictures))
  say(
    'skipped' in fashionResult
      ? `fashion: skipped, ${fashionResult.skipped}`
      : wordsOf('fashion, 10,000 × 64', fashionResult),
  )
  const motion = await motionOf(rows, nearest, made)
  say(motionWords(motion))
  const graph = await graphTimes(rows)
  for (const [count, times] of Object.entries(graph)) say(graphWords(count, times))
  const large = options.large ? await largeTimes() : undefined
  if (large) say(largeWords(large))
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ ...compared, fashion: fashionResult, ...motion, graph, large })}\n`,
    )
}

function nearestOf({ data, dim }: Rows): Promise<NearestNeighbours> {
  return nearestNeighbours(data, { dim, k: neighboursAsked })
}

/** Ours, umap-js, ours: the faster of our two, since the first also compiles. */
async function compare(rows: Rows, nearest: NearestNeighbours): Promise<Compared> {
  const first = await timed(() => neighbourLayout(rows, nearest))
  const umap = umapOf(rows, nearest)
  const second = await timed(() => neighbourLayout(rows, nearest))
  return {
    ...(await measured(rows, first.result, Math.min(first.seconds, second.seconds))),
    umap: await measured(rows, umap.positions, umap.seconds),
  }
}

async function measured(rows: Rows, positions: Float32Array, seconds: number): Promise<Measured> {
  return { ...namedQuality(await pictureQuality(rows, positions, { k })), seconds }
}

interface Motion {
  /** Largest motion between two epochs that are the same. */
  readonly staticDegrees: number
  readonly warm: Measured & {
    /** Medians of the points around centres that stay, and around those that move. */
    readonly unchangedDegrees: number
    readonly changedDegrees: number
    /** Trustworthiness that a layout from scratch reaches. */
    readonly coldTrustworthiness: number
  }
}

/** From one epoch to another, in which some centres stand elsewhere. */
async function motionOf(
  rows: Rows,
  nearest: NearestNeighbours,
  { centres, ...rest }: typeof made,
): Promise<Motion> {
  const positions = await neighbourLayout(rows, nearest)
  const earlier = { positions, nearest }
  const staticDegrees = await ownMotionOf(rows, earlier)
  const after = mixture({ ...rest, centres, moved })
  const around = await nearestOf(after)
  const warm = await timed(() => neighbourLayout(after, around, { earlier }))
  const median = (isChosen: (centre: number) => boolean): number => {
    const motions = Array.from({ length: rest.count }, (_, i) => i)
      .filter((i) => isChosen(i % centres))
      .map((i) => [3 * i, 3 * i + 3] as const)
      .map(([from, to]) =>
        largestMotion(positions.subarray(from, to), warm.result.subarray(from, to)),
      )
    return motions.sort((a, b) => a - b)[motions.length >> 1] ?? NaN
  }
  const cold = await measured(after, await neighbourLayout(after, around), 0)
  return {
    staticDegrees,
    warm: {
      ...(await measured(after, warm.result, warm.seconds)),
      unchangedDegrees: median((centre) => centre >= moved),
      changedDegrees: median((centre) => centre < moved),
      coldTrustworthiness: cold.trustworthiness,
    },
  }
}

/** Seconds, by the number of rows: the exact lists, the graph made of them, and its communities. */
async function graphTimes(rows: Rows): Promise<Record<string, GraphTimes>> {
  const many = mixture({ ...made, count: 50_000 })
  return { 10_000: await graphTime(rows), 50_000: await graphTime(many) }
}

interface GraphTimes {
  readonly nearestNeighbours: number
  readonly affinities: number
  readonly louvain: number
  readonly communities: number
}

async function graphTime(rows: Rows): Promise<GraphTimes> {
  const first = await timed(() => nearestOf(rows))
  const second = await timed(() => nearestOf(rows))
  const graph = await timed(() => Promise.resolve(affinitiesOf(second.result)))
  const found = await timed(() => Promise.resolve(louvain(graph.result, 1)))
  return {
    nearestNeighbours: Math.min(first.seconds, second.seconds),
    affinities: graph.seconds,
    louvain: found.seconds,
    communities: new Set(found.result).size,
  }
}

interface Cost {
  readonly seconds: number
  /** Of all threads: what another program on the machine does not change. */
  readonly processorSeconds: number
}

/** A picture of 100,000 rows from scratch, and the next one from it, part by part. */
interface LargeTimes {
  readonly cold: Record<
    'nearestNeighbours' | 'start' | 'affinities' | 'layout' | 'faithfulness',
    Cost
  >
  readonly warm: Record<'nearestNeighbours' | 'layout' | 'faithfulness', Cost>
  readonly coldQuality: Omit<Measured, 'seconds'>
  readonly warmQuality: Omit<Measured, 'seconds'>
}

async function largeTimes(): Promise<LargeTimes> {
  const count = 100_000
  const before = mixture({ ...made, count })
  const lists = await timed(() => nearestOf(before))
  const start = await timed(() => Promise.resolve(project(before, principalAxes(before))))
  const affinities = await timed(() => Promise.resolve(affinitiesOf(lists.result)))
  const cold = await timed(() => neighbourLayout(before, lists.result))
  const coldQuality = await timed(() => pictureQuality(before, cold.result, { k }))
  const after = mixture({ ...made, count, moved })
  const around = await timed(() => nearestOf(after))
  const earlier = { positions: cold.result, nearest: lists.result }
  const warm = await timed(() => neighbourLayout(after, around.result, { earlier }))
  const warmQuality = await timed(() => pictureQuality(after, warm.result, { k }))
  return {
    cold: {
      nearestNeighbours: costOf(lists),
      start: costOf(start),
      affinities: costOf(affinities),
      layout: costOf(cold),
      faithfulness: costOf(coldQuality),
    },
    warm: {
      nearestNeighbours: costOf(around),
      layout: costOf(warm),
      faithfulness: costOf(warmQuality),
    },
    coldQuality: namedQuality(coldQuality.result),
    warmQuality: namedQuality(warmQuality.result),
  }
}

function costOf({ seconds, processorSeconds }: Cost): Cost {
  return { seconds, processorSeconds }
}

function namedQuality(quality: PictureQuality): Omit<Measured, 'seconds'> {
  const { trustworthiness, continuity, neighboursKept: knnKept } = quality
  return { trustworthiness, continuity, knnKept }
}

function largeWords({ cold, warm, coldQuality, warmQuality }: LargeTimes): string {
  const parts = (costs: Readonly<Record<string, Cost>>): string =>
    Object.entries(costs)
      .map(([name, { seconds, processorSeconds }]) => {
        const own = processorSeconds.toFixed(1)
        return `${name} ${seconds.toFixed(1)} s (${own} s of processors)`
      })
      .join(', ')
  return [
    `mixture, 100,000 × ${made.dim}; layout holds the start and the affinities`,
    `  cold: ${parts(cold)}, trustworthiness ${coldQuality.trustworthiness.toFixed(4)}`,
    `  warm: ${parts(warm)}, trustworthiness ${warmQuality.trustworthiness.toFixed(4)}`,
  ].join('\n')
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T } & Cost> {
  const begin = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - begin) / 1000
  return { result, seconds, processorSeconds: (user + system) / 1e6 }
}

function wordsOf(what: string, { umap, ...ours }: Compared): string {
  const line = (name: string, m: Measured): string =>
    `  ${name.padEnd(8)} trustworthiness ${m.trustworthiness.toFixed(4)}, continuity ` +
    `${m.continuity.toFixed(4)}, ${k}-NN kept ${m.knnKept.toFixed(3)}, ${m.seconds.toFixed(2)} s`
  return [`${what} (neighbour lists given)`, line('Antipode', ours), line('umap-js', umap)].join(
    '\n',
  )
}

function motionWords({ staticDegrees, warm }: Motion): string {
  return (
    `unchanged graph moves ${staticDegrees.toFixed(2)}° at most; when ${moved} of ${made.centres} ` +
    `centres move, in ${warm.seconds.toFixed(2)} s: unchanged points ` +
    `${warm.unchangedDegrees.toFixed(2)}°, changed ones ${warm.changedDegrees.toFixed(2)}° in the ` +
    `median, trustworthiness ${warm.trustworthiness.toFixed(4)} (${warm.coldTrustworthiness.toFixed(4)} from scratch)`
  )
}

function graphWords(count: string, times: GraphTimes): string {
  const { nearestNeighbours: lists, affinities, louvain: found, communities } = times
  return (
    `${count} × ${made.dim}: exact ${neighboursAsked} neighbours ${lists.toFixed(2)} s, graph ` +
    `${affinities.toFixed(2)} s, Louvain ${found.toFixed(2)} s (${communities} communities)`
  )
}
