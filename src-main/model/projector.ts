import { expectInteger } from './expectInteger.ts'
import type { Layer } from './layer.ts'

/**
 * The projector from features to rows: dense, ReLU, dense; or a single dense layer when `hidden`
 * is 0. Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML
 * 2020, arXiv:2002.05709, find the non-linear one better.
 *
 * @param options.hidden units between the dense layers, 0 … 8192
 * @param options.dim length of the rows, 2 … 4096
 * @throws WorkbenchError `bad-request` when an option is out of its range
 */
export function mlpProjector({ hidden, dim }: { hidden: number; dim: number }): Layer[] {
  expectInteger('mlpProjector: hidden', hidden, [0, 8192])
  expectInteger('mlpProjector: dim', dim, [2, 4096])
  const last: Layer = { kind: 'dense', name: 'projector/output', units: dim }
  if (hidden === 0) return [last]
  return [{ kind: 'dense', name: 'projector/hidden', units: hidden }, { kind: 'relu' }, last]
}
