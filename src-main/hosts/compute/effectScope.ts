import type { Repulsion } from '../../analysis/temperature/repulsion.ts'
import type { VerdictEffect } from '../../contract/verdictEffect.ts'

/** Whose push a pair is compared with. */
export interface EffectScope extends Pick<VerdictEffect['scope'], 'kind' | 'names'> {
  /** Images of the first and of the second; the same where there is one label or cluster. */
  readonly first: Int32Array
  readonly second: Int32Array
}

/**
 * The labels of the two images; their clusters where one of them has none.
 *
 * @param clusters asked for only where they are needed
 */
export function effectScope(
  pair: { readonly first: number; readonly second: number },
  { labels, labelNames }: { readonly labels: Int32Array; readonly labelNames: readonly string[] },
  clusters: () => Int32Array,
): EffectScope {
  const isLabelled = (labels[pair.first] ?? -1) >= 0 && (labels[pair.second] ?? -1) >= 0
  const groups = isLabelled ? labels : clusters()
  const [a = -1, b = -1] = [groups[pair.first], groups[pair.second]]
  const imagesOf = (group: number) =>
    Int32Array.from(groups.keys()).filter((image) => groups[image] === group)
  const first = imagesOf(a)
  return {
    kind: isLabelled ? 'labels' : 'clusters',
    names: isLabelled ? [...new Set([a, b])].map((label) => labelNames[label] ?? '') : [],
    first,
    second: a === b ? first : imagesOf(b),
  }
}

/** All push of a scope, both ways. */
export function pushWithin(repulsion: Repulsion, { first, second }: EffectScope): number {
  return first === second
    ? repulsion.from(first, first)
    : repulsion.from(first, second) + repulsion.from(second, first)
}

/** Whether the push of a pair belongs to a scope. */
export function isWithin({ first, second }: EffectScope): (i: number, j: number) => boolean {
  const [ofFirst, ofSecond] = [new Set(first), new Set(second)]
  return (i, j) => (ofFirst.has(i) && ofSecond.has(j)) || (ofFirst.has(j) && ofSecond.has(i))
}
