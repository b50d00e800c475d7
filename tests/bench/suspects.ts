import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRowProducts } from '../../src-main/analysis/rowProducts.ts'
import type { RowProducts } from '../../src-main/analysis/rowProducts.ts'
import { compareTraining, meanGain } from './suspects/compareTraining.ts'
import type { TrainingResult } from './suspects/compareTraining.ts'
import { detect, detectedText, lastOf } from './suspects/detect.ts'
import type { Detected } from './suspects/detect.ts'
import { imageSets, readEmoji, readImageSet, writeImageSet } from './suspects/imageSets.ts'
import type { ImageSetName } from './suspects/imageSets.ts'
import { atLeast, atMost, reachedText } from './suspects/mustReach.ts'
import type { Reached } from './suspects/mustReach.ts'
import { measureScale, measureSlider } from './suspects/scale.ts'
import { findWrongLabels } from './suspects/wrongLabels.ts'

const parts = ['digits', 'fashion', 'emoji', 'labels', 'scale'] as const
type Part = (typeof parts)[number]

/** Small pictures, no mirror images of digits, strong crops, a high temperature. */
const recipe = { depth: 3, projectorHidden: 128, augmentation: 1, flip: 0, batchSize: 128, dim: 64 }
const temperature = 0.5
const sizes = { digits: 16, fashion: 24 } as const
const lateEpochs = { digits: 40, fashion: 30 } as const
const earlyEpoch = 5

/** Coloured drawings, of which a mirror image is the same thing. */
const emojiRecipe = { ...recipe, imageSize: 32, depth: 4, augmentation: 0.6, flip: 0.5, epochs: 60 }
const emojiTemperature = 0.2
const emojiChoice = { subcategories: 20, emoji: 15 }

/** Share that is cancelled in the end; fixed beforehand: a little below a tenth, as for some ten groups. */
const share = 0.09

interface Options {
  readonly json: boolean
  readonly only: readonly string[]
  /** A folder with `digits.csv.gz`, `fashion-mnist` and `emoji`, or one of these itself. */
  readonly data?: string
  readonly seeds?: string
  readonly large: boolean
}

/** What one part says: its figures, what they are held against, and the same as lines. */
interface PartResult {
  readonly figures: object
  readonly reached: readonly Reached[]
  readonly lines: readonly string[]
}

/**
 * How well suspected false negatives are found in contrastive training on pictures with hidden labels, what
 * cancelling them does, and what finding them costs. Parts: digits, fashion, emoji, labels (flipped ones of
 * emoji), scale; all if none is named; with `large`, scale goes up to 100,000 images.
 */
export async function run(options: Options): Promise<void> {
  const unknown = options.only.find((name) => !parts.some((part) => part === name))
  if (unknown !== undefined)
    throw new Error(`There is no part ${unknown}; there are ${parts.join(', ')}.`)
  const seeds = Number(options.seeds ?? 2)
  if (!Number.isInteger(seeds) || seeds < 1)
    throw new Error(`--seeds is ${options.seeds}, but must be a whole number, at least 1.`)
  const asked = parts.filter((part) => options.only.length === 0 || options.only.includes(part))
  const results: [Part, PartResult][] = []
  for (const part of asked) {
    const result = await measure(part, { ...options, seeds })
    results.push([part, result])
    if (!options.json) process.stdout.write(`${part}\n${result.lines.join('\n')}\n\n`)
  }
  const reached = results.flatMap(([, result]) => result.reached)
  if (!options.json) process.stdout.write(`${reachedText(reached).join('\n')}\n`)
  else process.stdout.write(`${JSON.stringify({ ...figuresOf(results), reached })}\n`)
}

/** Those of digits, or of the only part that was asked for, stand at the top; the others by name. */
function figuresOf(results: readonly (readonly [Part, PartResult])[]): object {
  const first = results.find(([part]) => part === 'digits') ?? results[0]
  const others = results.filter((result) => result !== first)
  return {
    ...first?.[1].figures,
    ...Object.fromEntries(others.map(([part, { figures }]) => [part, figures])),
  }
}

