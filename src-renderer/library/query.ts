import type { ImageTable } from '../../src-main/contract/images.ts'
import { handSplits } from '../../src-main/contract/journal.ts'

/** What a row of the table must be to be shown. */
export type Predicate = (row: number) => boolean

export interface ParsedQuery {
  readonly isShown: Predicate
  /** What could not be understood, as a sentence; null if all was. */
  readonly problem: string | null
}

interface Term {
  /** `label`, `is`, …; null for a bare word. */
  readonly key: string | null
  readonly value: string
  readonly isNegated: boolean
}

/** What a search may say, with an example of each. */
export const queryTerms: readonly { readonly example: string; readonly finds: string }[] = [
  { example: 'img_12', finds: 'these letters somewhere in the path' },
  { example: '"two words"', finds: 'letters with spaces between them' },
  { example: 'label:tabby', finds: 'images with this label' },
  { example: 'group:cats', finds: 'images whose label is in this group' },
  { example: 'is:unlabeled', finds: 'images without a label' },
  { example: 'is:duplicate', finds: 'images whose bytes another one has too' },
  { example: 'is:excluded', finds: 'images that are kept out of training' },
  { example: 'is:trashed', finds: 'images in the trash, which are hidden otherwise' },
  { example: 'split:heldout', finds: 'always held out; or training, or auto' },
  { example: '-is:excluded', finds: 'all but those' },
]

/** The words that `is:` takes, for the help below the search field. */
export const queryStates = ['labeled', 'unlabeled', 'excluded', 'trashed', 'duplicate'] as const

/**
 * Understands a search such as `label:tabby -is:excluded "img 12"`. All terms must hold. Bare words are
 * looked for in the path. Images in the trash are only shown when the search speaks of it.
 */
export function parseQuery(query: string, table: ImageTable): ParsedQuery {
  const terms = termsOf(query)
  const problems: string[] = []
  const predicates = terms.map((term) => {
    const predicate = predicateOf(term, table)
    if (typeof predicate === 'string') {
      problems.push(predicate)
      return () => true
    }
    return term.isNegated ? (row: number) => !predicate(row) : predicate
  })
  const wantsTrash = terms.some(({ key, value }) => key === 'is' && /^trash/.test(value))
  if (!wantsTrash) predicates.push((row) => table.trashed[row] !== 1)
  return {
    isShown: (row) => predicates.every((holds) => holds(row)),
    problem: problems[0] ?? null,
  }
}

/** The query with a term put in, or taken out where it was. */
export function withTerm(query: string, term: string): string {
  const words = query.match(wordPattern) ?? []
  const others = words.filter((word) => word !== term)
  return (others.length < words.length ? others : [...words, term]).join(' ')
}

/** A term in quotes where it needs them. */
export function termOf(key: string, value: string): string {
  return /[\s"]/.test(value) ? `${key}:"${value.replaceAll('"', '')}"` : `${key}:${value}`
}

const wordPattern = /(?:[^\s"]|"[^"]*"?)+/g

function termsOf(query: string): readonly Term[] {
  return (query.match(wordPattern) ?? []).map((word) => {
    const isNegated = word.startsWith('-') && word.length > 1
    const bare = (isNegated ? word.slice(1) : word).replaceAll('"', '')
    const colon = word.startsWith('"') ? -1 : bare.indexOf(':')
    const key = colon > 0 ? bare.slice(0, colon).toLowerCase() : null
    const value = (colon > 0 ? bare.slice(colon + 1) : bare).toLowerCase()
    return /^unlabell?ed$/.test(bare)
      ? { key: 'is', value: bare, isNegated }
      : { key, value, isNegated }
  })
}

/** A sentence where the term means nothing. */
function predicateOf({ key, value }: Term, table: ImageTable): Predicate | string {
  const { labels, labelRows, paths, splits } = table
  switch (key) {
    case null:
      return (row) => (paths[row] ?? '').toLowerCase().includes(value)
    case 'label': {
      const wanted = labelRows.map(({ name }) => name.toLowerCase() === value)
      return (row) => wanted[labels[row] ?? -1] ?? false
    }
    case 'group': {
      const wanted = labelRows.map(({ parent }) => (parent ?? '').toLowerCase() === value)
      return (row) => wanted[labels[row] ?? -1] ?? false
    }
    case 'split': {
      const wanted = handSplits.findIndex((split) => split.toLowerCase() === splitAlias(value))
      if (wanted < 0) return 'A split is training, heldout or auto.'
      return (row) => splits[row] === wanted
    }
    case 'is':
      return stateOf(value, table)
    case 'dup':
      return stateOf('duplicate', table)
    default:
      return `There is no “${key}:” to search by. Try label:, group:, split: or is:.`
  }
}

function splitAlias(value: string): string {
  if (value === 'test' || value === 'val' || value === 'held-out') return 'heldout'
  return value === 'train' ? 'training' : value
}

function stateOf(
  value: string,
  { labels, excluded, trashed, hashes }: ImageTable,
): Predicate | string {
  switch (value) {
    case 'labeled':
    case 'labelled':
      return (row) => (labels[row] ?? -1) >= 0
    case 'unlabeled':
    case 'unlabelled':
      return (row) => (labels[row] ?? -1) < 0
    case 'excluded':
      return (row) => excluded[row] === 1
    case 'trash':
    case 'trashed':
      return (row) => trashed[row] === 1
    case 'dup':
    case 'duplicate': {
      const counts = new Map<string, number>()
      for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1)
      return (row) => (counts.get(hashes[row] ?? '') ?? 0) > 1
    }
    default:
      return `An image is ${queryStates.join(', ')}; “is:${value}” is none of them.`
  }
}
