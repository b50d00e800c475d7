import { describe, expect, it } from 'vitest'
import { cutGraph } from '../../../../src-main/numeric/onnx/cut.ts'
import { Graph } from '../../../../src-main/numeric/onnx/graph.ts'
import * as onnx from '../../../../src-main/numeric/onnx/operators.ts'
import { loadOnnxRuntime } from '../../../../src-main/numeric/onnx/runtime.ts'

/** first = (x + 1)², rest = y · (x + 1) + |x|. */
function example(): Graph {
  const g = new Graph()
  const x = g.input('x', [3])
  const y = g.input('y', [3])
  const shifted = onnx.add(g, x, onnx.scalar(g, 1))
  g.output('first', onnx.mul(g, shifted, shifted))
  const product = onnx.mul(g, y, shifted)
  g.output('rest', onnx.add(g, product, onnx.abs(g, x)))
  return g
}

describe('cutGraph', () => {
  it('puts into the first graph what its outputs need, and nothing else', () => {
    const { first, second, crossing } = cutGraph(example(), ['first'])
    expect(first.nodes.map(({ operator }) => operator)).toEqual(['Add', 'Mul'])
    expect(second.nodes.map(({ operator }) => operator)).toEqual(['Mul', 'Abs', 'Add'])
    expect(first.inputs.map(({ name }) => name)).toEqual(['x'])
    expect(second.inputs.map(({ name }) => name)).toEqual(['x', 'y', crossing[0]!.name])
    expect(crossing).toHaveLength(1)
  })

  it('computes in two sessions what the whole does in one', async () => {
    const runtime = await loadOnnxRuntime(1)
    const whole = runtime.createSession(example())
    const { first, second, crossing } = cutGraph(example(), ['first'])
    const x = runtime.tensor(Float32Array.of(1, -2, 3), [3])
    const y = runtime.tensor(Float32Array.of(4, 5, 6), [3])
    const between = crossing[0]!.name
    const saved = runtime.tensor(new Float32Array(3), [3])

    const expected = whole.run({ x, y }, { first: null, rest: null })
    const one = runtime.createSession(first)
    const two = runtime.createSession(second)
    const got = one.run({ x }, { first: null, [between]: saved })
    expect(got['first']!.data).toEqual(expected['first']!.data)
    const rest = two.run({ x, y, [between]: saved }, { rest: null })
    expect(rest['rest']!.data).toEqual(expected['rest']!.data)
    for (const session of [whole, one, two]) session.dispose()
  })
})
