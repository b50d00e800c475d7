import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Laboratory } from '../../../src-main/analysis/temperature/Laboratory.ts'
import { random } from '../../../src-main/numeric/random.ts'

export interface ScaleResult {
  readonly images: number
  /** From the embedding to the list of 500 suspects with reasons. */
  readonly seconds: number
  /** Of the whole process. */
  readonly peakGigabytes: number
}

/** Looks for suspects among made images. */
export async function measureScale(images: number): Promise<ScaleResult> {
  const worker = fileURLToPath(new URL('./scaleWorker.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [worker, String(images)])
  const { seconds, peakBytes } = JSON.parse(stdout) as { seconds: number; peakBytes: number }
  return {
    images,
    seconds: Number(seconds.toFixed(2)),
    peakGigabytes: Number((peakBytes / 1e9).toFixed(2)),
  }
}

const [negatives, dim] = [5000, 64]
const rounds = 31

/** Median milliseconds that the laboratory takes for one place of the slider, for one anchor and for all. */
export function measureSlider(): { readonly oneMs: number; readonly allMs: number } {
  const stream = random(1, 'slider')
  const data = Float32Array.from({ length: (negatives + 1) * dim }, () => stream.normal())
  for (let i = 0; i <= negatives; i++) {
    const row = data.subarray(i * dim, (i + 1) * dim)
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
    row.forEach((value, d) => (row[d] = value / length))
  }
  const input = {
    rows: { data, dim },
    labels: Int32Array.from({ length: negatives + 1 }, (_, i) => i % 10),
    isNegative: () => true,
    isSuspect: (i: number, j: number) => (i + j) % 20 === 0,
  }
  const medianOf = (anchors: Int32Array) => {
    const laboratory = new Laboratory(input, anchors)
    const times = Array.from({ length: rounds }, (_, round) => {
      const startedAt = performance.now()
      laboratory.push({ kind: 'softmax', temperature: 0.02 * (round + 1) }, 1)
      return performance.now() - startedAt
    }).sort((a, b) => a - b)
    return Number((times[rounds >> 1] ?? 0).toFixed(2))
  }
  return {
    oneMs: medianOf(Int32Array.of(0)),
    allMs: medianOf(Int32Array.from({ length: negatives + 1 }, (_, i) => i)),
  }
}
