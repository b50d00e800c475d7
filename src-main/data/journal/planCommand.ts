import type { DatabaseSync } from 'node:sqlite'
import { WorkbenchError } from '../../contract/errors.ts'
import { handSplits, verdictKinds } from '../../contract/journal.ts'
import type { ImageProperty, LibraryCommand } from '../../contract/journal.ts'
import type { LabelId, LabelRow } from '../../contract/labels.ts'
import type { Change } from './change.ts'

/** What a command would do. */
export interface PlannedCommand {
  /** For the undo button: "Label 143 images as tabby". */
  readonly title: string
  /** Only what really changes; empty where all is so already. */
  readonly changes: readonly Change[]
}

/** Characters of a label's name; longer ones fit on no button. */
const longestName = 200

/**
 * Works out what a command changes. Nothing is written.
 *
 * @throws WorkbenchError `not-found` for an image or label that the project does not have;
 *   `bad-request` for a name that is empty, too long or taken
 */
export function planCommand(database: DatabaseSync, command: LibraryCommand): PlannedCommand {
  const labelOf = (id: LabelId) => expectLabel(database, id)
  const setAll = (property: ImageProperty, images: Int32Array, value: number) =>
    imageChanges(database, property, images, value)
  switch (command.kind) {
    case 'label': {
      const { images, label } = command
      const title =
        label === null
          ? `Take the label off ${countOf(images)}`
          : `Label ${countOf(images)} as ${labelOf(label).name}`
      return { title, changes: setAll('label', images, label ?? -1) }
    }
    case 'createLabel': {
      const { parent, images } = command
      const name = freshName(database, command.name, null)
      const after = { id: nextLabelId(database), name, colour: null, parent: parentName(parent) }
      const title =
        images.length > 0 ? `Label ${countOf(images)} as ${name}` : `Create the label ${name}`
      return {
        title,
        changes: [{ kind: 'label', before: null, after }, ...setAll('label', images, after.id)],
      }
    }
    case 'renameLabel': {
      const before = labelOf(command.label)
      const name = freshName(database, command.name, before.id)
      return { title: `Rename ${before.name} to ${name}`, changes: relabelled(before, { name }) }
    }
    case 'recolourLabel': {
      const before = labelOf(command.label)
      const { colour } = command
      return { title: `Recolour ${before.name}`, changes: relabelled(before, { colour }) }
    }
    case 'groupLabel': {
      const before = labelOf(command.label)
      const parent = parentName(command.parent)
      const title =
        parent === null
          ? `Take ${before.name} out of its group`
          : `Group ${before.name} under ${parent}`
      return { title, changes: relabelled(before, { parent }) }
    }
    case 'mergeLabels': {
      const into = labelOf(command.into)
      const merged = [...new Set(command.labels)].filter((id) => id !== into.id).map(labelOf)
      const images = Int32Array.from(
        merged.flatMap(({ id }) => [...imagesWith(database, id)]),
      ).sort()
      const names = merged.map(({ name }) => name).join(', ')
      return {
        title: `Merge ${names} into ${into.name}`,
        changes: [...setAll('label', images, into.id), ...merged.map(removed)],
      }
    }
    case 'deleteLabel': {
      const label = labelOf(command.label)
      return {
        title: `Delete the label ${label.name}`,
        changes: [...setAll('label', imagesWith(database, label.id), -1), removed(label)],
      }
    }
    case 'exclude': {
      const { images, isExcluded } = command
      const title = isExcluded
        ? `Exclude ${countOf(images)} from training`
        : `Train with ${countOf(images)} again`
      return { title, changes: setAll('excluded', images, Number(isExcluded)) }
    }
    case 'trash': {
      const { images, isTrashed } = command
      const title = isTrashed
        ? `Put ${countOf(images)} into the trash`
        : `Take ${countOf(images)} out of the trash`
      return { title, changes: setAll('trashed', images, Number(isTrashed)) }
    }
    case 'split': {
      const { images, split } = command
      const place = {
        auto: 'wherever the run says',
        training: 'training',
        heldOut: 'the held-out part',
      }
      return {
        title: `Keep ${countOf(images)} in ${place[split]}`,
        changes: setAll('split', images, handSplits.indexOf(split)),
      }
    }
    case 'verdict':
      return {
        title: `Judge ${command.pairs.length === 2 ? 'a pair' : `${command.pairs.length / 2} pairs`} as ${command.verdict}`,
        changes: verdictChanges(database, command.pairs, verdictKinds.indexOf(command.verdict)),
      }
    case 'together':
      throw new TypeError('a command of several is planned one by one')
    default:
      return command satisfies never
  }
}

