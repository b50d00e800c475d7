import { readFile } from 'node:fs/promises'
import { WorkbenchError } from '../contract/errors.ts'
import { writeFileSafely } from './writeSafely.ts'

/** An array as NumPy keeps it. */
export interface NpyArray {
  /** Row by row. */
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** `\x93NUMPY` and version 1.0. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]

/** Magic, version and length of the header. */
const preambleBytes = 10

/** Writes float32, C order, little-endian: `numpy.load` reads it. The file is there whole or not at all. */
export async function writeNpy(path: string, { data, shape }: NpyArray): Promise<void> {
  const size = shape.reduce((product, length) => product * length, 1)
  if (size !== data.length)
    throw new TypeError(`${data.length} numbers do not fill the shape ${shape.join(' × ')}`)
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`
  // The data starts at a multiple of 64 bytes, as NumPy has it.
  const length = Math.ceil((preambleBytes + words.length + 1) / 64) * 64 - preambleBytes
  const file = new Uint8Array(preambleBytes + length + data.byteLength)
  file.set(magic)
  new DataView(file.buffer).setUint16(8, length, true)
  file.set(new TextEncoder().encode(`${words.padEnd(length - 1)}\n`), preambleBytes)
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), preambleBytes + length)
  await writeFileSafely(path, file)
}

/** The header that {@link writeNpy} and NumPy itself write. */
const headerPattern =
  /^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(((?:\d+, ?)*\d*)\), \} *\n$/

/**
 * @throws WorkbenchError `not-found` if there is no such file, `io` when it cannot be read, is no
 *   float32 array in C order or is cut short
 */
export async function readNpy(path: string): Promise<NpyArray> {
  let file: Buffer
  try {
    file = await readFile(path)
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const code = isMissing ? 'not-found' : 'io'
    throw new WorkbenchError(code, `${path} cannot be read.`, { cause: error })
  }
  const damaged = (what: string) =>
    new WorkbenchError('io', `${path} is not a NumPy array that Antipode wrote: ${what}.`)
  if (!magic.every((byte, i) => file[i] === byte)) throw damaged('it does not start like one')
  if (file.length < preambleBytes) throw damaged('it is cut short')
  const start = preambleBytes + file.readUInt16LE(8)
  const words = file.toString('latin1', preambleBytes, start)
  const [, type, isFortran, shape = ''] = headerPattern.exec(words) ?? []
  if (type !== '<f4' || isFortran !== 'False') throw damaged('it is not float32 in C order')
  const lengths = shape.split(',').flatMap((part) => (part.trim() ? [Number(part)] : []))
  const size = lengths.reduce((product, length) => product * length, 1)
  if (![...lengths, size].every(Number.isSafeInteger)) throw damaged('its shape is none')
  if (file.length - start !== 4 * size)
    throw damaged(`it holds ${file.length - start} bytes of data instead of ${4 * size}`)
  // A copy, since a view has to start at a multiple of four bytes.
  return {
    data: new Float32Array(
      file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length),
    ),
    shape: lengths,
  }
}
