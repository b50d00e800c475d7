/**
 * Writes protocol-buffer messages: the part of the format that ONNX files need.
 * https://protobuf.dev/programming-guides/encoding
 */
export class ProtobufWriter {
  private buffer = new Uint8Array(256)
  private length = 0

  /** What was written so far. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length)
  }

  integer(field: number, value: number): this {
    this.varint(field << 3)
    this.varint(value)
    return this
  }

  float(field: number, value: number): this {
    this.varint((field << 3) | 5)
    this.reserve(4)
    new DataView(this.buffer.buffer).setFloat32(this.length, value, true)
    this.length += 4
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    this.varint((field << 3) | 2)
    this.varint(value.length)
    this.reserve(value.length)
    this.buffer.set(value, this.length)
    this.length += value.length
    return this
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  message(field: number, write: (message: ProtobufWriter) => void): this {
    const message = new ProtobufWriter()
    write(message)
    return this.bytes(field, message.buffer.subarray(0, message.length))
  }

  /** A safe integer; negative ones are two's complement in 64 bits, as `int64` asks. */
  private varint(value: number): void {
    this.reserve(10)
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 127n) {
      this.buffer[this.length++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.buffer[this.length++] = Number(rest)
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + count))
    larger.set(this.buffer)
    this.buffer = larger
  }
}
