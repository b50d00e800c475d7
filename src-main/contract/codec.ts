import { WorkbenchError } from './errors.ts'

/**
 * The one format in which values cross a border: to a window, to a browser, to the compute process.
 *
 * A frame is `u32` length of the header (little endian), the header (JSON), zeros up to the next
 * multiple of 8, then the bytes of each typed array, each padded to a multiple of 8. In the header,
 * `value` is the value with null in place of its typed arrays and `sections` says where each belongs.
 * JSON's own losses stay: `undefined` in an object is left out, NaN and infinities become null.
 */
interface Header {
  readonly value?: unknown
  readonly sections: readonly Section[]
}

interface Section {
  /** `Float32Array`, … */
  readonly type: string
  /** Elements, not bytes. */
  readonly length: number
  /** Keys from the value down to the array; empty where the value itself is the array. */
  readonly path: readonly (string | number)[]
}

type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array

interface TypedArrayKind {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBuffer, byteOffset: number, length: number): TypedArray
}

const kinds: ReadonlyMap<string, TypedArrayKind> = new Map<string, TypedArrayKind>([
  ['Int8Array', Int8Array],
  ['Uint8Array', Uint8Array],
  ['Int16Array', Int16Array],
  ['Uint16Array', Uint16Array],
  ['Int32Array', Int32Array],
  ['Uint32Array', Uint32Array],
  ['Float32Array', Float32Array],
  ['Float64Array', Float64Array],
])

/** No honest value is nested deeper, and a recursion this deep is safe everywhere. */
const maxDepth = 64

// Both exist in every browser and in Node; this folder's compiler program knows neither.
declare const TextEncoder: new () => { encode: (text: string) => Uint8Array }
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean },
) => { decode: (bytes: Uint8Array) => string }

/**
 * The frame of a plain value: null, booleans, numbers, strings, arrays, plain objects and typed
 * arrays. Throws a TypeError for anything else, such as a function, a Map or a class instance.
 */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const sections: Section[] = []
  const arrays: TypedArray[] = []
  const plain = withoutArrays(value, [], (array, path) => {
    const type = typeOf(array)
    sections.push({ type, length: array.length, path: [...path] })
    arrays.push(array)
  })
  const header = new TextEncoder().encode(JSON.stringify({ value: plain, sections }))
  let size = aligned(4 + header.length)
  const offsets = arrays.map((array) => {
    const offset = size
    size = aligned(size + array.byteLength)
    return offset
  })
  const frame = new Uint8Array(size)
  new DataView(frame.buffer).setUint32(0, header.length, true)
  frame.set(header, 4)
  arrays.forEach((array, i) => {
    frame.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offsets[i])
  })
  return frame
}

/**
 * The value of a frame. Typed arrays are views into the frame's memory, which is copied once if it
 * does not start at a multiple of 8.
 *
 * Throws `bad-request` for whatever {@link encode} cannot have written; the frame may come from
 * anyone.
 */
export function decode(frame: Uint8Array): unknown {
  const bytes = isAligned(frame) ? frame : new Uint8Array(frame)
  const { header, end } = headerOf(bytes)
  refuseOddities(header.value, 0)
  let value = header.value
  let offset = aligned(end)
  for (const { type, length, path } of header.sections) {
    const Kind = kinds.get(type)
    if (!Kind) throw malformed(`an unknown array type "${type.slice(0, 20)}"`)
    const byteLength = length * Kind.BYTES_PER_ELEMENT
    if (offset + byteLength > bytes.length) throw malformed('an array that is cut short')
    const array = new Kind(bytes.buffer, bytes.byteOffset + offset, length)
    if (path.length === 0) value = array
    else put(value, path, array)
    offset = aligned(offset + byteLength)
  }
  if (offset !== bytes.length) throw malformed('bytes that belong to nothing')
  return value
}

function isAligned(frame: Uint8Array): frame is Uint8Array<ArrayBuffer> {
  return frame.byteOffset % 8 === 0 && frame.buffer instanceof ArrayBuffer
}

