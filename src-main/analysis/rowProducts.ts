import { availableCores } from '../numeric/engines/cores.ts'
import { Graph } from '../numeric/onnx/graph.ts'
import { loadOnnxRuntime } from '../numeric/onnx/runtime.ts'
import * as tf from '../numeric/tf.ts'

/** Scalar products of rows with rows, a tile at a time. */
export interface RowProducts {
  readonly kind: RowProductKind
  /** Fills `out`, `[first rows, second rows]`, from `first` and `second`, both `[rows, dim]`. */
  multiply(first: Float32Array, second: Float32Array, dim: number, out: Float32Array): void
  /** Callable twice. */
  dispose(): void
}

export type RowProductKind = 'onnx' | 'tensors' | 'plain'

/**
 * The fastest that runs here: ONNX Runtime, then the tensor backend that is active, then a loop.
 *
 * @param kind to ask for one of them, which then throws where it does not run
 */
export async function openRowProducts(kind?: RowProductKind): Promise<RowProducts> {
  switch (kind) {
    case 'onnx':
      return onnxProducts()
    case 'tensors':
      return tensorProducts()
    case 'plain':
      return plainProducts()
    case undefined:
      return onnxProducts().catch(() => (isQuickBackend() ? tensorProducts() : plainProducts()))
  }
}

async function onnxProducts(): Promise<RowProducts> {
  const runtime = await loadOnnxRuntime(availableCores())
  const graph = new Graph()
  const inputs = ['first', 'second'].map((name) => graph.input(name, [-1, -1]))
  const product = graph.add('FusedMatMul', inputs, [-1, -1], {
    domain: 'com.microsoft',
    attributes: { transA: 0, transB: 1 },
  })
  graph.output('product', product)
  const session = runtime.createSession(graph)
  return {
    kind: 'onnx',
    multiply(first, second, dim, out) {
      const rows = first.length / dim
      const columns = second.length / dim
      session.run(
        {
          first: runtime.tensor(first, [rows, dim]),
          second: runtime.tensor(second, [columns, dim]),
        },
        { product: runtime.tensor(out.subarray(0, rows * columns), [rows, columns]) },
      )
    },
    dispose: () => session.dispose(),
  }
}

/** The plain backend of TensorFlow.js is slower than our own loop. */
function isQuickBackend(): boolean {
  return ['wasm', 'tensorflow'].includes(tf.getBackend())
}

function tensorProducts(): RowProducts {
  return {
    kind: 'tensors',
    multiply(first, second, dim, out) {
      const product = tf.tidy(() => {
        const a = tf.tensor2d(first, [first.length / dim, dim])
        const b = tf.tensor2d(second, [second.length / dim, dim])
        // The WebAssembly backend multiplies by a transposed matrix eight times slower.
        return tf.matMul(a, tf.transpose(b))
      })
      out.set(product.dataSync())
      product.dispose()
    },
    dispose: () => undefined,
  }
}

function plainProducts(): RowProducts {
  return { kind: 'plain', multiply: multiplyPlainly, dispose: () => undefined }
}

/** Four columns at a time, so that each number of the first row is read once for four products. */
function multiplyPlainly(
  first: Float32Array,
  second: Float32Array,
  dim: number,
  out: Float32Array,
): void {
  const rows = first.length / dim
  const columns = second.length / dim
  for (let j = 0; j < columns; j += 4) {
    const a = j * dim
    const b = Math.min(j + 1, columns - 1) * dim
    const c = Math.min(j + 2, columns - 1) * dim
    const e = Math.min(j + 3, columns - 1) * dim
    for (let i = 0; i < rows; i++) {
      const x = i * dim
      let p = 0
      let q = 0
      let r = 0
      let s = 0
      for (let d = 0; d < dim; d++) {
        const value = first[x + d] as number
        p += value * (second[a + d] as number)
        q += value * (second[b + d] as number)
        r += value * (second[c + d] as number)
        s += value * (second[e + d] as number)
      }
      const at = i * columns + j
      out[at] = p
      if (j + 1 < columns) out[at + 1] = q
      if (j + 2 < columns) out[at + 2] = r
      if (j + 3 < columns) out[at + 3] = s
    }
  }
}
