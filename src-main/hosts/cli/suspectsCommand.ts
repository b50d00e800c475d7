import { dirname } from 'node:path'
import type { RunPlace, TrainingImages } from '../../contract/compute.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import { suspectMethods } from '../../contract/suspects.ts'
import { groupSizes } from '../../contract/suspectPolicy.ts'
import type {
  MethodQuality,
  Suspect,
  SuspectList,
  SuspectMethod,
  SuspectQuality,
} from '../../contract/suspects.ts'
import type { GroupSize } from '../../contract/suspectPolicy.ts'
import { readRunImages } from '../../workbench/runFolders.ts'
import { numberOf, readFlags, textOf } from './flags.ts'
import type { Flags } from './flags.ts'
import { runPlaceOf } from './runPlace.ts'
import { scoreText } from './Progress.ts'

/** `suspects RUN`: pairs that are pushed apart though they may belong together. Returns the exit code. */
export async function suspectsCommand(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, {
    project: { type: 'string' },
    epoch: { type: 'string' },
    method: { type: 'string' },
    group: { type: 'string' },
    top: { type: 'string' },
    share: { type: 'string' },
    evaluate: { type: 'boolean' },
    json: { type: 'boolean' },
  })
  const [run, ...more] = flags.positionals
  if (run === undefined || more.length > 0)
    throw new WorkbenchError('bad-request', 'Name one run: antipode suspects RUN [--project DIR]')
  const method = choiceOf(flags, 'method', suspectMethods)
  const groupSize = choiceOf(flags, 'group', groupSizes) ?? 'medium'
  const epoch = wholeOf(flags, 'epoch', [0, 1_000_000]) ?? null
  const top = wholeOf(flags, 'top', [1, 10_000]) ?? 20
  const share = shareOf(flags)
  const place = await runPlaceOf(run, textOf(flags, 'project'))
  const isJson = flags.values['json'] === true
  const write = (value: object, text: () => string) =>
    process.stdout.write(isJson ? `${JSON.stringify(value)}\n` : text())

  if (flags.values['evaluate']) {
    const quality = await evaluate(place, { epoch, method, groupSize, share })
    write(quality, () => qualityText(quality))
    return 0
  }
  const { suspectsOfRun } = await import('../compute/suspectsOfRun.ts')
  const asked = { epoch, method: method ?? suspectMethods[0], groupSize, top }
  const list = await suspectsOfRun(place, asked)
  const images = await readRunImages(place.runFolder)
  write(withPaths(list, images), () => listText(list, images))
  return 0
}

/** All methods if none is named: a figure means nothing without its baselines. */
async function evaluate(
  place: RunPlace,
  request: {
    readonly epoch: number | null
    readonly method: SuspectMethod | undefined
    readonly groupSize: GroupSize
    readonly share: number | null
  },
): Promise<SuspectQuality> {
  const { suspectQualityOfRun } = await import('../compute/suspectsOfRun.ts')
  const { method, ...rest } = request
  const baselines = ['one-view', 'pixels', 'random'] as const
  const methods = method ? [...new Set<SuspectMethod>([method, ...baselines])] : suspectMethods
  return suspectQualityOfRun(place, { ...rest, methods })
}

function choiceOf<Name extends string>(
  flags: Flags,
  flag: string,
  names: readonly Name[],
): Name | undefined {
  const text = textOf(flags, flag)
  if (text === undefined) return undefined
  const found = names.find((name) => name === text)
  if (found) return found
  throw new WorkbenchError(
    'bad-request',
    `--${flag} is ${text}, but must be one of ${names.join(', ')}.`,
  )
}

