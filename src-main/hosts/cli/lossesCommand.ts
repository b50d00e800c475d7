import { reasonAgainst } from '../../contract/combinations.ts'
import type { LossEntry, MinerEntry, ParameterSpec, Regime } from '../../contract/catalogue.ts'
import { WorkbenchError } from '../../contract/errors.ts'
import { lossCatalogue } from '../../losses/catalogue.ts'
import { minerCatalogue } from '../../losses/miners/catalogue.ts'
import { combinationRules } from '../../training/rules.ts'
import { flagOf, readFlags } from './flags.ts'

/** What `losses [NAME] [--json]` prints: all losses as a table, or one with everything that is known of it. */
export function lossesText(args: readonly string[]): string {
  const { values, positionals } = readFlags(args, { json: { type: 'boolean' } })
  const [name, ...others] = positionals
  if (others.length > 0)
    throw new WorkbenchError('bad-request', `Name one loss, found ${positionals.join(', ')}.`)
  const isJson = values['json'] === true
  const json = (told: unknown) => `${JSON.stringify(told, null, 2)}\n`
  if (name === undefined) return isJson ? json(lossCatalogue.map(factsOf)) : tableOf(lossCatalogue)
  const facts = factsOf(entryOf(name))
  return isJson ? json(facts) : entryText(facts)
}

function entryOf(name: string): LossEntry {
  const entry = lossCatalogue.find((loss) => loss.name === name)
  if (entry) return entry
  const names = lossCatalogue.map((loss) => loss.name).join(', ')
  throw new WorkbenchError('bad-request', `There is no loss ${name}; there are ${names}.`)
}

/** What is known of a loss, with what follows from the rules of combination. */
interface LossFacts extends LossEntry {
  readonly takesMemory: boolean
  /** Miners that it can be run with; those that suit it best are `miners`. */
  readonly possibleMiners: readonly string[]
}

function factsOf(entry: LossEntry): LossFacts {
  const [regime = 'metric'] = [...entry.regimes].reverse()
  return {
    ...entry,
    takesMemory: isAllowed(entry.name, regime, { memory: 'newest' }),
    possibleMiners: minerCatalogue
      .map((miner) => miner.name)
      .filter((miner) => isAllowed(entry.name, regime, { miner })),
  }
}

function isAllowed(
  loss: string,
  regime: Regime,
  part: { readonly miner: string } | { readonly memory: string },
): boolean {
  const plain = {
    regime,
    loss,
    sampler: 'uniform',
    miner: 'none',
    memory: 'none',
    temperatureSchedule: 'constant',
  }
  return reasonAgainst(combinationRules, { ...plain, ...part }) === null
}

function tableOf(losses: readonly LossEntry[]): string {
  const rows = losses.map(({ name, title, regimes, parameters, arxiv }) => [
    name,
    title,
    regimes.join(', '),
    String(parameters.length),
    arxiv === null ? '' : `arXiv:${arxiv}`,
  ])
  const head = ['name', 'title', 'regimes', 'knobs', 'paper']
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)))
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n\n${losses.length} losses; antipode losses NAME tells all of one.\n`
}

function entryText(facts: LossFacts): string {
  const { title, name, formula, summary, paper, arxiv, parameters, learns } = facts
  return [
    `${title} (${name})`,
    '',
    ...wrapped(formula, '  '),
    '',
    ...wrapped(summary),
    '',
    ...wrapped(`Paper: ${paper}${arxiv === null ? '' : `, arXiv:${arxiv}`}.`),
    '',
    `Regimes: ${facts.regimes.join(', ')}.`,
    ...wrapped(`Needs: ${needsOf(facts)}.`),
    ...(learns === undefined ? [] : wrapped(`Learns beside the network: ${learns}.`)),
    ...wrapped(`Memory bank: ${facts.takesMemory ? 'yes' : 'no'}.`),
    ...minerLines(facts),
    '',
    parameters.length === 0 ? 'No parameters.' : 'Parameters:',
    ...parameters.flatMap(parameterLines),
    '',
  ].join('\n')
}

function needsOf({ regimes }: LossEntry): string {
  const isContrastive = regimes.includes('contrastive')
  const isMetric = regimes.includes('metric')
  if (isContrastive && isMetric) return 'labels (metric), or nothing but images (contrastive)'
  return isMetric ? 'labels' : 'nothing but images, of which it compares two views'
}

function minerLines({ miners = [], possibleMiners }: LossFacts): readonly string[] {
  const named = (names: readonly string[]) =>
    names.map((name) => `${name} (${minerTitle(name)})`).join(', ')
  if (possibleMiners.length === 0) return ['Miners: none; it takes all it is given.']
  const others = possibleMiners.filter((name) => !miners.includes(name))
  return [
    ...(miners.length === 0 ? [] : wrapped(`Miners that suit it: ${named(miners)}.`)),
    ...(others.length === 0
      ? []
      : wrapped(`${miners.length === 0 ? 'Miners' : 'Others that work'}: ${others.join(', ')}.`)),
  ]
}

function minerTitle(name: string): string {
  const found: MinerEntry | undefined = minerCatalogue.find((miner) => miner.name === name)
  return found?.title ?? name
}

function parameterLines(spec: ParameterSpec): readonly string[] {
  const { name, title, meaning } = spec
  return [
    `  --${flagOf(name)}: ${title}; ${rangeOf(spec)}, default ${defaultOf(spec)}`,
    ...wrapped(meaning, '      '),
  ]
}

function rangeOf(spec: ParameterSpec): string {
  if (spec.kind === 'choice') return spec.choices.map(({ value }) => value).join(' | ')
  if (spec.kind === 'text') return 'a text'
  const { min, max, isMinExclusive, isInteger, unit } = spec
  const range = `${isMinExclusive ? '(' : '['}${min}, ${max}]`
  return `${isInteger ? 'whole numbers in ' : ''}${range}${unit === '' ? '' : ` ${unit}`}`
}

function defaultOf(spec: ParameterSpec): string {
  const unit = spec.kind === 'number' ? spec.unit : ''
  const others = Object.entries(spec.defaults ?? {}).map(
    ([regime, value]) => `${value} if ${regime}`,
  )
  return [`${spec.default}${unit === '' ? '' : ` ${unit}`}`, ...others].join(', ')
}

/** Lines of at most this many characters, as a terminal shows them well. */
const lineLength = 92

function wrapped(text: string, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    const isFirst = line === indent
    if (!isFirst && line.length + word.length + 1 > lineLength) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = isFirst ? `${indent}${word}` : `${line} ${word}`
  }
  return [...lines, line]
}