function countOf({ length }: Int32Array): string {
  return length === 1 ? '1 image' : `${length.toLocaleString('en')} images`
}

function relabelled(before: LabelRow, fields: Partial<LabelRow>): readonly Change[] {
  const after = { ...before, ...fields }
  const isSame =
    after.name === before.name && after.colour === before.colour && after.parent === before.parent
  return isSame ? [] : [{ kind: 'label', before, after }]
}

function removed(before: LabelRow): Change {
  return { kind: 'label', before, after: null }
}

function expectLabel(database: DatabaseSync, id: LabelId): LabelRow {
  const row = database.prepare('SELECT id, name, colour, parent FROM labels WHERE id = ?').get(id)
  if (!row)
    throw new WorkbenchError(
      'not-found',
      `There is no label ${id} any more. Look at the list again.`,
    )
  return {
    id: Number(row.id),
    name: String(row.name),
    colour: row.colour === null ? null : String(row.colour),
    parent: row.parent === null ? null : String(row.parent),
  }
}

/** @param own the label that has the name already */
function freshName(database: DatabaseSync, wanted: string, own: LabelId | null): string {
  const name = wanted.trim()
  if (name === '' || name.length > longestName)
    throw new WorkbenchError(
      'bad-request',
      `A label's name has 1 to ${longestName} characters; this one has ${name.length}.`,
    )
  const taken = database.prepare('SELECT id FROM labels WHERE name = ?').get(name)
  if (taken && Number(taken.id) !== own)
    throw new WorkbenchError(
      'bad-request',
      `There is a label ${name} already. Choose another name, or merge the two.`,
    )
  return name
}

function parentName(parent: string | null): string | null {
  const name = parent?.trim() ?? ''
  if (name.length > longestName)
    throw new WorkbenchError('bad-request', `A group's name has at most ${longestName} characters.`)
  return name === '' ? null : name
}

/** Ids are not used again: the journal speaks of those that are gone. */
function nextLabelId(database: DatabaseSync): LabelId {
  const row = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'labels'").get()
  return Number(row?.seq ?? 0) + 1
}

function imagesWith(database: DatabaseSync, label: LabelId): Int32Array {
  const rows = database.prepare('SELECT id FROM files WHERE label = ? ORDER BY id').all(label)
  return Int32Array.from(rows, ({ id }) => Number(id))
}

const columns: Readonly<Record<ImageProperty, string>> = {
  label: 'ifnull(label, -1)',
  excluded: 'excluded',
  trashed: 'trashed',
  split: 'split',
}

function imageChanges(
  database: DatabaseSync,
  property: ImageProperty,
  images: Int32Array,
  value: number,
): readonly Change[] {
  const read = database.prepare(`SELECT ${columns[property]} AS value FROM files WHERE id = ?`)
  const ids: number[] = []
  const before: number[] = []
  for (const id of new Set(images)) {
    const row = read.get(id)
    if (!row)
      throw new WorkbenchError(
        'not-found',
        `The image ${id} is no longer in the project. Select the images again.`,
      )
    if (Number(row.value) === value) continue
    ids.push(id)
    before.push(Number(row.value))
  }
  if (ids.length === 0) return []
  return [
    {
      kind: 'images',
      property,
      ids: Int32Array.from(ids),
      before: Int32Array.from(before),
      after: new Int32Array(ids.length).fill(value),
    },
  ]
}

function verdictChanges(
  database: DatabaseSync,
  pairs: Int32Array,
  value: number,
): readonly Change[] {
  const read = database.prepare('SELECT verdict FROM verdicts WHERE a = ? AND b = ?')
  const changed: number[] = []
  const before: number[] = []
  const seen = new Set<string>()
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const [first = 0, second = 0] = pairs.subarray(i, i + 2)
    if (first === second)
      throw new WorkbenchError('bad-request', `Image ${first} cannot be judged against itself.`)
    const [a, b] = [Math.min(first, second), Math.max(first, second)]
    const old = Number(read.get(a, b)?.verdict ?? 0)
    if (old === value || seen.has(`${a} ${b}`)) continue
    seen.add(`${a} ${b}`)
    changed.push(a, b)
    before.push(old)
  }
  if (before.length === 0) return []
  return [
    {
      kind: 'verdicts',
      pairs: Int32Array.from(changed),
      before: Int32Array.from(before),
      after: new Int32Array(before.length).fill(value),
    },
  ]
}
