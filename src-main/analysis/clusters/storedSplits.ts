import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { WorkbenchError } from '../../contract/errors.ts'
import { writeFileSafely } from '../../numeric/writeSafely.ts'
import type { Split } from './applySplits.ts'

/** What people cut in the clusters of a run (`sphere/splits.json`). */
export interface RunSplits {
  /** The first number that no part of a cluster has had, also of cuts that were undone. */
  readonly nextNumber: number
  /** The earliest first. */
  readonly splits: readonly Split[]
}

const schema = z.object({
  version: z.literal(1),
  nextNumber: z.int(),
  splits: z.array(
    z.object({
      of: z.int(),
      parts: z.array(z.object({ number: z.int(), rows: z.array(z.int()) })),
    }),
  ),
})

/** @throws WorkbenchError `io` where the file is there and cannot be read: nobody made it in vain */
export async function readSplits(runFolder: string): Promise<RunSplits> {
  const file = join(runFolder, 'sphere', 'splits.json')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (isMissing(cause)) return null
    throw new WorkbenchError('io', `${file} cannot be read.`, { cause })
  })
  if (text === null) return { nextNumber: 0, splits: [] }
  try {
    const { nextNumber, splits } = schema.parse(JSON.parse(text))
    return {
      nextNumber,
      splits: splits.map(({ of, parts }) => ({
        of,
        parts: parts.map(({ number, rows }) => ({ number, rows: Int32Array.from(rows) })),
      })),
    }
  } catch (cause) {
    const message = `${file} holds no splits of clusters. Delete it to look at clusters without them.`
    throw new WorkbenchError('io', message, { cause })
  }
}

export async function storeSplits(
  runFolder: string,
  { nextNumber, splits }: RunSplits,
): Promise<void> {
  await mkdir(join(runFolder, 'sphere'), { recursive: true })
  const stored = splits.map(({ of, parts }) => ({
    of,
    parts: parts.map(({ number, rows }) => ({ number, rows: [...rows] })),
  }))
  await writeFileSafely(
    join(runFolder, 'sphere', 'splits.json'),
    JSON.stringify({ version: 1, nextNumber, splits: stored }),
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