function wholeOf(
  flags: Flags,
  flag: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = textOf(flags, flag)
  if (text === undefined) return undefined
  const value = numberOf(flag, text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new WorkbenchError(
    'bad-request',
    `--${flag} is ${text}, but must be a whole number, at least ${least} and at most ${most}.`,
  )
}

function shareOf(flags: Flags): number | null {
  const text = textOf(flags, 'share')
  if (text === undefined) return null
  const value = numberOf('share', text)
  if (value > 0 && value <= 0.5) return value
  throw new WorkbenchError(
    'bad-request',
    `--share is ${text}, but must be greater than 0 and at most 0.5.`,
  )
}

interface NamedImage {
  readonly id: number
  readonly path: string
  readonly label: string | null
}

/** A finder of images by id. */
function namer({ ids, paths, labels, labelNames }: TrainingImages): (id: number) => NamedImage {
  const rowOf = new Map(Array.from(ids, (id, row) => [id, row]))
  return (id) => {
    const row = rowOf.get(id) ?? -1
    return { id, path: paths[row] ?? '', label: labelNames[labels[row] ?? -1] ?? null }
  }
}

function withPaths(list: SuspectList, images: TrainingImages): object {
  const nameOf = namer(images)
  const named = (pairs: readonly Suspect[]) =>
    pairs.map(({ first, second, ...rest }) => ({
      first: nameOf(first),
      second: nameOf(second),
      ...rest,
    }))
  return { ...list, suspects: named(list.suspects), duplicates: named(list.duplicates) }
}

function listText(list: SuspectList, images: TrainingImages): string {
  const nameOf = namer(images)
  const shown = ({ path, label }: NamedImage) =>
    `${path.split(/[\\/]/).at(-1) ?? path}${label === null ? '' : ` [${label}]`}`
  const lineOf = (pair: Suspect) => {
    const { cosine, sharedNeighbours, rank, rankBack, kind } = pair
    const place = (at: number | null) => (at === null ? '–' : String(at))
    const note = kind === 'suspect' ? '' : `  ${kind}`
    return (
      `cosine ${scoreText(cosine)}  shared ${sharedNeighbours} of ${list.neighbours}  ` +
      `ranks ${place(rank)}/${place(rankBack)}  ` +
      `${shown(nameOf(pair.first))}  ${shown(nameOf(pair.second))}${note}`
    )
  }
  return [
    `run ${list.run}, epoch ${list.epoch}: ${list.suspects.length} of ${list.pairs} pairs, by ${list.method}`,
    ...list.assumptions,
    `Images of ${commonFolder(images.paths)}`,
    '',
    ...(list.suspects.length === 0 ? [noneText(list)] : list.suspects.map(lineOf)),
    ...(list.duplicates.length === 0
      ? []
      : ['', `${list.duplicates.length} of the pairs looked at are duplicates:`]),
    ...list.duplicates.map(lineOf),
    '',
  ].join('\n')
}

function noneText({ pairs, images }: SuspectList): string {
  return pairs === 0
    ? `No pair is suspected: none of the ${images} images is a negative of another one.`
    : 'No pair is suspected.'
}

/** The deepest folder that holds all files. */
function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? '.')
  while (!paths.every((path) => path.startsWith(folder)) && dirname(folder) !== folder)
    folder = dirname(folder)
  return folder
}

function qualityText(quality: SuspectQuality): string {
  const { run, epoch, images, pairs, baseRate } = quality
  const lineOf = ({
    method,
    averagePrecision: ap,
    lift,
    precisionAtRecall,
    atShare,
  }: MethodQuality) =>
    `${method.padEnd(15)} AP ${scoreText(ap.value)} [${scoreText(ap.low)}, ${scoreText(ap.high)}]  ` +
    `lift ${lift.toFixed(1)}  precision at 10 / 25 / 50 % recall ` +
    `${scoreText(precisionAtRecall.ten)} / ${scoreText(precisionAtRecall.quarter)} / ` +
    `${scoreText(precisionAtRecall.half)}  ` +
    `at share ${atShare.share}: precision ${scoreText(atShare.precision)}, recall ${scoreText(atShare.recall)}`
  const [first] = quality.methods
  return [
    `run ${run}, epoch ${epoch}: ${images} images, ${pairs} pairs, base rate ${scoreText(baseRate)}`,
    ...quality.assumptions,
    '',
    ...quality.methods.map(lineOf),
    '',
    `recall of each label at that share, by ${first?.method ?? ''}:`,
    ...(first?.labels ?? []).map(
      ({ label, images: count, recall }) => `${scoreText(recall)}  ${label} (${count} images)`,
    ),
    '',
  ].join('\n')
}
