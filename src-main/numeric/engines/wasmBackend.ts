import type { TensorInfo } from '../tf.ts'

/** What the kernels use of `BackendWasm`. */
export interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: 'float32'): TensorInfo
  /** A view into the heap: anything that allocates may invalidate it. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array
  disposeData(dataId: object): boolean
}
