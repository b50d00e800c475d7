import { isTrainable } from './layer.ts'
import type { Network } from './network.ts'

/** Whether features depend on nothing that a step changes, nor on which step it is. */
export function hasFrozenBackbone({ backbone }: Network): boolean {
  const isFixed = backbone.every((layer) => !isTrainable(layer) && layer.kind !== 'dropout')
  return isFixed && backbone.some(({ kind }) => kind === 'frozen')
}
