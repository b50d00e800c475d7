import { describe, expect, test } from 'vitest'
import { decode, encode } from '../../../src-main/contract/codec.ts'
import { WorkbenchError } from '../../../src-main/contract/errors.ts'
import { random } from '../../../src-main/numeric/random.ts'

describe('what is encoded comes back', () => {
  test('plain values, nested values and typed arrays of every kind', () => {
    const value = {
      text: 'Katzen und Hünde 🐈',
      list: [1, null, 'a', { deep: [[true]] }],
      arrays: [
        new Int8Array([-1, 2]),
        new Uint8Array([255]),
        new Int16Array([-300]),
        new Uint16Array([65535]),
        new Int32Array([-1, 2 ** 31 - 1]),
        new Uint32Array([2 ** 32 - 1]),
        new Float32Array([0.5, NaN, Infinity]),
        new Float64Array([Math.PI]),
        new Float32Array(0),
      ],
    }
    expect(decode(encode(value))).toEqual(value)
  })

  test('bare arrays, strings, null and nothing', () => {
    for (const value of [new Float32Array([1, 2, 3]), 'text', 7, null, undefined, []])
      expect(decode(encode(value))).toEqual(value)
  })

  test('typed arrays are views into the frame, also when it starts at an odd address', () => {
    const frame = encode({ a: new Uint8Array(3), b: new Float64Array([1, 2]) })
    const { b } = decode(frame) as { b: Float64Array }
    expect(b.buffer).toBe(frame.buffer)
    const shifted = new Uint8Array(frame.length + 1)
    shifted.set(frame, 1)
    expect(decode(shifted.subarray(1))).toEqual(decode(frame))
  })

  test('a Node Buffer and a part of an array travel as what they show', () => {
    const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3)
    expect(decode(encode({ part, bytes: Buffer.from('ab') }))).toEqual({
      part: new Float32Array([2, 3]),
      bytes: new Uint8Array([97, 98]),
    })
  })
})

test('what is not plain data is refused where it is encoded', () => {
  for (const value of [() => 1, new Map(), { a: new Date() }, [1n], new BigInt64Array(1)])
    expect(() => encode(value)).toThrow(TypeError)
})

describe('hostile frames', () => {
  const frameOf = (header: string, rest = new Uint8Array(0)): Uint8Array => {
    const text = new TextEncoder().encode(header)
    const start = Math.ceil((4 + text.length) / 8) * 8
    const frame = new Uint8Array(start + rest.length)
    new DataView(frame.buffer).setUint32(0, text.length, true)
    frame.set(text, 4)
    frame.set(rest, start)
    return frame
  }
  const section = (path: string, length = 1, type = 'Float64Array') =>
    `{"type":"${type}","length":${length},"path":${path}}`
  const eight = new Uint8Array(8)

  const cases: readonly (readonly [title: string, frame: Uint8Array])[] = [
    ['nothing', new Uint8Array(0)],
    ['a header length beyond the end', new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0])],
    ['no JSON', frameOf('{"value":')],
    ['no UTF-8', new Uint8Array([2, 0, 0, 0, 0xff, 0xfe, 0, 0])],
    ['no sections', frameOf('{"value":1}')],
    ['an array as header', frameOf('[1]')],
    ['bytes that belong to nothing', frameOf('{"value":1,"sections":[]}', eight)],
    ['an unknown type', frameOf(`{"value":null,"sections":[${section('[]', 1, 'eval')}]}`, eight)],
    ['a negative length', frameOf(`{"value":null,"sections":[${section('[]', -1)}]}`, eight)],
    ['a length beyond the end', frameOf(`{"value":null,"sections":[${section('[]', 2)}]}`, eight)],
    ['a huge length', frameOf(`{"value":null,"sections":[${section('[]', 1e15)}]}`, eight)],
    ['a place that is taken', frameOf(`{"value":{"a":1},"sections":[${section('["a"]')}]}`, eight)],
    ['a missing place', frameOf(`{"value":{},"sections":[${section('["a"]')}]}`, eight)],
    [
      'a path to a prototype',
      frameOf(`{"value":{},"sections":[${section('["__proto__","x"]')}]}`, eight),
    ],
    [
      'a path through a constructor',
      frameOf(`{"value":{"a":{}},"sections":[${section('["a","constructor"]')}]}`, eight),
    ],
    [
      'the length of a list as a place',
      frameOf(`{"value":[null],"sections":[${section('["length"]')}]}`, eight),
    ],
    ['a __proto__ property', frameOf('{"value":{"__proto__":{"isAdmin":true}},"sections":[]}')],
    [
      'an escaped __proto__ property',
      frameOf('{"value":[{"a":{"\\u005f_proto__":{}}}],"sections":[]}'),
    ],
    [
      'a tower of brackets',
      frameOf(`{"value":${'['.repeat(1e5)}${']'.repeat(1e5)},"sections":[]}`),
    ],
  ]

  test.each(cases)('%s is refused', (_, frame) => {
    let caught: unknown
    try {
      decode(frame)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(WorkbenchError)
    expect((caught as WorkbenchError).code).toBe('bad-request')
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test('a frame with any byte changed is read or refused, never anything else', () => {
    const stream = random(1, 'codec fuzz')
    const honest = encode({
      m: 'sphere',
      a: [{ ids: new Int32Array([1, 2]), positions: new Float32Array(6), deep: [null, 'x'] }],
    })
    for (let round = 0; round < 20_000; round++) {
      const frame = honest.slice(0, round % 5 === 0 ? stream.integer(honest.length) : undefined)
      for (let i = 0; i <= stream.integer(3) && frame.length > 0; i++)
        frame[stream.integer(frame.length)] = stream.integer(256)
      try {
        decode(frame)
      } catch (error) {
        expect(error).toBeInstanceOf(WorkbenchError)
      }
    }
  })
})
