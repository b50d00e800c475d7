import type { DatabaseSync } from 'node:sqlite'
import { decode, encode } from '../../contract/codec.ts'
import type { ImageId } from '../../contract/images.ts'
import type {
  JournalEntry,
  JournalState,
  LibraryChange,
  LibraryCommand,
} from '../../contract/journal.ts'
import type { LabelRow } from '../../contract/labels.ts'
import { inTransaction } from '../transaction.ts'
import { applyChange } from './applyChange.ts'
import { invertedChanges, touches } from './change.ts'
import type { Change } from './change.ts'
import { labelRows } from './labelRows.ts'
import { planCommand } from './planCommand.ts'

/** Entries that are searched for what was done to one image. */
const historyDepth = 5000

/**
 * Everything that people did to a project's labels, marks and verdicts, in order. It only grows: an undo
 * is an entry of its own, so what was ever done can be read, and a restart forgets nothing. What a
 * method has taken is on the disk when it returns.
 */
export class Journal {
  private readonly database: DatabaseSync
  private readonly now: () => Date
  /** Ids of entries in force, and of those undone since the last new one; the newest last. */
  private readonly done: number[] = []
  private readonly undone: number[] = []

  /** @param now only for the time that an entry is given */
  constructor(database: DatabaseSync, now: () => Date) {
    this.database = database
    this.now = now
    for (const { id, kind } of database.prepare('SELECT id, kind FROM journal ORDER BY id').all())
      this.note(Number(id), kind as JournalEntry['kind'])
  }

  state(): JournalState {
    const newest = this.database.prepare('SELECT max(id) AS id FROM journal').get()
    return {
      revision: Number(newest?.id ?? 0),
      undo: this.titleOf(this.done.at(-1)),
      redo: this.titleOf(this.undone.at(-1)),
    }
  }

  /**
   * @returns null when all is so already; then nothing is written
   * @throws WorkbenchError as {@link planCommand}; then nothing is changed
   */
  run(command: LibraryCommand): LibraryChange | null {
    return this.inTransaction(() => {
      const { title, changes } = this.carryOut(command)
      if (changes.length === 0) return null
      return this.append({ kind: 'do', title, changes, target: null })
    })
  }

  /** @returns null when there is nothing to undo */
  undo(): LibraryChange | null {
    return this.repeat('undo', this.done.at(-1))
  }

  /** @returns null when nothing was undone since the last command */
  redo(): LibraryChange | null {
    return this.repeat('redo', this.undone.at(-1))
  }

  /** The newest first. */
  entries(count: number): readonly JournalEntry[] {
    const inForce = new Set(this.done)
    return this.database
      .prepare('SELECT id, kind, title, at FROM journal ORDER BY id DESC LIMIT ?')
      .all(count)
      .map((row) => entryOf(row, inForce))
  }

  /**
   * What was done to one image, the newest first. Looks no further back than some thousand entries:
   * each must be decoded.
   */
  entriesOf(image: ImageId): readonly JournalEntry[] {
    const inForce = new Set(this.done)
    const rows = this.database
      .prepare('SELECT id, kind, title, at, target, changes FROM journal ORDER BY id DESC LIMIT ?')
      .all(historyDepth)
    const touching = new Set(
      rows
        .filter(({ changes }) => changes !== null && touches(changesIn(changes), image))
        .map(({ id }) => id),
    )
    return rows
      .filter(({ id, target }) => touching.has(target ?? id))
      .map((row) => entryOf(row, inForce))
  }

  /** Applies each command before the next is planned, since it may build on what the one before did. */
  private carryOut(command: LibraryCommand): { title: string; changes: readonly Change[] } {
    if (command.kind === 'together') {
      const changes = command.commands.flatMap((part) => this.carryOut(part).changes)
      return { title: command.title, changes }
    }
    const planned = planCommand(this.database, command)
    for (const change of planned.changes) applyChange(this.database, change)
    return planned
  }

  private repeat(kind: 'undo' | 'redo', target: number | undefined): LibraryChange | null {
    if (target === undefined) return null
    return this.inTransaction(() => {
      const row = this.database
        .prepare('SELECT title, changes FROM journal WHERE id = ?')
        .get(target)
      const stored = changesIn(row?.changes)
      const changes = kind === 'undo' ? invertedChanges(stored) : stored
      for (const change of changes) applyChange(this.database, change)
      return this.append({ kind, title: String(row?.title), changes, target })
    })
  }

  private append(entry: {
    readonly kind: JournalEntry['kind']
    readonly title: string
    readonly changes: readonly Change[]
    readonly target: number | null
  }): LibraryChange {
    const { kind, title, changes, target } = entry
    const { lastInsertRowid } = this.database
      .prepare('INSERT INTO journal (kind, title, at, changes, target) VALUES (?, ?, ?, ?, ?)')
      .run(kind, title, this.now().toISOString(), kind === 'do' ? encode(changes) : null, target)
    this.note(Number(lastInsertRowid), kind)
    return {
      state: this.state(),
      title,
      kind,
      labels: changes.some((change) => change.kind === 'label') ? this.labels() : null,
      images: changes.flatMap((change) =>
        change.kind === 'images'
          ? [{ property: change.property, ids: change.ids, values: change.after }]
          : [],
      ),
      hasVerdicts: changes.some((change) => change.kind === 'verdicts'),
    }
  }

  private labels(): readonly LabelRow[] {
    return labelRows(this.database)
  }

  /** Moves an entry between the two stacks. */
  private note(id: number, kind: JournalEntry['kind']): void {
    if (kind === 'do') {
      this.done.push(id)
      this.undone.length = 0
      return
    }
    const [from, to] = kind === 'undo' ? [this.done, this.undone] : [this.undone, this.done]
    const moved = from.pop()
    if (moved !== undefined) to.push(moved)
  }

  private titleOf(id: number | undefined): string | null {
    if (id === undefined) return null
    return String(this.database.prepare('SELECT title FROM journal WHERE id = ?').get(id)?.title)
  }

  /** The two stacks go back as well when the tables do. */
  private inTransaction<Result>(work: () => Result): Result {
    const [done, undone] = [[...this.done], [...this.undone]]
    try {
      return inTransaction(this.database, work)
    } catch (error) {
      this.done.splice(0, Infinity, ...done)
      this.undone.splice(0, Infinity, ...undone)
      throw error
    }
  }
}

function changesIn(stored: unknown): readonly Change[] {
  return decode(stored as Uint8Array) as readonly Change[]
}

function entryOf(
  { id, kind, title, at }: Readonly<Record<string, unknown>>,
  inForce: ReadonlySet<number>,
): JournalEntry {
  return {
    id: Number(id),
    kind: kind as JournalEntry['kind'],
    title: String(title),
    at: String(at),
    isInForce: kind !== 'do' || inForce.has(Number(id)),
  }
}
