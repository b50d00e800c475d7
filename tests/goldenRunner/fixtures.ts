import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export const format = 'lossgolden/1'

/** One file of a folder of fixtures; cases are checked when they are run. */
export type FixtureFile =
  | {
      readonly kind: 'fixture'
      readonly file: string
      /** What the file is about: a loss, `miners`, `metrics`, … */
      readonly loss: string
      readonly cases: readonly unknown[]
    }
  | { readonly kind: 'unreadable'; readonly file: string; readonly reason: string }

/** The folder itself cannot be worked with. */
export class NoFixtures extends Error {}

/**
 * Every JSON file of a folder, by name. A file that cannot be read is told of, not left out.
 *
 * @throws NoFixtures when there is no such folder or no JSON file in it
 */
export function readFixtures(folder: string): readonly FixtureFile[] {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found) throw new NoFixtures(`There is no folder ${folder}.`)
  if (!found.isDirectory()) throw new NoFixtures(`${folder} is a file; name the folder it is in.`)
  const files = readdirSync(folder)
    .filter((name) => name.toLowerCase().endsWith('.json'))
    .sort()
  if (files.length === 0)
    throw new NoFixtures(`${folder} holds no .json file; expected files of format ${format}.`)
  return files.map((file) => readFixture(join(folder, file), file))
}

function readFixture(path: string, file: string): FixtureFile {
  const unreadable = (reason: string) => ({ kind: 'unreadable' as const, file, reason })
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return unreadable(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isRecord(content)) return unreadable('it holds no object at its top')
  if (content['format'] !== format)
    return unreadable(`its format is ${shown(content['format'])}, expected "${format}"`)
  const { loss, cases } = content
  if (typeof loss !== 'string') return unreadable(`its loss is ${shown(loss)}, expected a name`)
  if (!Array.isArray(cases)) return unreadable(`its cases are ${shown(cases)}, expected a list`)
  if (cases.length === 0) return unreadable('it has no cases')
  return { kind: 'fixture', file, loss, cases }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as a message shows it, in one short line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
