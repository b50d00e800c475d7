import { describe, expect, it } from 'vitest'
import { Graph } from '../../../../src-main/numeric/onnx/graph.ts'
import { mostLiveBytes } from '../../../../src-main/numeric/onnx/liveBytes.ts'
import * as onnx from '../../../../src-main/numeric/onnx/operators.ts'

/** Bytes of a value of 100 floats. */
const one = 400

describe('mostLiveBytes', () => {
  it('counts a value until the last node that needs it', () => {
    const g = new Graph()
    const x = g.input('x', [100])
    const kept = onnx.abs(g, x)
    let chain = onnx.abs(g, kept)
    for (let i = 0; i < 5; i++) chain = onnx.neg(g, chain)
    // Two neighbours of the chain.
    expect(mostLiveBytes(g)).toBe(2 * one)
    onnx.add(g, chain, kept)
    // And what is needed at its end.
    expect(mostLiveBytes(g)).toBe(3 * one)
  })

  it('takes a reshaped value for the value itself', () => {
    const g = new Graph()
    const x = onnx.abs(g, g.input('x', [100]))
    const square = onnx.reshape(g, onnx.reshape(g, x, [4, 25]), [10, 10])
    onnx.neg(g, onnx.neg(g, square))
    expect(mostLiveBytes(g)).toBe(2 * one)
  })

  it('counts a whole number by its own size', () => {
    const g = new Graph()
    g.add('Cast', [g.input('x', [100])], [100], { type: 'int64', attributes: { to: 7 } })
    expect(mostLiveBytes(g)).toBe(2 * one)
  })
})
