import type { Cluster } from '../../src-main/contract/clusters.ts'

/** In their order, but the parts of a cluster that was split stand together, where the first of them is. */
export function inFamilies<One extends Pick<Cluster, 'splitFrom'>>(
  clusters: readonly One[],
): readonly One[] {
  const families = new Map<number | One, One[]>()
  for (const cluster of clusters) {
    const family = cluster.splitFrom ?? cluster
    const known = families.get(family)
    if (known === undefined) families.set(family, [cluster])
    else known.push(cluster)
  }
  return [...families.values()].flat()
}
