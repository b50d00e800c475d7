import type { Attribute, Graph, Value } from './graph.ts'

/** Operators as functions that know the shapes of their results; `g` is the graph they are added to. */

export function scalar(g: Graph, value: number): Value {
  return g.constant(new Float32Array([value]), [])
}

export function integers(g: Graph, values: readonly number[]): Value {
  return g.constant(BigInt64Array.from(values, BigInt), [values.length])
}

export const add = elementwise('Add')
export const sub = elementwise('Sub')
export const mul = elementwise('Mul')
export const div = elementwise('Div')
export const max = elementwise('Max')

export const sqrt = unary('Sqrt')
export const reciprocal = unary('Reciprocal')
export const abs = unary('Abs')
export const exp = unary('Exp')
export const log = unary('Log')
export const relu = unary('Relu')
export const sigmoid = unary('Sigmoid')
export const softplus = unary('Softplus')
export const neg = unary('Neg')
/** −1, 0 or 1. */
export const sign = unary('Sign')

/** 1 where a > b, else 0. */
export function isGreater(g: Graph, a: Value, b: Value): Value {
  return asNumbers(g, g.add('Greater', [a, b], broadcast(a, b), { type: 'bool' }))
}

/** 1 where a = b, else 0. */
export function isEqual(g: Graph, a: Value, b: Value): Value {
  return asNumbers(g, g.add('Equal', [a, b], broadcast(a, b), { type: 'bool' }))
}

/** 1 where low < x < high, else 0. */
export function isBetween(g: Graph, x: Value, [low, high]: readonly [number, number]): Value {
  const isAbove = g.add('Greater', [x, scalar(g, low)], x.shape, { type: 'bool' })
  const isBelow = g.add('Less', [x, scalar(g, high)], x.shape, { type: 'bool' })
  return asNumbers(g, g.add('And', [isAbove, isBelow], x.shape, { type: 'bool' }))
}

export function clip(g: Graph, x: Value, [low, high]: readonly [number, number]): Value {
  return g.add('Clip', [x, scalar(g, low), scalar(g, high)], x.shape)
}

/** slope · x + offset, clipped to 0 … 1. */
export function hardSigmoid(
  g: Graph,
  x: Value,
  { slope, offset }: { readonly slope: number; readonly offset: number },
): Value {
  return g.add('HardSigmoid', [x], x.shape, {
    attributes: { alpha: { float: slope }, beta: { float: offset } },
  })
}

/** @param shape the new shape; one length may be −1 if it is the first of an unknown batch */
export function reshape(g: Graph, x: Value, shape: readonly number[]): Value {
  return g.add('Reshape', [x, integers(g, shape)], shape, { type: x.type })
}

export function transpose(g: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => at(x.shape, axis))
  return g.add('Transpose', [x], shape, { attributes: { perm: permutation } })
}

/** Elements `start`, `start + step` … before `end` (or down, with a step of −1) of the given axes. */
export function slice(
  g: Graph,
  x: Value,
  ranges: readonly { axis: number; start: number; end: number; step?: number }[],
): Value {
  const shape = [...x.shape]
  for (const { axis, start, end, step = 1 } of ranges) shape[axis] = Math.ceil((end - start) / step)
  const reversedEnd = -(2 ** 31)
  return g.add(
    'Slice',
    [
      x,
      integers(
        g,
        ranges.map(({ start }) => start),
      ),
      // Going down to the first element has to end before it, and −1 means the last.
      integers(
        g,
        ranges.map(({ end, step = 1 }) => (step < 0 && end < 0 ? reversedEnd : end)),
      ),
      integers(
        g,
        ranges.map(({ axis }) => axis),
      ),
      integers(
        g,
        ranges.map(({ step = 1 }) => step),
      ),
    ],
    shape,
  )
}

/** The elements of the given axes in the opposite order. */
export function turnedAround(g: Graph, x: Value, axes: readonly number[]): Value {
  return slice(
    g,
    x,
    axes.map((axis) => ({ axis, start: at(x.shape, axis) - 1, end: -1, step: -1 })),
  )
}

/** Adds zeros at the end of each axis, as many as `counts` says. */
export function padEnd(g: Graph, x: Value, counts: readonly number[]): Value {
  const shape = x.shape.map((length, axis) => length + at(counts, axis))
  return g.add('Pad', [x, integers(g, [...counts.map(() => 0), ...counts])], shape)
}

