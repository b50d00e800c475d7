import type { Tensor } from 'onnxruntime-node'
import type { GraphContent } from './graph.ts'

export type { Tensor as OnnxTensor } from 'onnxruntime-node'

/** ONNX Runtime's native library, bound synchronously: a call costs 10 µs. */
export interface OnnxSessions {
  readonly version: string
  readonly threads: number
  /** A tensor over an array; it is not copied, so later writes to the array are seen. */
  tensor(data: Float32Array | BigInt64Array, shape: readonly number[]): Tensor
  /** @throws when the graph is not valid */
  createSession(graph: GraphContent, options?: SessionOptions): OnnxSession
}

export interface SessionOptions {
  /**
   * Keep freed memory for the next run. Faster, but a session then holds its largest need until it
   * is disposed of. Default true.
   */
  readonly keepsMemory?: boolean
  /**
   * Lay out all memory of a run as one block from the second run on: up to a twentieth faster, but what
   * the first run took is then held beside it, about as much again. Default true.
   */
  readonly plansMemory?: boolean
  /** Write the graph as ONNX Runtime will run it to this path. */
  readonly optimizedModel?: string
  /** Write a trace with this prefix when the session is disposed of. */
  readonly profile?: string
}

export type OnnxTensors = Readonly<Record<string, Tensor>>

export interface OnnxSession {
  /**
   * Runs the graph.
   *
   * @param outputs by name: a tensor to write into, or null to get a new one
   */
  run(feeds: OnnxTensors, outputs: Readonly<Record<string, Tensor | null>>): OnnxTensors
  /** Runs the graph and leaves its outputs in the given tensors: no copies, and nothing to collect. */
  runInto(feeds: OnnxTensors, outputs: OnnxTensors): void
  /** Callable twice. */
  dispose(): void
}
