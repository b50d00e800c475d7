import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ClusterMethod } from '../../contract/clusters.ts'
import { writeFileSafely } from '../../numeric/writeSafely.ts'

export interface Grouping {
  /** The number of each row's cluster, `[n]`; −1 for none. */
  readonly numbers: Int32Array
  /** The first number that no cluster of the run has had. */
  readonly nextNumber: number
}

export interface GroupingPlace {
  readonly runFolder: string
  readonly epoch: number
  readonly method: ClusterMethod
}

const schema = z.object({
  version: z.literal(1),
  fingerprint: z.string(),
  nextNumber: z.int(),
  numbers: z.array(z.int()),
})

/** Null where nothing is stored, or something of other rows. */
export async function readGrouping(
  { runFolder, epoch, method }: GroupingPlace,
  fingerprint: string,
): Promise<Grouping | null> {
  const stored = await readFrom(join(runFolder, 'sphere', nameOf(keyOf(method), epoch)))
  return stored?.fingerprint === fingerprint ? stored : null
}

/**
 * The grouping that a new one goes on from: of the nearest epoch by the same method, of two the
 * earlier one; else the nearest by any other. With the first number that is free in the whole run.
 */
export async function relatedGrouping(
  { runFolder, epoch, method }: GroupingPlace,
  rows: number,
): Promise<Grouping | null> {
  const names = await readdir(join(runFolder, 'sphere')).catch(() => [])
  const own = keyOf(method)
  const all = names
    .flatMap((name) => {
      const [, key, at] = /^clusters-(.+)-(\d+)\.json$/.exec(name) ?? []
      return key === undefined ? [] : [{ name, isOther: key !== own, epoch: Number(at) }]
    })
    .sort(
      (a, b) =>
        Number(a.isOther) - Number(b.isOther) ||
        Math.abs(a.epoch - epoch) - Math.abs(b.epoch - epoch) ||
        a.epoch - b.epoch ||
        (a.name < b.name ? -1 : 1),
    )
  let nearest: Grouping | null = null
  let nextNumber = 0
  for (const { name } of all) {
    const stored = await readFrom(join(runFolder, 'sphere', name))
    if (stored?.numbers.length !== rows) continue
    nearest ??= stored
    nextNumber = Math.max(nextNumber, stored.nextNumber)
  }
  return nearest && { ...nearest, nextNumber }
}

export async function storeGrouping(
  { runFolder, epoch, method }: GroupingPlace,
  { numbers, ...grouping }: Grouping & { readonly fingerprint: string },
): Promise<void> {
  await mkdir(join(runFolder, 'sphere'), { recursive: true })
  await writeFileSafely(
    join(runFolder, 'sphere', nameOf(keyOf(method), epoch)),
    JSON.stringify({ version: 1, ...grouping, numbers: [...numbers] }),
  )
}

function keyOf(method: ClusterMethod): string {
  return method.kind === 'k-means' ? `k-means-${method.k}` : `louvain-${method.resolution}`
}

function nameOf(key: string, epoch: number): string {
  return `clusters-${key}-${epoch}.json`
}

/** Null where there is none that can be read: it can be made again at any time. */
async function readFrom(file: string): Promise<(Grouping & { fingerprint: string }) | null> {
  try {
    const stored = schema.parse(JSON.parse(await readFile(file, 'utf8')))
    return { ...stored, numbers: Int32Array.from(stored.numbers) }
  } catch {
    return null
  }
}
