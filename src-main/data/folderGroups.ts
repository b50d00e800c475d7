import { posix } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

/** Folders that say what images are for, not what they show. */
const noGroups = /^(train(ing)?|val(id(ation)?)?|test(ing)?|held.?out|images?|img|photos?|data)$/i

/**
 * Groups labels as their folders lie: where all images of a label lie in folders of its name that
 * share one parent folder inside the source, that one is its super-label. A label that has a group,
 * or that people have had anything to do with, is left as it is. Part of the caller's transaction.
 */
export function groupByFolders(database: DatabaseSync): void {
  const statement = database.prepare(
    `SELECT files.label, name, source, path FROM files JOIN labels ON labels.id = files.label
     WHERE parent IS NULL AND is_kept = 0`,
  )
  statement.setReturnArrays(true)
  /** By label: the only folder above its own; null where there is none, or more than one. */
  const folderOf = new Map<number, { readonly source: number; readonly folder: string } | null>()
  for (const row of statement.iterate() as unknown as Iterable<[number, string, number, string]>) {
    const [label, name, source, path] = row
    const known = folderOf.get(label)
    if (known === null) continue
    const own = posix.dirname(path)
    const folder = posix.dirname(own)
    const isAlike = known === undefined || (known.source === source && known.folder === folder)
    const isGroup = posix.basename(own) === name && folder !== '.'
    folderOf.set(label, isAlike && isGroup ? (known ?? { source, folder }) : null)
  }
  const group = database.prepare('UPDATE labels SET parent = ? WHERE id = ?')
  for (const [label, found] of folderOf) {
    const name = found && posix.basename(found.folder)
    if (name !== null && !noGroups.test(name)) group.run(name, label)
  }
}
