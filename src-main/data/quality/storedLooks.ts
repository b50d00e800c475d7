import type { DatabaseSync } from 'node:sqlite'
import type { ContentHash } from '../../contract/images.ts'
import type { Looks } from '../../contract/quality.ts'
import { inTransaction } from '../transaction.ts'

/** Looks that were measured before, of images that the project has or had. */
export function storedLooks(database: DatabaseSync): Looks {
  const rows = database
    .prepare(
      'SELECT hash, perceptual_low, perceptual_high, brightness, entropy, sharpness FROM looks',
    )
    .all()
  return {
    hashes: rows.map(({ hash }) => String(hash)),
    perceptual: Uint32Array.from(
      rows.flatMap((row) => [Number(row.perceptual_low), Number(row.perceptual_high)]),
    ),
    brightness: Float32Array.from(rows, ({ brightness }) => Number(brightness)),
    entropy: Float32Array.from(rows, ({ entropy }) => Number(entropy)),
    sharpness: Float32Array.from(rows, ({ sharpness }) => Number(sharpness)),
  }
}

export function storeLooks(database: DatabaseSync, looks: Looks): void {
  const insert = database.prepare('INSERT OR REPLACE INTO looks VALUES (?, ?, ?, ?, ?, ?)')
  inTransaction(database, () => {
    looks.hashes.forEach((hash, i) => {
      const [low = 0, high = 0] = looks.perceptual.subarray(2 * i, 2 * i + 2)
      insert.run(
        hash,
        low,
        high,
        looks.brightness[i] ?? 0,
        looks.entropy[i] ?? 0,
        looks.sharpness[i] ?? 0,
      )
    })
  })
}

/** Images whose looks are not known yet, each once. */
export function unmeasuredHashes(database: DatabaseSync): readonly ContentHash[] {
  return database
    .prepare('SELECT DISTINCT hash FROM files WHERE hash NOT IN (SELECT hash FROM looks)')
    .all()
    .map(({ hash }) => String(hash))
}
