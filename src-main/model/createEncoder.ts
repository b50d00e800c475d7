import type { EngineContext } from '../numeric/engines/context.ts'
import type { Encoder } from './encoder.ts'
import type { Network } from './network.ts'
import { createOnnxEncoder } from './onnxEncoder.ts'
import { createTfEncoder } from './tfEncoder.ts'
import type { Weights } from './weights.ts'

/**
 * Puts a network on an engine.
 *
 * @throws WorkbenchError `bad-request` when the layers do not fit each other
 */
export function createEncoder(engine: EngineContext, network: Network, weights: Weights): Encoder {
  return engine.kind === 'native'
    ? createOnnxEncoder(engine.runtime, network, weights)
    : createTfEncoder(engine, network, weights)
}
