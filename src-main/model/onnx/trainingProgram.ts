import { alignedTensors } from '../../numeric/onnx/alignedTensors.ts'
import { cutGraph } from '../../numeric/onnx/cut.ts'
import { mostLiveBytes } from '../../numeric/onnx/liveBytes.ts'
import type { OnnxRuntime, OnnxTensors } from '../../numeric/onnx/runtime.ts'
import type { SessionOptions } from '../../numeric/onnx/sessions.ts'
import type { SoftmaxPairs, StepLoss, StepResult } from '../encoder.ts'
import type { Network } from '../network.ts'
import { updateRunningStatistics } from '../runningStatistics.ts'
import { lossOfRows } from '../tfLoss.ts'
import type { Weights } from '../weights.ts'
import type { InferencePass } from './inferencePass.ts'
import { softmaxPairsInputs } from './softmaxPairs.ts'
import { trainingGraph, trainingNames } from './trainingGraph.ts'
import type { TrainingGraph, TrainingGraphOptions } from './trainingGraph.ts'

/** One training step at one batch size with one way to compute the loss. */
export interface TrainingProgram {
  /** @param index which step of the run, from 0 */
  step(images: Float32Array, loss: StepLoss, index: number): Promise<StepResult>
  dispose(): void
}

export interface ProgramOptions {
  readonly runtime: OnnxRuntime
  readonly network: Network
  readonly weights: Weights
  readonly batch: number
  /** Computes the features of a backbone that is not trained; null where the graph does it. */
  readonly trunk: InferencePass | null
}

/** Forward, loss and backward in one session. */
export function pairsProgram(
  options: ProgramOptions,
  kind: SoftmaxPairs['denominatorKind'],
): TrainingProgram {
  const { runtime, network, batch } = options
  const plan = trainingGraph(network, graphOptions(options, kind))
  const session = runtime.createSession(plan.graph, memoryOptions(plan))
  const buffers = buffersOf(options, plan)
  const lossValue = new Float32Array(1)
  const outputs = { ...buffers.outputs, [trainingNames.loss]: runtime.tensor(lossValue, []) }
  const inverseTemperature = new Float32Array(1)
  const square = (data: Float32Array) => runtime.tensor(data, [batch, batch])

  return {
    step(images, { softmaxPairs }, index) {
      if (softmaxPairs?.denominatorKind !== kind) throw new TypeError(`expected a loss of ${kind}`)
      inverseTemperature[0] = 1 / softmaxPairs.temperature
      session.runInto(
        {
          ...buffers.feeds(images, index),
          [softmaxPairsInputs.weights]: square(softmaxPairs.weights),
          [softmaxPairsInputs.denominator]: square(softmaxPairs.denominator),
          [softmaxPairsInputs.inverseTemperature]: runtime.tensor(inverseTemperature, []),
        },
        outputs,
      )
      buffers.updateStatistics()
      const { gradient } = buffers
      return Promise.resolve({ loss: lossValue[0] ?? NaN, gradient, learntGradients: [] })
    },
    dispose: () => session.dispose(),
  }
}

/**
 * Forward in one session, the loss in TensorFlow.js, backward in another. What backward needs of
 * forward stays in arrays that the sessions write and read in place, so nothing is copied and
 * nothing computed twice.
 */
export function rowsProgram(options: ProgramOptions): TrainingProgram {
  const { runtime, network, batch } = options
  const plan = trainingGraph(network, graphOptions(options, 'outside'))
  const cut = cutGraph(plan.graph, [trainingNames.rows, trainingNames.moments])
  const forward = runtime.createSession(cut.first, memoryOptions(plan))
  const backward = runtime.createSession(cut.second, memoryOptions(plan))
  const buffers = buffersOf(options, plan)
  const saved = Object.fromEntries(alignedTensors(runtime, cut.crossing))
  const rows = new Float32Array(batch * plan.dim)
  const rowsTensor = runtime.tensor(rows, [batch, plan.dim])

  /** Sessions refuse what they have no input or output for. */
  function only(tensors: OnnxTensors, names: readonly { readonly name: string }[]): OnnxTensors {
    return Object.fromEntries(
      names.flatMap(({ name }) => (tensors[name] ? [[name, tensors[name]]] : [])),
    )
  }

  return {
    async step(images, loss, index) {
      const feeds = buffers.feeds(images, index)
      const results = { ...buffers.outputs, ...saved, [trainingNames.rows]: rowsTensor }
      forward.runInto(only(feeds, cut.first.inputs), only(results, cut.first.outputs))
      const found = await lossOfRows(loss, rows, [batch, plan.dim])
      const rowGradient = runtime.tensor(found.gradient, [batch, plan.dim])
      backward.runInto(
        only({ ...feeds, ...saved, [trainingNames.rowGradient]: rowGradient }, cut.second.inputs),
        only(results, cut.second.outputs),
      )
      buffers.updateStatistics()
      return { ...found, gradient: buffers.gradient }
    },
    dispose() {
      forward.dispose()
      backward.dispose()
    },
  }
}

/** A step that needs more than 512 MB goes without a plan of its memory rather than take twice of it. */
function memoryOptions({ graph }: TrainingGraph): SessionOptions {
  return { plansMemory: mostLiveBytes(graph) <= 2 ** 29 }
}

function graphOptions(
  { runtime, batch, trunk }: ProgramOptions,
  loss: TrainingGraphOptions['loss'],
): TrainingGraphOptions {
  return { batch, loss, block: runtime.layout.block, start: trunk ? 'features' : 'images' }
}

/** Arrays that both kinds of program read and write, and the tensors over them. */
function buffersOf(
  { runtime, network, weights, batch, trunk }: ProgramOptions,
  plan: TrainingGraph,
) {
  const { size, channels } = network.input
  const gradient = new Float32Array(weights.trainable.length)
  const lengthOf = (name: string) => weights.view(`${name}/mean`).length
  const moments = new Float32Array(
    [...plan.counts.keys()].reduce((sum, name) => sum + 2 * lengthOf(name), 0),
  )
  const tensorOf = (values: Float32Array) => runtime.tensor(values, [values.length])
  const trainable = tensorOf(weights.trainable)
  const hasFrozen = plan.graph.inputs.some(({ name }) => name === trainingNames.statistics)

  function startOf(images: Float32Array): OnnxTensors {
    if (!trunk)
      return { [trainingNames.images]: runtime.tensor(images, [batch, size, size, channels]) }
    const { features } = trunk.run(images, batch)
    return { [trainingNames.features]: runtime.tensor(features, [batch, features.length / batch]) }
  }

  return {
    gradient,
    feeds: (images: Float32Array, index: number): OnnxTensors => ({
      ...startOf(images),
      [trainingNames.trainable]: trainable,
      ...(hasFrozen && { [trainingNames.statistics]: tensorOf(weights.statistics) }),
      ...Object.fromEntries(
        plan.stepInputs.map(({ name, shape, valuesAt }) => [
          name,
          runtime.tensor(valuesAt(index), shape),
        ]),
      ),
    }),
    outputs: {
      [trainingNames.gradient]: runtime.tensor(gradient, [gradient.length]),
      ...(moments.length > 0 && {
        [trainingNames.moments]: runtime.tensor(moments, [moments.length]),
      }),
    } as OnnxTensors,
    updateStatistics(): void {
      let offset = 0
      for (const [name, count] of plan.counts) {
        const length = lengthOf(name)
        const mean = moments.subarray(offset, offset + length)
        const variance = moments.subarray(offset + length, offset + 2 * length)
        updateRunningStatistics(weights, { name, mean, variance, count })
        offset += 2 * length
      }
    },
  }
}
