import { blockedConv } from './blocked.ts'
import type { Padding, Window } from './convolution.ts'
import type { Graph, Value } from './graph.ts'
import * as onnx from './operators.ts'

/**
 * dL/dinput of a convolution with stride 2. An element of its input meets only every second tap of the
 * kernel in each direction, which ones depends on whether its row and its column are even: four
 * convolutions of dL/doutput with a part of the kernel each, of which no product is with a zero.
 */

/** The taps that elements of every second row or column meet. */
interface Phase {
  /** The first tap; the others are two apart. */
  readonly first: number
  readonly taps: number
  /** Around dL/doutput. */
  readonly before: number
  readonly after: number
}

interface PhaseKernel {
  /** As `blockedConv` wants it. */
  readonly kernel: Value
  readonly padding: Padding
}

/** The kernel of a convolution in four parts. */
export interface PhaseKernels {
  /** Row by row, even before odd. */
  readonly parts: readonly PhaseKernel[]
  /** Of the input. */
  readonly sides: readonly [number, number]
  /** Channels in a block. */
  readonly block: number
}

export interface PhaseOptions extends Omit<PhaseKernels, 'parts'> {
  readonly window: Window
  /** Turns around `[rows, columns, …]` of the kernel and brings it into the blocked form. */
  readonly laidOut: (part: Value) => Value
}

/** Whether {@link phaseKernels} can take a convolution of stride 2 on such sides. */
export function hasPhases(window: Window, [height, width]: readonly [number, number]): boolean {
  return [...rowPhases(window, height), ...columnPhases(window, width)].every(
    ({ taps, before, after }) => taps > 0 && before >= 0 && after >= 0,
  )
}

/** @param kernel `[size, size, …]` */
export function phaseKernels(
  g: Graph,
  kernel: Value,
  { window, sides, block, laidOut }: PhaseOptions,
): PhaseKernels {
  const { size } = window
  const [height, width] = sides
  const parts = rowPhases(window, height).flatMap((row) =>
    columnPhases(window, width).map((column) => {
      const taps = onnx.slice(g, kernel, [
        { axis: 0, start: row.first, end: size, step: 2 },
        { axis: 1, start: column.first, end: size, step: 2 },
      ])
      const padding = {
        top: row.before,
        bottom: row.after,
        left: column.before,
        right: column.after,
      }
      return { kernel: laidOut(taps), padding }
    }),
  )
  return { parts, sides, block }
}

/** @param dy blocked dL/doutput */
export function blockedPhaseGradient(
  g: Graph,
  dy: Value,
  { parts, sides: [height, width], block }: PhaseKernels,
): Value {
  const phases = parts.map(({ kernel, padding }) =>
    blockedConv(g, dy, kernel, { window: { stride: 1, padding } }),
  )
  const [batch = 0, channels = 0, rows = 0, columns = 0] = phases[0]?.shape ?? []
  const blocks = (batch * channels) / block
  const between = (pair: readonly Value[], shape: readonly number[]) =>
    onnx.concat(
      g,
      pair.map((value) => onnx.reshape(g, value, shape)),
      shape.length - 2,
    )
  const lines = [phases.slice(0, 2), phases.slice(2)].map((pair) =>
    between(pair, [blocks * rows * columns, 1, block]),
  )
  const whole = between(lines, [blocks * rows, 1, 2 * columns * block])
  if (2 * rows === height && 2 * columns === width)
    return onnx.reshape(g, whole, [batch, channels, height, width])
  // The last odd row and column of an odd side are beyond it.
  const own = onnx.slice(g, onnx.reshape(g, whole, [blocks, 2 * rows, 2 * columns, block]), [
    { axis: 1, start: 0, end: height },
    { axis: 2, start: 0, end: width },
  ])
  return onnx.reshape(g, own, [batch, channels, height, width])
}

function rowPhases({ size, padding: { top, bottom } }: Window, height: number): readonly Phase[] {
  return phasesOf({ size, side: height, before: top, after: bottom })
}

function columnPhases({ size, padding: { left, right } }: Window, width: number): readonly Phase[] {
  return phasesOf({ size, side: width, before: left, after: right })
}

interface Line {
  readonly size: number
  readonly side: number
  readonly before: number
  readonly after: number
}

/** Output o meets input i with tap i + before − 2o. */
function phasesOf({ size, side, before, after }: Line): readonly Phase[] {
  const windows = Math.floor((side + before + after - size) / 2) + 1
  return [0, 1].map((phase) => {
    const first = (phase + before) % 2
    const taps = Math.ceil((size - first) / 2)
    const start = taps - 1 - (phase + before - first) / 2
    return { first, taps, before: start, after: Math.ceil(side / 2) - windows - start + taps - 1 }
  })
}
