import type { FilmPicture } from './webm.ts'
import { webmOf } from './webm.ts'

export interface FilmOptions {
  readonly rate: number
  readonly pictures: number
  /** Draws a picture on the canvas. */
  readonly draw: (picture: number) => void
  readonly signal: AbortSignal
  /** Told the share that is done, in [0, 1]. */
  readonly onProgress: (share: number) => void
}

/** VP9 looks better at the same size; some windows have only VP8. */
const codecs = [
  { codec: 'vp09.00.41.08', name: 'V_VP9' },
  { codec: 'vp8', name: 'V_VP8' },
] as const

/** Pictures that wait for the encoder at most. */
const waitingAtMost = 4
const secondsBetweenKeys = 2

/** Whether this window can make films. */
export function canFilm(): boolean {
  return 'VideoEncoder' in globalThis && 'VideoFrame' in globalThis
}

/**
 * Encodes pictures of a canvas as a film, each at its exact time however long it took to draw.
 *
 * @throws the signal's reason when it is aborted; an Error where no encoder takes the size
 */
export async function encodeFilm(canvas: HTMLCanvasElement, options: FilmOptions): Promise<Blob> {
  const { rate, pictures, draw, signal, onProgress } = options
  const { width, height } = canvas
  const found = await codecFor(width, height, rate)
  const encoded: FilmPicture[] = []
  let failure: Error | null = null
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength)
      chunk.copyTo(data)
      encoded.push({ data, timeMs: chunk.timestamp / 1000, isKey: chunk.type === 'key' })
    },
    error: (error) => (failure = error),
  })
  try {
    encoder.configure(found.config)
    for (let i = 0; i < pictures; i++) {
      draw(i)
      const frame = new VideoFrame(canvas, {
        timestamp: Math.round((1e6 * i) / rate),
        duration: Math.round(1e6 / rate),
      })
      encoder.encode(frame, { keyFrame: i % (secondsBetweenKeys * rate) === 0 })
      frame.close()
      // Also lets the window show how far it is, and hear that it should stop.
      do await nextTurn()
      while (encoder.encodeQueueSize > waitingAtMost && failure === null)
      signal.throwIfAborted()
      if (failure !== null) throw failure as Error
      onProgress((i + 1) / pictures)
    }
    await encoder.flush()
    signal.throwIfAborted()
  } finally {
    if (encoder.state !== 'closed') encoder.close()
  }
  const durationMs = (1000 * pictures) / rate
  return webmOf(encoded, { codec: found.name, width, height, durationMs })
}

async function codecFor(width: number, height: number, framerate: number) {
  for (const { codec, name } of codecs) {
    // Points are sharp and small: a film of them needs more than one of faces.
    const bitrate = Math.round(0.16 * width * height * framerate)
    const config: VideoEncoderConfig = { codec, width, height, framerate, bitrate }
    const { supported } = await VideoEncoder.isConfigSupported(config)
    if (supported) return { config, name }
  }
  throw new Error(`No encoder of this window takes pictures of ${width} × ${height}.`)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
