import type { Distance } from '../../src-main/losses/distance.ts'
import type { Reducer } from '../../src-main/losses/reducer.ts'
import { isRecord, shown } from './fixtures.ts'

/** What a case asks for that nothing here offers; the case fails with this reason. */
export class NotOffered extends Error {}

/**
 * The parameters of a case, as the reference names them. Remembers which were read: what nobody asked
 * for is something that the loss here does not know, and comparing without it would mean nothing.
 */
export class ReferenceParams {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #read = new Set<string>()

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** @throws NotOffered where it is no number and missing without a default */
  number(name: string, otherwise?: number): number {
    const value = this.#take(name) ?? otherwise
    if (typeof value !== 'number') throw new NotOffered(`${name} is ${shown(value)}, not a number`)
    return value
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.#take(name) ?? otherwise
    if (typeof value !== 'boolean')
      throw new NotOffered(`${name} is ${shown(value)}, not true or false`)
    return value
  }

  text(name: string, otherwise?: string): string {
    const value = this.#take(name) ?? otherwise
    if (typeof value !== 'string') throw new NotOffered(`${name} is ${shown(value)}, not a text`)
    return value
  }

  /** A number, or undefined where it is missing or null. */
  maybe(name: string): number | undefined {
    const value = this.#take(name)
    return value === undefined || value === null ? undefined : this.number(name)
  }

  any(name: string): unknown {
    return this.#take(name)
  }

  /** Takes parameters that say nothing which the inputs do not say too. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#take(name)
  }

  /** @throws NotOffered for a parameter that was not read */
  expectAllRead(): void {
    const unread = Object.keys(this.#values).filter((name) => !this.#read.has(name))
    if (unread.length > 0)
      throw new NotOffered(
        `the parameter ${unread.map((name) => `${name} = ${shown(this.#values[name])}`).join(', ')} is not known here`,
      )
  }

  #take(name: string): unknown {
    this.#read.add(name)
    return this.#values[name]
  }
}

/** Our distances by the reference's names, in full and in short. */
const distanceKinds: Readonly<Record<string, Distance['kind']>> = {
  LpDistance: 'lp',
  lp: 'lp',
  CosineSimilarity: 'cosine',
  cosine: 'cosine',
  DotProductSimilarity: 'dot',
  dot: 'dot',
  SNRDistance: 'snr',
  snr: 'snr',
}

/** @throws NotOffered for a distance that nobody here knows */
export function distanceOf(value: unknown, otherwise: Distance): Distance {
  if (value === undefined || value === null) return otherwise
  const { type, normalizeEmbeddings, p = 2, power = 1 } = isRecord(value) ? value : { type: value }
  const kind = typeof type === 'string' ? distanceKinds[type] : undefined
  if (!kind) throw new NotOffered(`the distance ${shown(type)} is not known here`)
  const isUnit = normalizeEmbeddings !== false
  if (kind === 'lp') {
    if (typeof p === 'number' && typeof power === 'number') return { kind, p, power, isUnit }
    throw new NotOffered(`p is ${shown(p)} and power ${shown(power)}, not numbers`)
  }
  if (power !== 1) throw new NotOffered(`a power of ${shown(power)} of ${kind} is not offered`)
  return kind === 'cosine' ? { kind } : { kind, isUnit }
}

export function isSimilarity({ kind }: Distance): boolean {
  return kind === 'cosine' || kind === 'dot'
}

const reducers: Readonly<Record<string, Reducer>> = {
  MeanReducer: { kind: 'mean' },
  SumReducer: { kind: 'sum' },
  AvgNonZeroReducer: { kind: 'non-zero' },
  PerAnchorReducer: { kind: 'per-anchor' },
}

/** The reducer of a loss; that of its parts where they have the same. @throws NotOffered for any other */
export function reducerOf(value: unknown, otherwise: Reducer): Reducer {
  if (value === undefined || value === null) return otherwise
  if (typeof value === 'string') {
    const reducer = reducers[value]
    if (!reducer) throw new NotOffered(`the reducer ${value} is not offered`)
    return reducer
  }
  if (!isRecord(value)) throw new NotOffered(`the reducer ${shown(value)} is not known here`)
  const { type, name = type } = value
  if (name === 'ThresholdReducer') return thresholdOf(value)
  if (typeof name === 'string') return reducerOf(name, otherwise)
  const parts = Object.values(value)
  const [first] = parts
  if (first === undefined || parts.some((part) => shown(part) !== shown(first)))
    throw new NotOffered(`different reducers of its parts, ${shown(value)}, are not offered`)
  return reducerOf(first, otherwise)
}

function thresholdOf(value: Readonly<Record<string, unknown>>): Reducer {
  const { low, high } = isRecord(value['params']) ? value['params'] : value
  const limit = (given: unknown, otherwise: number) =>
    typeof given === 'number' ? given : otherwise
  return { kind: 'threshold', low: limit(low, -Infinity), high: limit(high, Infinity) }
}
