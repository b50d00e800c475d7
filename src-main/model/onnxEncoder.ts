import { WorkbenchError } from '../contract/errors.ts'
import type { OnnxRuntime, OnnxSession } from '../numeric/onnx/runtime.ts'
import { closedFormOf } from './encoder.ts'
import type { Encoder } from './encoder.ts'
import { foldBatchNorms } from './foldBatchNorms.ts'
import { dimOf, featureDimOf } from './network.ts'
import type { Network } from './network.ts'
import { inferenceGraph, inferenceNames } from './onnx/inferenceGraph.ts'
import { pairsProgram, rowsProgram } from './onnx/trainingProgram.ts'
import type { TrainingProgram } from './onnx/trainingProgram.ts'
import { RecentlyUsed } from './recentlyUsed.ts'
import { weightsFrom } from './weights.ts'
import type { Weights } from './weights.ts'

/** Images that one evaluation pass takes at a time: bounds its memory. */
const embedBatch = 64
/** Batch sizes and losses whose sessions are kept: a full batch, the last one, and one to spare. */
const keptPrograms = 3

/** The network as ONNX graphs on ONNX Runtime: rung `native`. */
export function createOnnxEncoder(
  runtime: OnnxRuntime,
  network: Network,
  weights: Weights,
): Encoder {
  const { size, channels } = network.input
  const imageLength = size * size * channels
  const dim = dimOf(network)
  const featureDim = featureDimOf(network)
  const programs = new RecentlyUsed<string, TrainingProgram>(keptPrograms)
  let inference: { readonly session: OnnxSession; readonly weights: Weights } | null = null

  /**
   * The weights are constants of the session: ONNX Runtime then lays them out for its fastest kernels.
   * A new session, some 10 ms, pays from a few dozen images on.
   */
  function openInference(): OnnxSession {
    if (inference && isSame(inference.weights, weights)) return inference.session
    inference?.session.dispose()
    inference = null
    const folded = foldBatchNorms(network, weights)
    const graph = inferenceGraph(folded, {
      images: 'values',
      outputs: ['embedding', 'features'],
    })
    inference = {
      session: runtime.createSession(graph),
      weights: weightsFrom(network, {
        trainable: weights.trainable.slice(),
        statistics: weights.statistics.slice(),
      }),
    }
    return inference.session
  }

  return {
    engine: 'native',
    network,
    weights,

    async embed(images, count) {
      const embedding = new Float32Array(count * dim)
      const features = new Float32Array(count * featureDim)
      const session = failAs('preparing an evaluation', openInference)
      for (let from = 0; from < count; from += embedBatch) {
        const to = Math.min(from + embedBatch, count)
        const part = (data: Float32Array, length: number, shape: readonly number[]) =>
          runtime.tensor(data.subarray(from * length, to * length), [to - from, ...shape])
        failAs('an evaluation pass', () =>
          session.runInto(
            { [inferenceNames.images]: part(images, imageLength, [size, size, channels]) },
            {
              [inferenceNames.embedding]: part(embedding, dim, [dim]),
              [inferenceNames.features]: part(features, featureDim, [featureDim]),
            },
          ),
        )
      }
      return Promise.resolve({ embedding, features })
    },

    async step(images, count, loss, index = 0) {
      const kind = closedFormOf(loss)?.denominatorKind ?? 'outside'
      const options = { runtime, network, weights, batch: count }
      const program = failAs('preparing a training step', () =>
        programs.get(`${count} ${kind}`, () =>
          kind === 'outside' ? rowsProgram(options) : pairsProgram(options, kind),
        ),
      )
      try {
        return await program.step(images, loss, index)
      } catch (cause) {
        throw failure('a training step', cause)
      }
    },

    dispose() {
      programs.dispose()
      inference?.session.dispose()
      inference = null
    },
  }
}

function isSame(a: Weights, b: Weights): boolean {
  return isEqual(a.trainable, b.trainable) && isEqual(a.statistics, b.statistics)
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i])
}

function failAs<T>(what: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw failure(what, cause)
  }
}

function failure(what: string, cause: unknown): WorkbenchError {
  if (cause instanceof WorkbenchError) return cause
  const message = `The native engine failed in ${what}: ${String(cause)}`
  return new WorkbenchError('internal', message, { cause })
}
