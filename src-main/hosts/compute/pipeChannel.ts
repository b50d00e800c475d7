import type { Duplex } from 'node:stream'
import type { Channel } from '../../contract/peer.ts'

/** No frame of ours comes near; a longer one is a broken pipe's noise, not a request for memory. */
const maxFrameBytes = 2 ** 31 - 1

/** A channel over a stream of bytes: each frame follows its length (`u32`, little endian). */
export function pipeChannel(stream: Duplex): Channel {
  // A process that is killed resets its pipe; the stream closes by itself after that.
  stream.on('error', () => undefined)
  return {
    post: (frame) => {
      if (!stream.writable) return
      const length = new Uint8Array(4)
      new DataView(length.buffer).setUint32(0, frame.length, true)
      stream.cork()
      stream.write(length)
      stream.write(frame)
      stream.uncork()
    },
    on: (listener) => {
      const frames = new FrameReader(listener)
      const read = (chunk: Uint8Array): void => {
        if (!frames.read(chunk)) stream.destroy()
      }
      stream.on('data', read)
      return () => void stream.off('data', read)
    },
    onClose: (listener) => {
      stream.once('close', listener)
      return () => void stream.off('close', listener)
    },
    close: () => void stream.destroy(),
  }
}

/** Puts frames together from chunks that end anywhere. */
class FrameReader {
  private readonly listener: (frame: Uint8Array) => void
  private readonly length = new Uint8Array(4)
  private lengthFilled = 0
  /** Memory of its own for each frame, so that its arrays can be used in place. */
  private frame: Uint8Array | null = null
  private frameFilled = 0

  constructor(listener: (frame: Uint8Array) => void) {
    this.listener = listener
  }

  /** False when what comes is not a frame. */
  read(chunk: Uint8Array): boolean {
    let rest = chunk
    while (rest.length > 0) {
      if (this.frame === null) {
        rest = this.readLength(rest)
        if (this.lengthFilled < 4) return true
        const length = new DataView(this.length.buffer).getUint32(0, true)
        if (length === 0 || length > maxFrameBytes) return false
        this.frame = new Uint8Array(length)
        this.frameFilled = 0
      }
      const part = rest.subarray(0, this.frame.length - this.frameFilled)
      this.frame.set(part, this.frameFilled)
      this.frameFilled += part.length
      rest = rest.subarray(part.length)
      if (this.frameFilled < this.frame.length) return true
      const { frame } = this
      this.frame = null
      this.lengthFilled = 0
      this.listener(frame)
    }
    return true
  }

  private readLength(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, 4 - this.lengthFilled)
    this.length.set(part, this.lengthFilled)
    this.lengthFilled += part.length
    return chunk.subarray(part.length)
  }
}
