import { describe, expect, it } from 'vitest'
import { alignedTensors } from '../../../../src-main/numeric/onnx/alignedTensors.ts'
import { probeBlocked } from '../../../../src-main/numeric/onnx/blockedProbe.ts'
import { Graph } from '../../../../src-main/numeric/onnx/graph.ts'
import * as onnx from '../../../../src-main/numeric/onnx/operators.ts'
import { loadOnnxRuntime } from '../../../../src-main/numeric/onnx/runtime.ts'

const runtime = await loadOnnxRuntime(1)

function doubling(length: number) {
  const g = new Graph()
  const x = g.input('x', [length])
  g.output('y', onnx.mul(g, x, onnx.scalar(g, 2)))
  g.output('z', onnx.neg(g, x))
  return runtime.createSession(g)
}

describe('a run into given tensors', () => {
  it('leaves its outputs in them, each time anew', () => {
    const session = doubling(3)
    const y = new Float32Array(3)
    const z = new Float32Array(3)
    for (const scale of [1, 10]) {
      const x = runtime.tensor(Float32Array.of(scale, 2 * scale, 3 * scale), [3])
      session.runInto({ x }, { y: runtime.tensor(y, [3]), z: runtime.tensor(z, [3]) })
      expect([...y]).toEqual([2 * scale, 4 * scale, 6 * scale])
      expect([...z]).toEqual([-scale, -2 * scale, -3 * scale])
    }
    session.dispose()
  })

  it('copies nothing: what it costs in memory does not grow with its outputs', () => {
    const length = 2 ** 22
    const session = doubling(length)
    const tensor = () => runtime.tensor(new Float32Array(length), [length])
    const feeds = { x: tensor() }
    const outputs = { y: tensor(), z: tensor() }
    session.runInto(feeds, outputs)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 5; i++) session.runInto(feeds, outputs)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(length)
    session.dispose()
  })

  it('throws what ONNX Runtime says of a wrong shape', () => {
    const session = doubling(3)
    const short = runtime.tensor(new Float32Array(2), [2])
    const y = runtime.tensor(new Float32Array(3), [3])
    expect(() => session.runInto({ x: short }, { y })).toThrow(/[Dd]imension/)
    session.dispose()
  })
})

describe('aligned tensors', () => {
  it('begin at cache lines of their memory and do not overlap', () => {
    const values = [3, 16, 17, 1].map(
      (length, i) => ({ name: `v${i}`, shape: [length], type: 'float32' }) as const,
    )
    const tensors = [...alignedTensors(runtime, values).values()]
    expect(tensors.map(({ dims }) => dims)).toEqual([[3], [16], [17], [1]])
    const arrays = tensors.map(({ data }) => data as Float32Array)
    for (const array of arrays) expect(array.byteOffset % 64).toBe(0)
    arrays.forEach((array, i) => array.fill(i + 1))
    expect(arrays.map((array) => array.every((value) => value === array[0]))).toEqual(
      arrays.map(() => true),
    )
    expect(arrays.map((array) => array[0])).toEqual([1, 2, 3, 4])
  })
})

describe('the probe of the layout', () => {
  it('takes the portable one for a version that it does not know, and says so', () => {
    const other = probeBlocked({ ...runtime, version: '1.99.0' })
    expect(other.block).toBeNull()
    expect(other.reason).toContain('1.99.0')
  })

  it('takes the portable one where sessions cannot be made, and says why', () => {
    const broken = probeBlocked({
      ...runtime,
      createSession() {
        throw new Error('no kernel for ReorderInput\nmore lines')
      },
    })
    expect(broken.block).toBeNull()
    expect(broken.reason).toMatch(/no kernel for ReorderInput\.$/)
  })

  it('takes the portable one where the fast one computes something else', () => {
    const wrong = probeBlocked({
      ...runtime,
      createSession(graph, options) {
        const session = runtime.createSession(graph, options)
        const isComparison = graph.nodes.some(({ operator }) => operator === 'Upsample')
        return {
          ...session,
          run: (feeds, outputs) =>
            isComparison
              ? { y: runtime.tensor(Float32Array.of(0.5), []) }
              : session.run(feeds, outputs),
        }
      },
    })
    expect(wrong.block).toBeNull()
    if (runtime.layout.block !== null) expect(wrong.reason).toContain('off by 0.5')
  })
})
