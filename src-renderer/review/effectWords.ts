import type { VerdictEffect } from '../../src-main/contract/verdictEffect.ts'

/** Whose push an effect is part of: “inside `tabby`”, “between `tabby` and `siamese`”, “inside this cluster”. */
export function scopeWords({ kind, names }: VerdictEffect['scope'], isOneCluster: boolean): string {
  if (kind === 'clusters')
    return isOneCluster ? 'inside this cluster' : 'between these two clusters'
  const [first = '', second] = names
  return second === undefined ? `inside ${first}` : `between ${first} and ${second}`
}
