import { sep } from 'node:path'

/** What is known of the images of a run besides their rows. */
export interface NamedImages {
  readonly paths: readonly string[]
  /** Index into `labelNames`, −1 for none, `[n]`. */
  readonly labels: Int32Array
  readonly labelNames: readonly string[]
}

export interface ClusterName {
  /** The most frequent label, and its share of the images with one; null where none has one. */
  readonly label: string | null
  readonly purity: number | null
  readonly name: string | null
}

/** A label names a cluster that is mostly its own. */
const leastPurity = 0.5

/** A word has to be in this share of a cluster's paths. */
const leastShare = 0.3

/**
 * Names for clusters: their label if most of their images with a label have it, else the one or two
 * words of folders and files that tell them most from the other images (frequency inside × log of the
 * rarity among all). Null where no word does.
 *
 * @param members rows of each cluster
 */
export function clusterNames(
  members: readonly Int32Array[],
  { paths, labels, labelNames }: NamedImages,
): readonly ClusterName[] {
  const words = paths.map(wordsOf)
  const everywhere = countsOf(words)
  return members.map((rows) => {
    const { label, purity } = commonLabel(rows, labels, labelNames)
    if (label !== null && purity !== null && purity >= leastPurity)
      return { label, purity, name: label }
    const inside = countsOf(Array.from(rows, (row) => words[row] ?? []))
    const telling = Array.from(inside, ([word, count]) => ({
      word,
      share: count / rows.length,
      weight: (count / rows.length) * Math.log(paths.length / (everywhere.get(word) ?? 1)),
    }))
      .filter(({ share, weight }) => share >= leastShare && weight > 0)
      .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
      .slice(0, 2)
    return { label, purity, name: telling.map(({ word }) => word).join(' ') || null }
  })
}

function commonLabel(
  rows: Int32Array,
  labels: Int32Array,
  labelNames: readonly string[],
): { readonly label: string | null; readonly purity: number | null } {
  const counts = new Map<number, number>()
  for (const row of rows) {
    const label = labels[row] ?? -1
    if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  let labelled = 0
  let best = -1
  let most = 0
  for (const [label, count] of counts) {
    labelled += count
    if (count > most || (count === most && label < best)) [best, most] = [label, count]
  }
  if (best < 0) return { label: null, purity: null }
  return { label: labelNames[best] ?? null, purity: most / labelled }
}

/** Different words of letters in a path, in small letters; numbers and single letters tell nothing. */
function wordsOf(path: string): readonly string[] {
  const parts = path.split(sep).slice(-3)
  const stem = parts.at(-1)?.replace(/\.[^.]*$/, '') ?? ''
  const found = [...parts.slice(0, -1), stem].flatMap(
    (part) => part.toLocaleLowerCase('en').match(/\p{L}{2,}/gu) ?? [],
  )
  return Array.from(new Set(found))
}

function countsOf(lists: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const list of lists) for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
