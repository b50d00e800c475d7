import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import sharp from 'sharp'
import type { TrainingImages } from '../../../src-main/contract/compute.ts'
import { contentHashOf } from '../../../src-main/data/decode.ts'

/** Grey pictures with labels that training never sees. */
export interface ImageSet {
  readonly name: string
  /** Side, px. */
  readonly side: number
  /** Bytes, `[side, side]` each. */
  readonly pictures: readonly Uint8Array[]
  readonly labels: Int32Array
}

export const imageSets = {
  digits: {
    path: '/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz',
    package: 'python3-sklearn',
    read: readDigits,
  },
  fashion: {
    path: '/usr/share/datasets/fashion-mnist',
    package: 'dataset-fashion-mnist',
    read: readFashion,
  },
} as const

export type ImageSetName = keyof typeof imageSets

/**
 * Null where the set is not there.
 *
 * @param data where it lies, or a folder in which it does under its own name, if not where its package puts it
 */
export async function readImageSet(name: ImageSetName, data?: string): Promise<ImageSet | null> {
  const { path, read } = imageSets[name]
  const places = data === undefined ? [] : [data, join(data, basename(path))]
  const place = [...places, path].find((one) => isSet(name, one))
  return place === undefined ? null : read(place)
}

/** Whether what lies there is the set, not that of another name. */
function isSet(name: ImageSetName, path: string): boolean {
  return name === 'digits'
    ? path.endsWith('.csv.gz') && existsSync(path)
    : existsSync(join(path, 't10k-images-idx3-ubyte.gz'))
}

/** Handwritten digits, 1,797 of 8 × 8 (Alpaydin & Kaynak, UCI 1998): a line is 64 values to 16, and a label. */
async function readDigits(path: string): Promise<ImageSet> {
  const lines = gunzipSync(await readFile(path))
    .toString()
    .trim()
    .split('\n')
  const rows = lines.map((line) => line.split(',').map(Number))
  return {
    name: 'digits',
    side: 8,
    pictures: rows.map((row) =>
      Uint8Array.from(row.slice(0, 64), (value) => Math.min(16 * value, 255)),
    ),
    labels: Int32Array.from(rows, (row) => row[64] ?? 0),
  }
}

/** Clothes, the first 2,000 of the 28 × 28 test pictures (Xiao et al., 2017, arXiv:1708.07747). */
async function readFashion(folder: string): Promise<ImageSet> {
  const read = async (file: string) => gunzipSync(await readFile(join(folder, file)))
  const bytes = (await read('t10k-images-idx3-ubyte.gz')).subarray(16)
  const labels = (await read('t10k-labels-idx1-ubyte.gz')).subarray(8, 8 + 2000)
  const area = 28 * 28
  return {
    name: 'fashion',
    side: 28,
    pictures: Array.from(labels, (_, i) => bytes.subarray(i * area, (i + 1) * area)),
    labels: Int32Array.from(labels),
  }
}

/** Writes the pictures as files, as a person would bring them. */
export async function writeImageSet(set: ImageSet, folder: string): Promise<TrainingImages> {
  const { side, pictures, labels } = set
  const paths: string[] = []
  const hashes: string[] = []
  for (const [i, picture] of pictures.entries()) {
    const raw = { width: side, height: side, channels: 1 } as const
    const file = await sharp(picture, { raw }).png().toBuffer()
    const path = join(folder, `${i}.png`)
    await writeFile(path, file)
    paths.push(path)
    hashes.push(contentHashOf(file))
  }
  return {
    ids: Int32Array.from(paths, (_, i) => i + 1),
    paths,
    hashes,
    labels,
    labelNames: Array.from({ length: Math.max(...labels) + 1 }, (_, label) => String(label)),
  }
}

/** Drawings of emoji: one label by what they are about, one by the emoji itself. */
export interface EmojiImages extends TrainingImages {
  readonly emoji: Int32Array
  readonly emojiCount: number
}

/**
 * Drawings of emoji whose labels are the largest subcategories; `labels.csv` in the folder, or in `emoji` in
 * it, has a line a file. Null where it is not there.
 *
 * @param options.subcategories the so many largest
 * @param options.emoji of each subcategory at most so many emoji, the first of the table
 */
export async function readEmoji(
  data: string,
  { subcategories, emoji }: { readonly subcategories: number; readonly emoji: number },
): Promise<EmojiImages | null> {
  const folder = [data, join(data, 'emoji')].find((one) => existsSync(join(one, 'labels.csv')))
  if (folder === undefined) return null
  const lines = (await readFile(join(folder, 'labels.csv'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  const [head = [], ...rows] = lines
  const [ofClass, ofSubcategory] = [head.indexOf('class'), head.indexOf('subcategory')]
  const sizes = new Map<string, number>()
  for (const row of rows) {
    const name = row[ofSubcategory] ?? ''
    sizes.set(name, (sizes.get(name) ?? 0) + 1)
  }
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, subcategories)
  const labelNames = largest.map(([name]) => name)
  const classes = labelNames.flatMap((name) => {
    const all = rows.filter((row) => row[ofSubcategory] === name).map((row) => row[ofClass] ?? '')
    return [...new Set(all)].slice(0, emoji)
  })
  const placeOf = new Map(classes.map((name, place) => [name, place]))
  const chosen = rows.filter((row) => placeOf.has(row[ofClass] ?? ''))
  const paths = chosen.map((row) => join(folder, row[0] ?? ''))
  return {
    ids: Int32Array.from(paths, (_, i) => i + 1),
    paths,
    hashes: await Promise.all(paths.map(async (path) => contentHashOf(await readFile(path)))),
    labels: Int32Array.from(chosen, (row) => labelNames.indexOf(row[ofSubcategory] ?? '')),
    labelNames,
    emoji: Int32Array.from(chosen, (row) => placeOf.get(row[ofClass] ?? '') ?? 0),
    emojiCount: classes.length,
  }
}
