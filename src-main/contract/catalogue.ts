import type { CombinationRule } from './combinations.ts'

export const regimes = ['contrastive', 'metric', 'mixed'] as const
/** What makes a positive: two views of an image (contrastive), a shared label (metric), either (mixed). */
export type Regime = (typeof regimes)[number]

/** One knob. Form, command line and validation are made from it. */
export type ParameterSpec = NumberSpec | ChoiceSpec | TextSpec

interface SpecBase {
  /** camelCase; the command line's flag is the same in kebab-case. */
  readonly name: string
  readonly title: string
  /** One sentence: what it does when it grows. */
  readonly meaning: string
  /** Shown only where it matters; all regimes if missing. */
  readonly regimes?: readonly Regime[]
  /** Kept behind "more" in the form. */
  readonly advanced?: boolean
  /** Shown with others of its group; those without one stand by themselves. */
  readonly group?: ParameterGroup
  /** Shown only while another parameter has one of these values, or is above a number. */
  readonly shownIf?: ShownIf
}

export const parameterGroups = ['batches', 'memory', 'temperature'] as const
export type ParameterGroup = (typeof parameterGroups)[number]

/** `name`: of another setting. */
export type ShownIf =
  | { readonly name: string; readonly isOneOf: readonly string[] }
  | { readonly name: string; readonly isAbove: number }

export interface NumberSpec extends SpecBase {
  readonly kind: 'number'
  readonly default: number
  /** Defaults that differ in one regime. */
  readonly defaults?: Partial<Readonly<Record<Regime, number>>>
  readonly min: number
  readonly max: number
  /** `min` itself is refused, as for a temperature of 0. */
  readonly isMinExclusive?: boolean
  readonly isInteger: boolean
  /** Step of the form's slider or spinner; on a log scale a factor. */
  readonly step: number
  readonly scale: 'linear' | 'log'
  /** `px`, `epochs`, `°`, …; empty for a pure number. */
  readonly unit: string
}

export interface ChoiceSpec extends SpecBase {
  readonly kind: 'choice'
  readonly default: string
  /** Defaults that differ in one regime. */
  readonly defaults?: Partial<Readonly<Record<Regime, string>>>
  readonly choices: readonly { readonly value: string; readonly title: string }[]
}

export interface TextSpec extends SpecBase {
  readonly kind: 'text'
  readonly default: string
  readonly defaults?: Partial<Readonly<Record<Regime, string>>>
  /** What stands in the empty field: what is taken then. */
  readonly placeholder: string
  /** A path on the machine of the workbench, which can be looked for in a dialog. */
  readonly isPath: boolean
}

export type ParameterValues = Readonly<Record<string, number | string>>

export interface LossEntry {
  /** kebab-case, as on the command line: `nt-xent`. */
  readonly name: string
  readonly title: string
  /** One paragraph: what pulls, what pushes, when to take it. */
  readonly summary: string
  /** The formula in plain Unicode, one line. */
  readonly formula: string
  readonly paper: string
  /** arXiv id, null where the paper has none. */
  readonly arxiv: string | null
  readonly regimes: readonly Regime[]
  readonly parameters: readonly ParameterSpec[]
  /** Names of the miners that suit it, the best first; missing: none. */
  readonly miners?: readonly string[]
  /** What it learns beside the network: `one proxy a label`; missing: nothing. */
  readonly learns?: string
}

/** A way to choose among the pairs of a batch before the loss sees them. */
export interface MinerEntry {
  /** kebab-case, as on the command line: `batch-hard`. */
  readonly name: string
  readonly title: string
  /** One paragraph: what it keeps, and when to take it. */
  readonly summary: string
  readonly paper: string
  /** arXiv id, null where the paper has none. */
  readonly arxiv: string | null
  /** Whole triplets, or pairs that a triplet loss joins as it likes. */
  readonly gives: 'pairs' | 'triplets'
  readonly parameters: readonly ParameterSpec[]
}

/** All that can be chosen for a run. */
export interface Catalogue {
  readonly losses: readonly LossEntry[]
  readonly miners: readonly MinerEntry[]
  /** What does not go together, and why. */
  readonly rules: readonly CombinationRule[]
  /** Knobs that do not belong to a loss: epochs, image size, learning rate, seed, … */
  readonly settings: readonly ParameterSpec[]
}
