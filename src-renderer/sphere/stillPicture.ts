import type { WebGLRenderer } from 'three'
import { WebGLRenderTarget } from 'three'

export interface PngOptions {
  /** Times the size on the screen. */
  readonly scale: number
  /** Nothing behind the ball. */
  readonly isTransparent: boolean
}

/** As it is on the screen. */
export const plainPng: PngOptions = { scale: 1, isTransparent: false }

/** A picture beside the screen's, as large as the device allows. */
export interface StillSize {
  readonly width: number
  readonly height: number
  /** Pixels of the picture for one of the view. */
  readonly pixelRatio: number
}

/** @param most pixels along an edge that the device can draw */
export function stillSize(
  view: { readonly width: number; readonly height: number },
  pixelRatio: number,
  most: number,
): StillSize {
  const held = Math.min(pixelRatio, most / Math.max(view.width, view.height))
  return {
    width: Math.max(1, Math.floor(view.width * held)),
    height: Math.max(1, Math.floor(view.height * held)),
    pixelRatio: held,
  }
}

/** Draws into a picture of its own instead of onto the screen, and hands it over as a PNG. */
export async function pngOf(
  renderer: WebGLRenderer,
  { width, height }: StillSize,
  draw: () => void,
): Promise<Blob> {
  const target = new WebGLRenderTarget(width, height)
  const bytes = new Uint8Array(4 * width * height)
  renderer.setRenderTarget(target)
  try {
    draw()
    renderer.readRenderTargetPixels(target, 0, 0, width, height, bytes)
  } finally {
    renderer.setRenderTarget(null)
    target.dispose()
  }
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This window cannot draw in two dimensions.')
  context.putImageData(new ImageData(uprightBytes(bytes, width), width, height), 0, 0)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The picture could not be made.'))
      else resolve(blob)
    }, 'image/png')
  })
}

/**
 * The device gives the lowest row first, and colours that are multiplied by their alpha already; a
 * picture has neither.
 *
 * @param bytes `[height, width, 4]`
 */
export function uprightBytes(bytes: Uint8Array, width: number): Uint8ClampedArray<ArrayBuffer> {
  const upright = new Uint8ClampedArray(bytes.length)
  const stride = 4 * width
  for (let from = 0, to = bytes.length - stride; to >= 0; from += stride, to -= stride) {
    for (let i = 0; i < stride; i += 4) {
      const alpha = bytes[from + i + 3] ?? 0
      for (let c = 0; c < 3; c++) {
        const share = alpha === 0 ? 0 : 255 / alpha
        upright[to + i + c] = (bytes[from + i + c] ?? 0) * share
      }
      upright[to + i + 3] = alpha
    }
  }
  return upright
}
