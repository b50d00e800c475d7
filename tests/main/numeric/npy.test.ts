import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNpy, writeNpy } from '../../../src-main/numeric/npy.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antipode-npy-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A file with this header, as `numpy.lib.format` lays it out, and so many bytes of data. */
function fileWith(words: string, dataBytes: number): Buffer {
  const file = Buffer.alloc(10 + words.length + dataBytes)
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  file.writeUInt16LE(words.length, 8)
  file.write(words, 10, 'latin1')
  return file
}

function header({ descr = '<f4', fortran = 'False', shape = '(2,)' } = {}): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`
}

describe('what is written comes back', () => {
  it.each([[[2, 3]], [[6]], [[1, 2, 3]], [[0, 4]], [[]]])('in the shape %j', async (shape) => {
    const path = join(folder, 'array.npy')
    const size = shape.reduce((product: number, length: number) => product * length, 1)
    // A view that starts inside its buffer.
    const data = Float32Array.from({ length: size + 1 }, (_, i) => 1 / (i - 3)).subarray(1)
    await writeNpy(path, { data, shape })
    expect(await readNpy(path)).toEqual({ data: data.slice(), shape })
  })

  it('as numpy.save would have written it', async () => {
    const path = join(folder, 'layout.npy')
    await writeNpy(path, { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] })
    const file = await readFile(path)
    expect(file.length).toBe(128 + 24)
    expect(file.toString('latin1', 10, 128)).toBe(
      `${"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117)}\n`,
    )
  })

  it('only if the numbers fill the shape', () =>
    expect(
      writeNpy(join(folder, 'x.npy'), { data: new Float32Array(5), shape: [2, 3] }),
    ).rejects.toThrow(TypeError))
})

describe('readNpy refuses', () => {
  it.each([
    ['no array at all', Buffer.from('PK\x03\x04 something else')],
    ['an empty file', Buffer.alloc(0)],
    ['a file that ends in its preamble', fileWith('', 0).subarray(0, 8)],
    ['a file that ends in its header', fileWith(header(), 8).subarray(0, 30)],
    ['data that is cut short', fileWith(header(), 7)],
    ['data that is too long', fileWith(header(), 12)],
    ['float64', fileWith(header({ descr: '<f8' }), 16)],
    ['big-endian numbers', fileWith(header({ descr: '>f4' }), 8)],
    ['objects', fileWith(header({ descr: '|O' }), 8)],
    ['a header that only mentions float32', fileWith(`{'<f4': False, 'shape': (2,), }\n`, 8)],
    ['Fortran order', fileWith(header({ fortran: 'True' }), 8)],
    ['a negative length', fileWith(header({ shape: '(-2,)' }), 8)],
    ['two numbers for one length', fileWith(header({ shape: '(1 2,)' }), 8)],
    [
      'more numbers than can be counted',
      fileWith(header({ shape: '(4294967296, 4294967296)' }), 8),
    ],
    ['a length beyond counting', fileWith(header({ shape: '(0, 99999999999999999999)' }), 0)],
  ])('%s', async (name, bytes) => {
    const path = join(folder, `${name}.npy`)
    await writeFile(path, bytes)
    await expect(readNpy(path)).rejects.toMatchObject({ name: 'WorkbenchError', code: 'io' })
  })

  it('a file that is not there, and a folder, and says which', async () => {
    await expect(readNpy(join(folder, 'nowhere.npy'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(readNpy(folder)).rejects.toMatchObject({ code: 'io' })
  })
})
