import { beforeAll, describe, expect, it } from 'vitest'
import { Graph } from '../../../../src-main/numeric/onnx/graph.ts'
import type { Value } from '../../../../src-main/numeric/onnx/graph.ts'
import * as onnx from '../../../../src-main/numeric/onnx/operators.ts'
import { loadOnnxRuntime } from '../../../../src-main/numeric/onnx/runtime.ts'
import type { OnnxRuntime } from '../../../../src-main/numeric/onnx/runtime.ts'

let runtime: OnnxRuntime
beforeAll(async () => {
  runtime = await loadOnnxRuntime(1)
})

/** Runs one operator on x = 0, 1, 2 … and checks the shape that the graph promised. */
function run(shape: readonly number[], emit: (g: Graph, x: Value) => Value): number[] {
  const g = new Graph()
  const x = g.input('x', shape)
  const value = emit(g, x)
  g.output('y', value)
  const session = runtime.createSession(g)
  const size = shape.reduce((product, length) => product * length, 1)
  const feed = runtime.tensor(
    Float32Array.from({ length: size }, (_, i) => i),
    shape,
  )
  const result = session.run({ x: feed }, { y: null })['y']!
  session.dispose()
  expect(result.dims).toEqual(value.shape)
  return [...(result.data as Float32Array)]
}

describe('operators', () => {
  it('slice goes up and down', () => {
    expect(run([5], (g, x) => onnx.slice(g, x, [{ axis: 0, start: 1, end: 3 }]))).toEqual([1, 2])
    const down = { axis: 0, start: 4, end: -1, step: -1 } as const
    expect(run([5], (g, x) => onnx.slice(g, x, [down]))).toEqual([4, 3, 2, 1, 0])
  })

  it('transpose permutes axes', () => {
    expect(run([2, 3], (g, x) => onnx.transpose(g, x, [1, 0]))).toEqual([0, 3, 1, 4, 2, 5])
  })

  it('split and concat are inverse', () => {
    expect(run([5], (g, x) => onnx.concat(g, onnx.split(g, x, [2, 3]).toReversed(), 0))).toEqual([
      2, 3, 4, 0, 1,
    ])
  })

  it('sums keep or drop their axes', () => {
    expect(run([2, 3], (g, x) => onnx.sum(g, x, [1]))).toEqual([3, 12])
    expect(run([2, 3], (g, x) => onnx.mean(g, x, [0], true))).toEqual([1.5, 2.5, 3.5])
    expect(run([2, 2], (g, x) => onnx.sumOfSquares(g, x, [1], true))).toEqual([1, 13])
    expect(run([2, 3], (g, x) => onnx.maxOver(g, x, [1], true))).toEqual([2, 5])
  })

  it('matMul takes transposed operands', () => {
    // [[0, 1], [2, 3]]
    expect(run([2, 2], (g, x) => onnx.matMul(g, x, x))).toEqual([2, 3, 6, 11])
    expect(run([2, 2], (g, x) => onnx.matMul(g, x, x, { transposeB: true }))).toEqual([1, 3, 3, 13])
    expect(run([2, 2], (g, x) => onnx.matMul(g, x, x, { transposeA: true }))).toEqual([4, 6, 6, 10])
  })

  it('isGreater gives 1 and 0', () => {
    expect(run([3], (g, x) => onnx.isGreater(g, x, onnx.scalar(g, 1)))).toEqual([0, 0, 1])
  })

  it('refuses shapes that do not fit each other', () => {
    const g = new Graph()
    expect(() => onnx.add(g, g.input('a', [2]), g.input('b', [3]))).toThrow(TypeError)
  })

  it('gives every value its own name', () => {
    const g = new Graph()
    g.input('a', [2])
    expect(() => g.input('a', [2])).toThrow(TypeError)
  })
})
