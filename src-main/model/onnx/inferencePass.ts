import type { OnnxRuntime, OnnxSession } from '../../numeric/onnx/runtime.ts'
import type { Embedded } from '../encoder.ts'
import { foldBatchNorms } from '../foldBatchNorms.ts'
import { dimOf, featureDimOf } from '../network.ts'
import type { Network } from '../network.ts'
import type { Weights } from '../weights.ts'
import { specsOf } from '../weights.ts'
import { inferenceGraph, inferenceNames } from './inferenceGraph.ts'

/** Images that a session takes at a time: bounds its memory. */
const batch = 64

/** A network in evaluation mode. */
export interface InferencePass {
  /** @param images `[count, size, size, channels]` */
  run(images: Float32Array, count: number): Embedded
  /** Callable twice. */
  dispose(): void
}

/**
 * Runs a network with its batch norms folded away and its weights as constants of the session: ONNX
 * Runtime then lays them out for its fastest kernels. The session, some 10 ms, is made anew when one
 * of the weights has changed.
 *
 * @param weights live; may hold more than the network needs
 */
export function createInferencePass(
  runtime: OnnxRuntime,
  network: Network,
  weights: Weights,
): InferencePass {
  const { size, channels } = network.input
  const imageLength = size * size * channels
  const dim = dimOf(network)
  const featureDim = featureDimOf(network)
  const views = specsOf(network).map(({ name }) => weights.view(name))
  let open: { readonly session: OnnxSession; readonly views: readonly Float32Array[] } | null = null

  function session(): OnnxSession {
    if (open?.views.every((view, i) => isSame(view, views[i]))) return open.session
    open?.session.dispose()
    open = null
    const graph = inferenceGraph(foldBatchNorms(network, weights), {
      images: 'values',
      outputs: ['embedding', 'features'],
    })
    open = { session: runtime.createSession(graph), views: views.map((view) => view.slice()) }
    return open.session
  }

  return {
    run(images, count) {
      const embedding = new Float32Array(count * dim)
      const features = new Float32Array(count * featureDim)
      const pass = session()
      for (let from = 0; from < count; from += batch) {
        const to = Math.min(from + batch, count)
        const part = (data: Float32Array, length: number, shape: readonly number[]) =>
          runtime.tensor(data.subarray(from * length, to * length), [to - from, ...shape])
        pass.runInto(
          { [inferenceNames.images]: part(images, imageLength, [size, size, channels]) },
          {
            [inferenceNames.embedding]: part(embedding, dim, [dim]),
            [inferenceNames.features]: part(features, featureDim, [featureDim]),
          },
        )
      }
      return { embedding, features }
    },
    dispose() {
      open?.session.dispose()
      open = null
    },
  }
}

/** Bit by bit: a comparison of the memory, which takes a fraction of a pass even for large networks. */
function isSame(a: Float32Array, b: Float32Array | undefined): boolean {
  return b !== undefined && bytesOf(a).equals(bytesOf(b))
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
