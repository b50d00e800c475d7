import { WorkbenchError } from '../contract/errors.ts'
import type { OnnxRuntime } from '../numeric/onnx/runtime.ts'
import { closedFormOf } from './encoder.ts'
import type { Encoder } from './encoder.ts'
import { hasFrozenBackbone } from './frozenBackbone.ts'
import type { Network } from './network.ts'
import { createInferencePass } from './onnx/inferencePass.ts'
import { pairsProgram, rowsProgram } from './onnx/trainingProgram.ts'
import type { TrainingProgram } from './onnx/trainingProgram.ts'
import { RecentlyUsed } from './recentlyUsed.ts'
import type { Weights } from './weights.ts'

/** Batch sizes and losses whose sessions are kept: a full batch, the last one, and one to spare. */
const keptPrograms = 3

/** The network as ONNX graphs on ONNX Runtime: rung `native`. */
export function createOnnxEncoder(
  runtime: OnnxRuntime,
  network: Network,
  weights: Weights,
): Encoder {
  const programs = new RecentlyUsed<string, TrainingProgram>(keptPrograms)
  const inference = createInferencePass(runtime, network, weights)
  const trunk = hasFrozenBackbone(network)
    ? createInferencePass(runtime, { ...network, projector: [] }, weights)
    : null

  return {
    engine: 'native',
    network,
    weights,

    async embed(images, count) {
      return Promise.resolve(failAs('an evaluation pass', () => inference.run(images, count)))
    },

    async step(images, count, loss, index = 0) {
      const kind = closedFormOf(loss)?.denominatorKind ?? 'outside'
      const options = { runtime, network, weights, trunk, batch: count }
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
      inference.dispose()
      trunk?.dispose()
    },
  }
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
