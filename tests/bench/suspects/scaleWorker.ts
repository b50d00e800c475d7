/**
 * Looks for suspects among made images, in a process of its own so that its memory can be told. Argument:
 * how many images. Writes a line of JSON, {"seconds", "peakBytes", "suspects"}; seconds are those after the
 * embedding is there.
 */
import { openRowProducts } from '../../../src-main/analysis/rowProducts.ts'
import { Detector } from '../../../src-main/analysis/suspects/detector.ts'
import { duplicateCheck } from '../../../src-main/analysis/suspects/duplicates.ts'
import { findSuspects, negativesOf } from '../../../src-main/analysis/suspects/findSuspects.ts'
import { Repulsion } from '../../../src-main/analysis/temperature/repulsion.ts'
import { random } from '../../../src-main/numeric/random.ts'

const [dim, featureDim] = [64, 128]
const groups = 100
/** Standard deviation around the middle of a group, whose length is 1: groups touch. */
const noise = 0.12

const count = Number(process.argv[2])
const embedding = { data: clustered('embedding', dim), dim }
const features = { data: clustered('features', featureDim), dim: featureDim }
const hashes = Array.from({ length: count }, (_, i) => String(i))
const labels = { regime: 'contrastive', labels: new Int32Array(count).fill(-1), hashes } as const
const products = await openRowProducts()
const startedAt = performance.now()
const { suspects } = await findSuspects(
  new Detector({ embedding, features, pixels: null, views: null }, products),
  {
    method: 'random-walk',
    groupSize: 'medium',
    share: 0.01,
    top: 500,
    ids: Int32Array.from({ length: count }, (_, i) => i + 1),
    labels,
    duplicates: duplicateCheck(hashes, null),
    products,
    repulsion: new Repulsion({
      rows: embedding,
      isNegative: negativesOf(labels),
      temperature: 0.1,
      positive: 1,
    }),
  },
)
const seconds = (performance.now() - startedAt) / 1000
products.dispose()
const peakBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(`${JSON.stringify({ seconds, peakBytes, suspects: suspects.length })}\n`)

/** Unit rows around the middles of groups, `[count, columns]`. */
function clustered(name: string, columns: number): Float32Array {
  const middles = Array.from({ length: groups }, (_, group) => {
    const stream = random(1, `${name}, middle`, group)
    return unit(Float32Array.from({ length: columns }, () => stream.normal()))
  })
  const stream = random(1, `${name}, noise`)
  const data = new Float32Array(count * columns)
  for (let i = 0; i < count; i++) {
    const middle = middles[i % groups]
    if (middle) data.set(unit(middle.map((value) => value + noise * stream.normal())), i * columns)
  }
  return data
}

function unit(row: Float32Array): Float32Array {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
  return row.map((value) => value / length)
}