async function measure(
  part: Part,
  options: Pick<Options, 'data' | 'large'> & { readonly seeds: number },
): Promise<PartResult> {
  if (part === 'scale') return scale(options.large)
  const folder = await mkdtemp(join(tmpdir(), 'antipode-bench-'))
  const products = await openRowProducts()
  try {
    switch (part) {
      case 'digits':
      case 'fashion':
        return await pictures(part, { ...options, folder, products })
      case 'emoji':
        return await emoji({ ...options, folder, products })
      case 'labels':
        return await wrongLabels({ ...options, folder })
      default:
        return part satisfies never
    }
  } finally {
    products.dispose()
    await rm(folder, { recursive: true })
  }
}

interface Place {
  readonly folder: string
  readonly data?: string
  readonly products: RowProducts
}

async function pictures(
  name: ImageSetName,
  { folder, data, products, seeds }: Place & { readonly seeds: number },
): Promise<PartResult> {
  const set = await readImageSet(name, data)
  if (!set)
    return skipped(
      `${imageSets[name].path} is not there: it is in Debian’s ${imageSets[name].package}.`,
    )
  const images = await writeImageSet(set, folder)
  const own = { ...recipe, imageSize: sizes[name], epochs: lateEpochs[name] }
  const hidden = [
    { name: 'label', labels: images.labels, labelCount: images.labelNames.length },
  ] as const
  const [detected] = await detect({
    name,
    folder,
    images,
    hidden,
    recipe: own,
    temperature,
    epochs: [earlyEpoch, lateEpochs[name]],
    share,
    products,
  })
  if (!detected) throw new Error('nothing was looked for')
  // Training takes much longer: whoever stops it has this already.
  process.stderr.write(`${detectedText(detected).join('\n')}\n`)
  const training =
    name === 'digits'
      ? await compareTraining({
          folder,
          images,
          products,
          seeds: Array.from({ length: seeds }, (_, i) => i + 1),
          recipe: { ...recipe, imageSize: sizes.digits },
          temperature,
          share,
        })
      : []
  const ap = lastOf(detected, 'random-walk')?.averagePrecision ?? 0
  return {
    figures: {
      set: name,
      images: images.ids.length,
      recipe: { ...own, temperature, share },
      averagePrecision: ap,
      baseRate: detected.baseRate,
      methods: detected.methods,
      training,
    },
    reached: [
      atLeast(`${name}, AP of the default method`, ap, name === 'digits' ? 0.93 : 0.46),
      atLeast(
        `${name}, AP above the one-view rule`,
        ap - (lastOf(detected, 'one-view')?.averagePrecision ?? 0),
        0.1,
      ),
      ...trainingReached(training),
    ],
    lines: [
      `${images.ids.length} images, labels hidden from training and detector`,
      `recipe ${JSON.stringify({ ...own, temperature, share })}; pairs: all but those with the same bytes`,
      ...detectedText(detected),
      ...training.map(
        ({ policy, seed, rPrecision: precision, seconds }) =>
          `${policy.padEnd(10)} seed ${seed}  R-precision on unseen images ${precision.toFixed(3)}  ${seconds} s`,
      ),
    ],
  }
}

function trainingReached(training: readonly TrainingResult[]): readonly Reached[] {
  if (training.length === 0) return []
  const seeds = new Set(training.map(({ seed }) => seed)).size
  const over = `R-precision on unseen digits over none, mean of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`
  return [
    atLeast(`eliminating, ${over}`, meanGain(training, 'eliminate'), 0.05),
    atMost(`as many at random, ${over}`, meanGain(training, 'random'), 0),
  ]
}