function headerOf(bytes: Uint8Array<ArrayBuffer>): { header: Header; end: number } {
  if (bytes.length < 8) throw malformed('fewer bytes than a header')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const end = 4 + length
  if (aligned(end) > bytes.length) throw malformed('a header that is cut short')
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, end)))
  } catch (cause) {
    throw malformed('a header that is not JSON', cause)
  }
  if (!isRecord(header) || !Array.isArray(header.sections) || !header.sections.every(isSection))
    throw malformed('a header without sections')
  return { header: { value: header.value, sections: header.sections }, end }
}

function isSection(section: unknown): section is Section {
  if (!isRecord(section)) return false
  const { type, length, path } = section
  return (
    typeof type === 'string' &&
    Number.isSafeInteger(length) &&
    (length as number) >= 0 &&
    Array.isArray(path) &&
    path.length <= maxDepth &&
    path.every((key) => typeof key === 'string' || Number.isSafeInteger(key))
  )
}

/** Only a place that exists and holds null takes an array, so that no path reaches a prototype. */
function put(value: unknown, path: Section['path'], array: TypedArray): void {
  let place = value
  for (const key of path.slice(0, -1)) place = memberOf(place, key)
  const last = path.at(-1)
  if (last === undefined || memberOf(place, last) !== null)
    throw malformed('an array without a place')
  ;(place as Record<string | number, unknown>)[last] = array
}

function memberOf(place: unknown, key: string | number): unknown {
  if (typeof place !== 'object' || place === null || ArrayBuffer.isView(place))
    throw malformed('an array without a place')
  if (!Object.hasOwn(place, key) || (Array.isArray(place) && typeof key !== 'number'))
    throw malformed('an array without a place')
  return (place as Record<string | number, unknown>)[key]
}

/** JSON.parse makes an own property of `__proto__`; the next copy would make it the prototype. */
function refuseOddities(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > maxDepth) throw malformed(`a value nested deeper than ${maxDepth}`)
  if (Array.isArray(value)) {
    for (const item of value) refuseOddities(item, depth + 1)
    return
  }
  if (Object.hasOwn(value, '__proto__')) throw malformed('a property "__proto__"')
  for (const item of Object.values(value)) refuseOddities(item, depth + 1)
}

/** The value with null in place of its typed arrays, each of which is shown to `found`. */
function withoutArrays(
  value: unknown,
  path: (string | number)[],
  found: (array: TypedArray, path: readonly (string | number)[]) => void,
): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    throw new TypeError(`encode: a ${typeof value} at ${placeOf(path)} is not plain data`)
  if (typeof value !== 'object' || value === null) return value
  if (path.length > maxDepth)
    throw new TypeError(`encode: ${placeOf(path)} is nested deeper than ${maxDepth}`)
  if (ArrayBuffer.isView(value)) {
    found(value as TypedArray, path)
    return null
  }
  if (Array.isArray(value)) {
    // The usual large array holds strings or numbers only, and needs no copy.
    if (!value.some((item) => typeof item === 'object' && item !== null)) return value
    return value.map((item, i) => at(i, () => withoutArrays(item, path, found)))
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`encode: ${placeOf(path)} is a class instance, not plain data`)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      at(key, () => withoutArrays(item, path, found)),
    ]),
  )

  function at<T>(key: string | number, visit: () => T): T {
    path.push(key)
    try {
      return visit()
    } finally {
      path.pop()
    }
  }
}

/** By its tag, so that a Node Buffer is bytes and an array of another window is still an array. */
function typeOf(array: ArrayBufferView): string {
  const type = (array as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? ''
  if (!kinds.has(type)) throw new TypeError(`encode: a ${type} cannot travel`)
  return type
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function placeOf(path: readonly (string | number)[]): string {
  return path.length === 0 ? 'the value' : path.join('.')
}

function malformed(found: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('bad-request', `The frame holds ${found}.`, { cause })
}
