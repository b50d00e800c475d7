import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  blockedConv,
  blockedDot,
  blockedMaxPool,
  blockedMaxima,
  blockedMeans,
  blockedRepeat,
  fromBlocked,
  toBlocked,
} from './blocked.ts'
import { blockedKernel } from './blockedKernels.ts'
import { conv, maxPool } from './convolution.ts'
import { Graph } from './graph.ts'
import type { Value } from './graph.ts'
import * as onnx from './operators.ts'
import type { OnnxSessions } from './sessions.ts'

/** The version that {@link blockedConv} and the others were written for: they are no public interface. */
const knownVersion = '1.30.0'
const blocks = [8, 16]
/** Largest difference to the portable operators that is still rounding, for values around 1. */
const tolerance = 1e-4

/** Whether the processor's own layout of maps can be used here. */
export interface BlockedLayout {
  /** Channels in a block; null where the portable operators have to do. */
  readonly block: number | null
  /** A sentence for `doctor`. */
  readonly reason: string
}

/**
 * Asks ONNX Runtime itself whether it would use its own layout on this processor, reads the size of
 * its blocks off a few numbers, and compares its operators with the portable ones. Never throws.
 */
export function probeBlocked(runtime: OnnxSessions): BlockedLayout {
  const portable = (why: string): BlockedLayout => ({
    block: null,
    reason: `Training uses the portable layout, at about two thirds of the speed: ${why}.`,
  })
  if (runtime.version !== knownVersion)
    return portable(
      `ONNX Runtime is ${runtime.version}, and the fast one is known for ${knownVersion}`,
    )
  try {
    if (!isUsedByRuntime(runtime))
      return portable('ONNX Runtime has no faster one for this processor')
    const block = blockOf(runtime)
    if (block === null) return portable('its blocks have a size that is not known')
    const difference = differenceOf(runtime, block)
    if (!(difference <= tolerance)) return portable(`the fast one is off by ${difference}`)
    return { block, reason: `Training uses blocks of ${block} channels.` }
  } catch (error) {
    return portable(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  }
}

/** Its optimizer rewrites convolutions only where the processor has kernels for it. */
function isUsedByRuntime(runtime: OnnxSessions): boolean {
  const g = new Graph()
  const x = g.input('x', [1, 32, 4, 4])
  const kernel = g.constant(new Float32Array(32 * 32), [32, 32, 1, 1])
  g.output('y', conv(g, x, kernel, { size: 1, stride: 1, padding: noPadding }))
  const folder = mkdtempSync(join(tmpdir(), 'antipode-'))
  try {
    const optimizedModel = join(folder, 'probe.onnx')
    runtime.createSession(g, { optimizedModel }).dispose()
    return readFileSync(optimizedModel).includes('com.microsoft.nchwc')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Channel c of position p has the value 2c + p: in memory, 2 · block values come before an even one. */
function blockOf(runtime: OnnxSessions): number | null {
  const channels = 32
  const g = new Graph()
  const x = g.input('x', [1, channels, 1, 2])
  g.output('y', onnx.reshape(g, toBlocked(g, x, channels), [channels * 2]))
  const ramp = Float32Array.from({ length: channels * 2 }, (_, i) => i)
  const y = runOne(runtime, g, ramp, x)
  return blocks.find((block) => isLaidOut(y, block)) ?? null
}

function isLaidOut(y: Float32Array, block: number): boolean {
  return y.every((value, i) => {
    const channel = Math.floor(i / (2 * block)) * block + (i % block)
    const position = Math.floor(i / block) % 2
    return value === 2 * channel + position
  })
}

/** Largest difference between blocked operators and portable ones. */
function differenceOf(runtime: OnnxSessions, block: number): number {
  const channels = 2 * block
  const side = 4
  const g = new Graph()
  const x = g.input('x', [2, channels, side, side])
  const blocked = toBlocked(g, x, block)
  const weights = Float32Array.from({ length: 9 * channels * channels }, (_, i) => noise(i) / 8)
  const kernel = g.constant(weights, [3, 3, channels, channels])
  const window = { size: 3, stride: 1, padding: { top: 1, bottom: 1, left: 1, right: 1 } }
  const pooled = blockedMaxPool(g, blocked)
  const plainPooled = maxPool(g, x)
  const plain = (value: Value) => fromBlocked(g, value, channels)
  const pairs: readonly (readonly [Value, Value])[] = [
    [
      plain(blockedConv(g, blocked, blockedKernel(g, kernel, block), { window, plus: blocked })),
      onnx.add(g, x, conv(g, x, onnx.transpose(g, kernel, [3, 2, 0, 1]), window)),
    ],
    [plain(pooled), plainPooled],
    [maxPool(g, plain(blockedRepeat(g, pooled))), plainPooled],
    // Without ties, one maximum a window.
    [
      onnx.sum(g, plain(blockedMaxima(g, blocked, pooled)), [2, 3]),
      g.constant(new Float32Array(2 * channels).fill((side * side) / 4), [2, channels]),
    ],
    [blockedMeans(g, blocked), onnx.mean(g, x, [2, 3])],
    [blockedDot(g, blocked, blocked), onnx.sum(g, onnx.mul(g, x, x), [0, 2, 3])],
    [fromBlocked(g, blocked, channels, { isLast: true }), onnx.transpose(g, x, [0, 2, 3, 1])],
  ]
  const differences = pairs.map(([a, b]) => {
    const difference = onnx.abs(g, onnx.sub(g, a, b))
    const axes = difference.shape.map((_, axis) => axis)
    return onnx.reshape(g, onnx.maxOver(g, difference, axes), [1])
  })
  g.output('y', onnx.maxOver(g, onnx.concat(g, differences, 0), [0]))
  const length = 2 * channels * side * side
  return (
    runOne(
      runtime,
      g,
      Float32Array.from({ length }, (_, i) => noise(i)),
      x,
    )[0] ?? NaN
  )
}

function runOne(
  runtime: OnnxSessions,
  g: Graph,
  data: Float32Array,
  { name, shape }: Value,
): Float32Array {
  const session = runtime.createSession(g)
  try {
    return session.run({ [name]: runtime.tensor(data, shape) }, { y: null })['y']
      ?.data as Float32Array
  } finally {
    session.dispose()
  }
}

/** −1 … 1, no two alike in reach. */
function noise(i: number): number {
  return Math.sin(1 + 12.9898 * i)
}

const noPadding = { top: 0, bottom: 0, left: 0, right: 0 }
