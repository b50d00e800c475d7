import type { Value } from './graph.ts'
import type { OnnxSessions, OnnxTensor } from './sessions.ts'

/** The part of the language that its own type library leaves to browsers. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
}

/** Bytes. A cache line, and the widest vector that a processor loads at once. */
const alignment = 64
/** Bytes of a page of WebAssembly. */
const pageLength = 2 ** 16
/** Bytes that one memory of WebAssembly may have. */
const largestMemory = 65535 * pageLength

/**
 * Empty tensors for values, each at the start of a cache line. An ordinary array starts anywhere, and
 * then every vector of 64 bytes lies in two lines; only memories of WebAssembly start at a page.
 *
 * @throws RangeError when there is not so much memory
 */
export function alignedTensors(
  runtime: Pick<OnnxSessions, 'tensor'>,
  values: readonly Value[],
): ReadonlyMap<string, OnnxTensor> {
  const tensors = new Map<string, OnnxTensor>()
  let rest = values
  while (rest.length > 0) {
    const { count, sizeBytes } = fitting(rest)
    const memory = new WebAssembly.Memory({ initial: Math.ceil(sizeBytes / pageLength) })
    let offset = 0
    for (const value of rest.slice(0, count)) {
      tensors.set(value.name, runtime.tensor(arrayOf(value, memory.buffer, offset), value.shape))
      offset += paddedBytes(value)
    }
    rest = rest.slice(count)
  }
  return tensors
}

/** How many values go into one memory, at least one. */
function fitting(values: readonly Value[]): { count: number; sizeBytes: number } {
  let sizeBytes = 0
  let count = 0
  for (const value of values) {
    const next = sizeBytes + paddedBytes(value)
    if (count > 0 && next > largestMemory) break
    sizeBytes = next
    count++
  }
  return { count, sizeBytes }
}

function arrayOf(value: Value, buffer: ArrayBuffer, offset: number): Float32Array | BigInt64Array {
  const length = lengthOf(value)
  return value.type === 'int64'
    ? new BigInt64Array(buffer, offset, length)
    : new Float32Array(buffer, offset, length)
}

function paddedBytes(value: Value): number {
  const bytes = lengthOf(value) * (value.type === 'int64' ? 8 : 4)
  return Math.ceil(bytes / alignment) * alignment
}

function lengthOf({ shape }: Value): number {
  return shape.reduce((product, side) => product * side, 1)
}
