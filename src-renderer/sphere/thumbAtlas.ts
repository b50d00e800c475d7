import { CanvasTexture, DataTexture, LinearFilter, NoColorSpace, Vector2 } from 'three'
import type { WebGLRenderer } from 'three'

/** Wider than this, an atlas takes more memory than a small graphics card has to spare. */
const widestPx = 8192
const parallel = 12

/** Small pictures of images in one texture; each is fetched once, and kept while it is wanted. */
export class ThumbAtlas {
  /** Cells along each edge. */
  side = 0
  readonly #renderer: WebGLRenderer
  readonly #cellPx: number
  readonly #changed: () => void
  readonly #canvas = document.createElement('canvas')
  readonly #cells = new Map<number, number>()
  readonly #loaded = new Set<number>()
  #free: number[] = []
  #queue: readonly number[] = []
  #running = 0
  #texture: DataTexture | null = null
  #urlOf: (id: number) => string | null = () => null

  /**
   * @param cellPx edge of a picture
   * @param changed is called after each picture that has come
   */
  constructor(renderer: WebGLRenderer, cellPx: number, changed: () => void) {
    this.#renderer = renderer
    this.#cellPx = cellPx
    this.#changed = changed
    this.#canvas.width = this.#cellPx
    this.#canvas.height = this.#cellPx
  }

  get texture(): DataTexture | null {
    return this.#texture
  }

  /** Pictures that can be held at once. */
  get capacity(): number {
    return (
      Math.floor(Math.min(this.#renderer.capabilities.maxTextureSize, widestPx) / this.#cellPx) ** 2
    )
  }

  /** Wants the pictures of these ids, the first ones first; at most as many as can be held. */
  want(ids: readonly number[], urlOf: (id: number) => string | null): void {
    this.#urlOf = urlOf
    const wanted = new Set(ids)
    const side = Math.ceil(Math.sqrt(wanted.size))
    if (side > this.side) this.#grow(side)
    for (const [id, cell] of this.#cells) {
      if (wanted.has(id)) continue
      this.#cells.delete(id)
      this.#loaded.delete(id)
      this.#free.push(cell)
    }
    this.#queue = ids.filter((id) => !this.#cells.has(id))
    this.#pump()
  }

  /** Cell of a picture that is there; −1 for none. */
  cellOf(id: number): number {
    return this.#loaded.has(id) ? (this.#cells.get(id) ?? -1) : -1
  }

  /** Forgets all pictures, as after the graphics device was lost. */
  clear(): void {
    this.dispose()
    this.side = 0
  }

  dispose(): void {
    this.#queue = []
    this.#texture?.dispose()
    this.#texture = null
    this.#cells.clear()
    this.#loaded.clear()
  }

  #grow(side: number): void {
    this.dispose()
    this.side = side
    const texture = new DataTexture(null, side * this.#cellPx, side * this.#cellPx)
    // Bytes are shown as they are, as all colours of the scene.
    texture.colorSpace = NoColorSpace
    texture.minFilter = LinearFilter
    texture.magFilter = LinearFilter
    // Room without content: pictures are copied into it one by one.
    texture.source.dataReady = false
    texture.needsUpdate = true
    this.#texture = texture
    this.#free = Array.from({ length: side * side }, (_, i) => side * side - 1 - i)
  }

  #pump(): void {
    while (this.#running < parallel && this.#queue.length > 0 && this.#free.length > 0) {
      const [id, ...rest] = this.#queue
      this.#queue = rest
      const url = id === undefined ? null : this.#urlOf(id)
      const cell = this.#free.pop()
      if (id === undefined || cell === undefined) continue
      this.#cells.set(id, cell)
      if (url === null) continue
      this.#running++
      void this.#load(id, cell, url).finally(() => {
        this.#running--
        this.#pump()
      })
    }
  }

  async #load(id: number, cell: number, url: string): Promise<void> {
    const image = new Image()
    image.crossOrigin = 'anonymous'
    image.src = url
    try {
      await image.decode()
    } catch {
      // A file that cannot be read now stays a point.
      return
    }
    if (this.#texture === null || this.#cells.get(id) !== cell) return
    this.#copy(image, cell, this.#texture)
    this.#loaded.add(id)
    this.#changed()
  }

  /** The middle square of the picture, into its cell. */
  #copy(image: HTMLImageElement, cell: number, texture: DataTexture): void {
    const context = this.#canvas.getContext('2d')
    if (context === null) return
    const edge = Math.min(image.naturalWidth, image.naturalHeight)
    const left = (image.naturalWidth - edge) / 2
    const top = (image.naturalHeight - edge) / 2
    context.imageSmoothingQuality = 'high'
    context.clearRect(0, 0, this.#cellPx, this.#cellPx)
    context.drawImage(image, left, top, edge, edge, 0, 0, this.#cellPx, this.#cellPx)
    const source = new CanvasTexture(this.#canvas)
    const place = new Vector2(cell % this.side, Math.floor(cell / this.side))
    this.#renderer.copyTextureToTexture(source, texture, null, place.multiplyScalar(this.#cellPx))
    source.dispose()
  }
}
