import { parseArgs } from 'node:util'
import type { ParseArgsOptionsConfig } from 'node:util'
import type { Catalogue, ParameterSpec, ParameterValues } from '../../contract/catalogue.ts'
import { WorkbenchError } from '../../contract/errors.ts'

/** What was typed after the command. */
export interface Flags {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
}

/** `imageSize` → `image-size`. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/**
 * Reads flags. Throws `bad-request` for one that is not in `options`.
 *
 * @param options as for node:util's parseArgs; names without the dashes
 */
export function readFlags(args: readonly string[], options: ParseArgsOptionsConfig): Flags {
  try {
    const { values, positionals } = parseArgs({
      args: withJoinedNumbers(args),
      options,
      allowPositionals: true,
      strict: true,
    })
    return { values: values as Flags['values'], positionals }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const message = cause.message.split(/\. (?:To specify|Did you)/)[0] ?? cause.message
    throw new WorkbenchError('bad-request', `${message}. See --help for the flags there are.`, {
      cause,
    })
  }
}

/** All knobs that a run has: those of the settings, and those of any loss. */
export function parameterSpecs({ settings, losses }: Catalogue): readonly ParameterSpec[] {
  const specs = new Map<string, ParameterSpec>()
  for (const spec of [...settings, ...losses.flatMap(({ parameters }) => parameters)])
    if (!specs.has(spec.name)) specs.set(spec.name, spec)
  return [...specs.values()]
}

/**
 * One flag with a value for each parameter.
 *
 * @param owner stands before the names, where they are someone's own: `--miner-margin`
 */
export function parameterOptions(
  specs: readonly ParameterSpec[],
  owner = '',
): ParseArgsOptionsConfig {
  return Object.fromEntries(specs.map(({ name }) => [owner + flagOf(name), { type: 'string' }]))
}

/** The parameters that were given, numbers as numbers. Whether they are in range is decided later. */
export function parameterValues(
  flags: Flags,
  specs: readonly ParameterSpec[],
  owner = '',
): ParameterValues {
  const given: [string, number | string][] = []
  for (const spec of specs) {
    const flag = owner + flagOf(spec.name)
    const text = flags.values[flag]
    if (typeof text !== 'string') continue
    given.push([spec.name, spec.kind === 'number' ? numberOf(flag, text) : text])
  }
  return Object.fromEntries(given)
}

export function textOf(flags: Flags, flag: string): string | undefined {
  const value = flags.values[flag]
  return typeof value === 'string' ? value : undefined
}

/** Throws `bad-request` where the text is not a finite number. */
export function numberOf(flag: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw new WorkbenchError('bad-request', `--${flag} is "${text}", but must be a number.`)
  return value
}

/** `--margin -1` means a value, but parseArgs would take `-1` for a flag. */
function withJoinedNumbers(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const before = joined.at(-1)
    if (/^-[\d.]/.test(arg) && before !== undefined && /^--[a-z-]+$/.test(before))
      joined[joined.length - 1] = `${before}=${arg}`
    else joined.push(arg)
  }
  return joined
}