/** Adds rows and columns of zeros around each map `[…, …, height, width]`. */
export function padAround(
  g: Graph,
  x: Value,
  {
    top = 0,
    bottom = 0,
    left = 0,
    right = 0,
  }: Partial<Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>>,
): Value {
  const added = [0, 0, top + bottom, left + right]
  const shape = x.shape.map((length, axis) => length + at(added, axis))
  return g.add('Pad', [x, integers(g, [0, 0, top, left, 0, 0, bottom, right])], shape)
}

export function concat(g: Graph, parts: readonly Value[], axis: number): Value {
  const shape = [...at(parts, 0).shape]
  shape[axis] = parts.reduce((sum, part) => sum + at(part.shape, axis), 0)
  return g.add('Concat', parts, shape, { attributes: { axis } })
}

/** Cuts a vector into vectors of the given lengths. */
export function split(g: Graph, x: Value, lengths: readonly number[]): readonly Value[] {
  return g.addMany(
    'Split',
    [x, integers(g, lengths)],
    lengths.map((length) => ({ shape: [length], type: x.type })),
    { attributes: { axis: 0 } },
  )
}

export function expand(g: Graph, x: Value, shape: readonly number[]): Value {
  return g.add('Expand', [x, integers(g, shape)], shape)
}

/** Sum over the axes; they stay as 1 with `keeps`. */
export function sum(g: Graph, x: Value, axes: readonly number[], keeps = false): Value {
  return g.add('ReduceSum', [x, integers(g, axes)], reduced(x.shape, axes, keeps), {
    attributes: { keepdims: keeps ? 1 : 0 },
  })
}

export function mean(g: Graph, x: Value, axes: readonly number[], keeps = false): Value {
  return g.add('ReduceMean', [x], reduced(x.shape, axes, keeps), {
    attributes: { axes, keepdims: keeps ? 1 : 0 },
  })
}

export function maxOver(g: Graph, x: Value, axes: readonly number[], keeps = false): Value {
  return g.add('ReduceMax', [x], reduced(x.shape, axes, keeps), {
    attributes: { axes, keepdims: keeps ? 1 : 0 },
  })
}

export function sumOfSquares(g: Graph, x: Value, axes: readonly number[], keeps = false): Value {
  return g.add('ReduceSumSquare', [x], reduced(x.shape, axes, keeps), {
    attributes: { axes, keepdims: keeps ? 1 : 0 },
  })
}

/** Products of the last two axes, either of them transposed first. */
export function matMul(
  g: Graph,
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false } = {},
): Value {
  const rank = a.shape.length
  const rows = at(a.shape, transposeA ? rank - 1 : rank - 2)
  const columns = at(b.shape, transposeB ? rank - 2 : rank - 1)
  const shape = [...a.shape.slice(0, rank - 2), rows, columns]
  if (!transposeA && !transposeB) return g.add('MatMul', [a, b], shape)
  return g.add('FusedMatMul', [a, b], shape, {
    domain: 'com.microsoft',
    attributes: { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 },
  })
}

/** a b + c for matrices, in ONNX's own domain. */
export function gemm(g: Graph, a: Value, b: Value, c: Value): Value {
  return g.add('Gemm', [a, b, c], [at(a.shape, 0), at(b.shape, 1)])
}

/** 1 for true, 0 for false. */
function asNumbers(g: Graph, mask: Value): Value {
  return g.add('Cast', [mask], mask.shape, { attributes: { to: 1 } })
}

function elementwise(operator: string): (g: Graph, a: Value, b: Value) => Value {
  return (g, a, b) => g.add(operator, [a, b], broadcast(a, b))
}

function unary(operator: string): (g: Graph, x: Value) => Value {
  return (g, x) => g.add(operator, [x], x.shape)
}

function broadcast(a: Value, b: Value): readonly number[] {
  const rank = Math.max(a.shape.length, b.shape.length)
  return Array.from({ length: rank }, (_, i) => {
    const inA = a.shape[a.shape.length - rank + i] ?? 1
    const inB = b.shape[b.shape.length - rank + i] ?? 1
    if (inA !== inB && inA !== 1 && inB !== 1)
      throw new TypeError(`${a.name} [${a.shape.join()}] and ${b.name} [${b.shape.join()}]`)
    return inA === 1 ? inB : inA
  })
}

function reduced(shape: readonly number[], axes: readonly number[], keeps: boolean): number[] {
  if (keeps) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
  return shape.filter((_, axis) => !axes.includes(axis))
}

function at<T>(items: readonly T[], i: number): T {
  const item = items[i]
  if (item === undefined) throw new TypeError(`no element ${i} of ${items.length}`)
  return item
}

/** Attributes of an operator, spelled as ONNX does. */
export type Attributes = Readonly<Record<string, Attribute>>
