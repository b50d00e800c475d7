import type { Layer } from '../layer.ts'

export interface ConvOptions {
  readonly filters: number
  readonly size: number
  readonly stride?: 1 | 2
}

/** A convolution without bias, and the batch norm that takes the bias's place. */
export function convAndNorm(name: string, { filters, size, stride = 1 }: ConvOptions): Layer[] {
  return [
    { kind: 'conv', name: `${name}/conv`, filters, size, stride, padding: 'same', bias: false },
    { kind: 'batchNorm', name: `${name}/norm` },
  ]
}
