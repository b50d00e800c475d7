import { describe, expect, it } from 'vitest'
import { ProtobufWriter } from '../../../../src-main/numeric/onnx/protobuf.ts'

const bytesOf = (writer: ProtobufWriter) => [...writer.finish()]

describe('ProtobufWriter', () => {
  // The examples of https://protobuf.dev/programming-guides/encoding
  it('writes integers as varints', () => {
    expect(bytesOf(new ProtobufWriter().integer(1, 150))).toEqual([0x08, 0x96, 0x01])
  })

  it('writes strings with their length', () => {
    expect(bytesOf(new ProtobufWriter().string(2, 'testing'))).toEqual([
      0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
    ])
  })

  it('writes messages in messages', () => {
    const writer = new ProtobufWriter().message(3, (message) => message.integer(1, 150))
    expect(bytesOf(writer)).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01])
  })

  it('writes negative integers in two’s complement of 64 bits', () => {
    expect(bytesOf(new ProtobufWriter().integer(1, -2))).toEqual([
      0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
    ])
  })

  it('writes floats in little endian', () => {
    expect(bytesOf(new ProtobufWriter().float(2, 1))).toEqual([0x15, 0, 0, 0x80, 0x3f])
  })

  it('grows with what is written', () => {
    const large = new Uint8Array(100_000).fill(7)
    const bytes = new ProtobufWriter().bytes(1, large).bytes(1, large).finish()
    expect(bytes.length).toBe(2 * (100_000 + 4))
    expect(bytes.at(-1)).toBe(7)
  })
})
