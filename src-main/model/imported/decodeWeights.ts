import * as z from 'zod'
import { WorkbenchError } from '../../contract/errors.ts'

export type StoredWeights = ReadonlyMap<string, StoredWeight>

export interface StoredWeight {
  readonly shape: readonly number[]
  /** Whatever type it is stored as. */
  readonly values: Float32Array
}

/** One weight in the list of a TensorFlow.js model. */
export const weightEntry = z.looseObject({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.string(),
  quantization: z
    .looseObject({ dtype: z.string(), scale: z.number().optional(), min: z.number().optional() })
    .optional(),
})
type WeightEntry = z.infer<typeof weightEntry>

/**
 * Numbers of one group of weights, which lie one after the other. Quantised ones are unpacked:
 * value = scale · stored + min.
 *
 * @param bytes of all files of the group, joined
 * @param source names of the files, for messages
 * @throws WorkbenchError `bad-request` for a type that is not known, bytes that are too few or too many,
 *   and values that are not finite
 */
export function decodeWeights(
  entries: readonly WeightEntry[],
  bytes: Uint8Array,
  source: string,
): StoredWeights {
  const readers = entries.map((entry) => ({ entry, reader: readerOf(entry) }))
  const needed = readers.reduce((sum, { entry, reader }) => sum + reader.bytes * countOf(entry), 0)
  if (needed !== bytes.length)
    throw new WorkbenchError(
      'bad-request',
      `The files of weights (${source}) hold ${bytes.length} bytes, and the model lists ${needed}. ` +
        'They are not whole or belong to another model: get all files of the model again.',
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 0
  return new Map(
    readers.map(({ entry, reader }) => {
      const { scale = 1, min = 0 } = entry.quantization ?? {}
      const values = new Float32Array(countOf(entry))
      for (let i = 0; i < values.length; i++)
        values[i] = reader.read(view, offset + i * reader.bytes) * scale + min
      offset += values.length * reader.bytes
      if (!values.every(Number.isFinite))
        throw new WorkbenchError(
          'bad-request',
          `The weight ${entry.name} holds numbers that are not finite. Get the model again, or ` +
            'choose another.',
        )
      return [entry.name, { shape: entry.shape, values }]
    }),
  )
}

interface Reader {
  /** Bytes a number. */
  readonly bytes: number
  read(view: DataView, at: number): number
}

/** Little endian, as TensorFlow.js writes. */
const readers: Readonly<Record<string, Reader>> = {
  float32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  float16: { bytes: 2, read: (view, at) => halfOf(view.getUint16(at, true)) },
  int32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  uint16: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  uint8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  int8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  bool: { bytes: 1, read: (view, at) => view.getUint8(at) },
}

function readerOf({ name, dtype, quantization }: WeightEntry): Reader {
  const stored = quantization?.dtype ?? dtype
  const reader = readers[stored]
  if (reader) return reader
  throw new WorkbenchError(
    'bad-request',
    `The weight ${name} is stored as ${stored}; those that can be read are ` +
      `${Object.keys(readers).join(', ')}. Convert the model again without that type.`,
  )
}

function countOf({ shape }: WeightEntry): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** An IEEE 754 half: 1 bit sign, 5 exponent, 10 fraction. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
