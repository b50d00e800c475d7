import { blockedIsPositive } from '../../../numeric/onnx/blocked.ts'
import type { BlockedActivation } from '../../../numeric/onnx/blocked.ts'
import type { Graph, Value } from '../../../numeric/onnx/graph.ts'
import * as onnx from '../../../numeric/onnx/operators.ts'

/** Activations whose derivative can be told from their output. */
export type UnitActivation = 'none' | 'relu' | 'relu6'

/** How a pass applies it on its way. */
export function activationOf(kind: UnitActivation): { readonly activation?: BlockedActivation } {
  switch (kind) {
    case 'none':
      return {}
    case 'relu':
      return { activation: { kind: 'relu' } }
    case 'relu6':
      return { activation: { kind: 'clip', low: 0, high: 6 } }
    default:
      return kind satisfies never
  }
}

/** dL/dinput of the activation from dL/doutput and its output. */
export function maskOf(g: Graph, kind: UnitActivation, dy: Value, output: Value): Value {
  switch (kind) {
    case 'none':
      return dy
    case 'relu':
      return onnx.mul(g, dy, blockedIsPositive(g, output))
    case 'relu6':
      return onnx.mul(g, dy, onnx.isBetween(g, output, [0, 6]))
    default:
      return kind satisfies never
  }
}