/** One run, looked at by what drawings are about, and by the emoji that they are. */
async function emoji({ folder, data, products }: Place): Promise<PartResult> {
  const images = data === undefined ? null : await readEmoji(data, emojiChoice)
  if (!images) return skipped(noEmoji)
  const { labels, labelNames, emoji: classes, emojiCount } = images
  const detected = await detect({
    name: 'emoji',
    folder,
    images,
    hidden: [
      { name: 'subcategory', labels, labelCount: labelNames.length },
      { name: 'emoji', labels: classes, labelCount: emojiCount },
    ],
    recipe: emojiRecipe,
    temperature: emojiTemperature,
    epochs: [emojiRecipe.epochs],
    share: 0.05,
    products,
  })
  const [bySubcategory, byEmoji] = detected
  if (!bySubcategory || !byEmoji) throw new Error('nothing was looked for')
  return {
    figures: {
      set: 'emoji',
      images: images.ids.length,
      recipe: { ...emojiRecipe, temperature: emojiTemperature },
      bySubcategory,
      byEmoji,
    },
    reached: [
      atLeast(
        'emoji by subcategory, AP of the default method above the best other method',
        lead(bySubcategory, 'random-walk'),
        0,
      ),
      atLeast('emoji by emoji, AP of CSLS above the best other method', lead(byEmoji, 'csls'), 0),
    ],
    lines: [
      `${images.ids.length} images of ${JSON.stringify(emojiChoice)}, labels hidden`,
      ...detectedText(bySubcategory),
      ...detectedText(byEmoji),
    ],
  }
}

/** How far a method is before the best of the others; the default one's other group sizes are no others. */
function lead(detected: Detected, method: 'random-walk' | 'csls'): number {
  const others = detected.methods.filter((result) => result.method !== method)
  const best = Math.max(...others.map(({ averagePrecision }) => averagePrecision))
  return (lastOf(detected, method)?.averagePrecision ?? 0) - best
}

/** Labels of emoji, one in ten flipped, found by features that never saw any. */
async function wrongLabels({ folder, data }: Pick<Place, 'folder' | 'data'>): Promise<PartResult> {
  const images =
    data === undefined ? null : await readEmoji(data, { subcategories: 10, emoji: Infinity })
  if (!images) return skipped(noEmoji)
  const result = await findWrongLabels(folder, images)
  const { set, averagePrecision, draws } = result
  return {
    figures: result,
    reached: [atLeast(`label errors, AP on ${set}`, averagePrecision, 0.9)],
    lines: [`${set}: AP ${averagePrecision} (${draws.join(', ')})`],
  }
}

/** @param isLarge up to 100,000 images, which takes a minute or two */
async function scale(isLarge: boolean): Promise<PartResult> {
  const slider = measureSlider()
  const found = [await measureScale(10_000), ...(isLarge ? [await measureScale(100_000)] : [])]
  const secondsOf = { 10_000: 5, 100_000: 120 } as const
  return {
    figures: { suspects: found, slider },
    reached: [
      ...found.flatMap(({ images, seconds, peakGigabytes }) => [
        atMost(
          `suspects of ${images.toLocaleString('en')} images, seconds after embedding`,
          seconds,
          images === 10_000 ? secondsOf[10_000] : secondsOf[100_000],
        ),
        atMost(`memory with ${images.toLocaleString('en')} images, GB`, peakGigabytes, 2),
      ]),
      atMost('laboratory slider at 5,000 negatives, ms, one anchor', slider.oneMs, 30),
      atMost('laboratory slider at 5,000 negatives, ms, all anchors', slider.allMs, 30),
    ],
    lines: [
      ...found.map(
        ({ images, seconds, peakGigabytes }) =>
          `${images.toLocaleString('en')} made images: ${seconds} s from the embedding to 500 suspects, ` +
          `peak ${peakGigabytes} GB`,
      ),
      `laboratory, 5,000 negatives: ${slider.oneMs} ms for one anchor, ${slider.allMs} ms for all`,
    ],
  }
}

const noEmoji = 'The emoji are not there: name their folder, which has a labels.csv: --data DIR'

function skipped(reason: string): PartResult {
  return { figures: { skipped: reason }, reached: [], lines: [`skipped: ${reason}`] }
}
