import type { Binding } from 'onnxruntime-node/dist/binding.js'
import { probeBlocked } from './blockedProbe.ts'
import type { BlockedLayout } from './blockedProbe.ts'
import { elementTypes } from './graph.ts'
import type { GraphContent, GraphNode, Value } from './graph.ts'
import { modelBytes } from './modelBytes.ts'
import type { OnnxSession, OnnxSessions } from './sessions.ts'

export type { OnnxSession, OnnxTensor, OnnxTensors } from './sessions.ts'

export interface OnnxRuntime extends OnnxSessions {
  /** The layout that training uses for maps; found out when it is first asked for. */
  readonly layout: BlockedLayout
}

/**
 * Loads the package `onnxruntime-node`.
 *
 * @throws when it is not installed or has no binary for this platform
 */
export async function loadOnnxRuntime(threads: number): Promise<OnnxRuntime> {
  const { binding, initOrt } = await import('onnxruntime-node/dist/binding.js')
  const { Tensor, env } = await import('onnxruntime-node')
  initOrt()
  const runtime: OnnxSessions = {
    version: env.versions.node ?? '',
    threads,
    tensor: (data, shape) =>
      data instanceof Float32Array
        ? new Tensor('float32', data, shape)
        : new Tensor('int64', data, shape),
    createSession(graph, options = {}) {
      const { keepsMemory = true, plansMemory = true, optimizedModel, profile } = options
      const bytes = modelBytes(withUnreadable(graph))
      const session = new binding.InferenceSession()
      session.loadModel(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        enableMemPattern: plansMemory,
        enableCpuMemArena: keepsMemory,
        logSeverityLevel: 3,
        ...(optimizedModel !== undefined && { optimizedModelFilePath: optimizedModel }),
        ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
        // Spinning workers take the cores from the loss and from the decoders.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      })
      return sessionOf(session, profile !== undefined)
    },
  }
  let layout: BlockedLayout | null = null
  return {
    ...runtime,
    get layout() {
      return (layout ??= probeBlocked(runtime))
    },
  }
}

/**
 * Of {@link runInto}. The package copies every output into a new array after a run, also those that
 * were given an array to be written into, one after the other, until it comes to one of a type that
 * JavaScript has no array for. Such an output goes first: its refusal says that the run is over.
 */
const unreadable = 'unreadable'
const refusal = `Tensor type (${elementTypes.bfloat16}) is not supported.`

function withUnreadable(graph: GraphContent): GraphContent {
  const zero: Value = { name: 'unreadable_zero', shape: [], type: 'float32' }
  const value: Value = { name: unreadable, shape: [], type: 'bfloat16' }
  const cast: GraphNode = {
    operator: 'Cast',
    domain: '',
    inputs: [zero.name],
    outputs: [value.name],
    attributes: { to: elementTypes.bfloat16 },
  }
  return {
    nodes: [cast, ...graph.nodes],
    inputs: graph.inputs,
    outputs: [{ name: unreadable, value }, ...graph.outputs],
    constants: [...graph.constants, { value: zero, data: new Float32Array(1) }],
  }
}

function sessionOf(session: Binding.InferenceSession, isProfiled: boolean): OnnxSession {
  let isOpen = true
  return {
    run: (feeds, outputs) => session.run(feeds, outputs, {}),
    runInto(feeds, outputs) {
      try {
        session.run(feeds, { [unreadable]: null, ...outputs }, {})
      } catch (error) {
        if (!(error instanceof Error && error.message === refusal)) throw error
      }
    },
    dispose() {
      if (!isOpen) return
      isOpen = false
      if (isProfiled) session.endProfiling()
      session.dispose()
    },
  }
}
