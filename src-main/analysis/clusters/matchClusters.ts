/** Share of what two clusters hold together that both must hold to be called the same. */
const leastOverlap = 0.1

/**
 * Numbers clusters so that one that goes on keeps its number: pairs of an earlier and a new cluster are
 * taken by the share of their rows that both hold (Jaccard), the largest first, each cluster once. New
 * ones get numbers that no cluster had before. Where a cluster splits, the part that overlaps most
 * keeps the number.
 *
 * @param clusters the cluster of each row, from 0; −1 for none
 * @param earlier the same rows at an earlier epoch; −1 for none
 * @param nextNumber the first number that is free
 */
export function matchClusters(
  clusters: Int32Array,
  earlier: Int32Array,
  nextNumber: number,
): { readonly numbers: Int32Array; readonly nextNumber: number } {
  const count = clusters.reduce((most, c) => Math.max(most, c + 1), 0)
  const numberOf = new Map<number, number>()
  const taken = new Set<number>()
  for (const { now, before } of overlaps(clusters, earlier)) {
    if (numberOf.has(now) || taken.has(before)) continue
    numberOf.set(now, before)
    taken.add(before)
  }
  let next = nextNumber
  for (let c = 0; c < count; c++) if (!numberOf.has(c)) numberOf.set(c, next++)
  return { numbers: clusters.map((c) => numberOf.get(c) ?? -1), nextNumber: next }
}

function overlaps(clusters: Int32Array, earlier: Int32Array) {
  const sizesNow = new Map<number, number>()
  const sizesBefore = new Map<number, number>()
  const common = new Map<string, { now: number; before: number; rows: number }>()
  clusters.forEach((now, i) => {
    const before = earlier[i] ?? -1
    if (now >= 0) sizesNow.set(now, (sizesNow.get(now) ?? 0) + 1)
    if (before >= 0) sizesBefore.set(before, (sizesBefore.get(before) ?? 0) + 1)
    if (now < 0 || before < 0) return
    const key = `${now} ${before}`
    const pair = common.get(key) ?? { now, before, rows: 0 }
    pair.rows += 1
    common.set(key, pair)
  })
  return Array.from(common.values(), ({ now, before, rows }) => {
    const either = (sizesNow.get(now) ?? 0) + (sizesBefore.get(before) ?? 0) - rows
    return { now, before, share: rows / either }
  })
    .filter(({ share }) => share >= leastOverlap)
    .sort((a, b) => b.share - a.share || a.now - b.now || a.before - b.before)
}
