import type { WebGLRenderer } from 'three'

/** Of the device's memory, that many pixels take 64 MB. */
const mostPixels = 4e6

interface Buffers {
  readonly gl: WebGL2RenderingContext
  readonly framebuffer: WebGLFramebuffer
  readonly renderbuffer: WebGLRenderbuffer
}

/**
 * What lies behind everything, drawn once and shown many times. It is kept with four samples a pixel
 * although one would do: a device in software puts those together as fast as it clears the canvas, but
 * copies a plain picture pixel by pixel, ten times as slowly.
 */
export class KeptPicture {
  #buffers: Buffers | null = null
  /** What the picture shows, and what was to be shown last. */
  #kept: string | null = null
  #wanted: string | null = null
  #isUnable = false

  /**
   * Puts the picture on the whole canvas; says whether it did, since nothing is kept while it changes
   * from one time to the next.
   *
   * @param key of what is to be shown; another one is another picture
   * @param draw draws it over the whole canvas
   */
  show(renderer: WebGLRenderer, key: string, draw: () => void): boolean {
    const gl = renderer.getContext() as WebGL2RenderingContext
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl
    const hasSettled = key === this.#wanted
    this.#wanted = key
    if (!hasSettled || this.#isUnable || width * height > mostPixels) return false
    if (this.#kept === key) {
      put(renderer, this.#buffers)
      return true
    }
    this.dispose()
    this.#buffers = buffersOf(renderer, width, height)
    this.#kept = key
    this.#wanted = key
    renderer.state.bindFramebuffer(gl.FRAMEBUFFER, this.#buffers.framebuffer)
    draw()
    renderer.state.bindFramebuffer(gl.FRAMEBUFFER, null)
    put(renderer, this.#buffers)
    // A canvas of another format than the usual one takes no samples.
    this.#isUnable = gl.getError() !== gl.NO_ERROR
    return !this.#isUnable
  }

  /** After the look has changed. */
  forget(): void {
    this.#kept = null
    this.#wanted = null
  }

  dispose(): void {
    this.forget()
    this.#buffers?.gl.deleteFramebuffer(this.#buffers.framebuffer)
    this.#buffers?.gl.deleteRenderbuffer(this.#buffers.renderbuffer)
    this.#buffers = null
  }
}

function buffersOf(renderer: WebGLRenderer, width: number, height: number): Buffers {
  const gl = renderer.getContext() as WebGL2RenderingContext
  const [framebuffer, renderbuffer] = [gl.createFramebuffer(), gl.createRenderbuffer()]
  gl.bindRenderbuffer(gl.RENDERBUFFER, renderbuffer)
  gl.renderbufferStorageMultisample(gl.RENDERBUFFER, 4, gl.RGBA8, width, height)
  gl.bindRenderbuffer(gl.RENDERBUFFER, null)
  renderer.state.bindFramebuffer(gl.FRAMEBUFFER, framebuffer)
  gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, renderbuffer)
  return { gl, framebuffer, renderbuffer }
}

function put(renderer: WebGLRenderer, buffers: Buffers | null): void {
  if (buffers === null) return
  const { gl, framebuffer } = buffers
  const { drawingBufferWidth: width, drawingBufferHeight: height } = gl
  renderer.state.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null)
  renderer.state.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer)
  gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST)
  renderer.state.bindFramebuffer(gl.READ_FRAMEBUFFER, null)
}
