import { BufferAttribute, BufferGeometry, Points, ShaderMaterial, Sphere, Vector3 } from 'three'
import type { FrameRows } from './frameRows.ts'
import { noRows } from './frameRows.ts'
import type { SphereLook } from './look.ts'
import { pointFragmentShader, pointVertexShader } from './pointShaders.ts'

/**
 * Diameter of a point in CSS pixels: 6 for a few, 4 for 100,000 on a ball of 560 px; a little more on
 * a larger ball or for a few dozen, and more as the eye comes near.
 */
export function pointSizePx(count: number, ballPx: number): number {
  const size = Math.max(4, Math.min(7, 6 - Math.log10(Math.max(1, count) / 1000)))
  return size * Math.max(0.75, Math.min(2.6, (ballPx / 560) ** 0.45))
}

/** Width of the dark hairline around a point, px: a full one for a few, a fine one for many. */
export function pointRingPx(count: number): number {
  return Math.max(0.45, Math.min(1, 1.45 - 0.2 * Math.log10(count / 1000 + 1) ** 2))
}

/** All points of a frame in one draw call, moving from where they were to where they are. */
export class PointCloud {
  readonly points: Points<BufferGeometry, ShaderMaterial>
  /** Alpha of each row as it is drawn, 0–255, `[n]`; 0 cannot be seen or picked. */
  alphas = new Uint8Array(0)
  #rows: FrameRows = noRows
  #marks = new Uint8Array(0)
  #bytes = new Uint8Array(0)
  #shapes: Uint8Array | null = null
  #sizes: Uint8Array | null = null
  /** Mark, shape and size of each row in one byte, as the shader reads it. */
  #mixed = new Uint8Array(0)
  #isOrderOld = true

  constructor() {
    const material = new ShaderMaterial({
      vertexShader: pointVertexShader,
      fragmentShader: pointFragmentShader,
      transparent: true,
      depthTest: true,
      depthWrite: true,
      uniforms: {
        progress: { value: 1 },
        size: { value: 6 },
        ring: { value: 1 },
        pixelRatio: { value: 1 },
        farAlpha: { value: 0.25 },
        eye: { value: new Vector3(0, 0, 4) },
        hovered: { value: -1 },
        ringColour: { value: new Vector3() },
        ink: { value: new Vector3() },
        accent: { value: new Vector3() },
        suspect: { value: new Vector3() },
      },
    })
    this.points = new Points(new BufferGeometry(), material)
    this.points.frustumCulled = false
    this.points.renderOrder = 2
  }

  /** `start`: where each row sets out from, `[n, 3]`. */
  setRows(rows: FrameRows, start: Float32Array): void {
    this.#rows = rows
    this.#isOrderOld = true
    // A geometry's buffers keep their length, so another frame is another geometry.
    this.points.geometry.dispose()
    const geometry = new BufferGeometry()
    geometry.boundingSphere = new Sphere(new Vector3(), 1)
    geometry.setAttribute('position', new BufferAttribute(rows.positions, 3))
    geometry.setAttribute('start', new BufferAttribute(start, 3))
    const n = rows.ids.length
    this.alphas = new Uint8Array(n)
    this.#marks = new Uint8Array(n)
    this.#bytes = new Uint8Array(4 * n)
    geometry.setAttribute('colour', new BufferAttribute(this.#bytes, 4, true))
    this.#mixed = new Uint8Array(n)
    geometry.setAttribute('mark', new BufferAttribute(this.#mixed, 1))
    geometry.setIndex(new BufferAttribute(new Uint32Array(n), 1))
    this.points.geometry = geometry
  }

  /** In the order of the whole frame: `[m, 3]` sRGB in [0, 1] and, unless all are shown, `[m]`. */
  setColours(colours: Float32Array, alphas: Float32Array | null): void {
    const attribute = this.points.geometry.getAttribute('colour')
    if (attribute === undefined) return
    const bytes = this.#bytes
    this.#rows.sources.forEach((source, row) => {
      for (let c = 0; c < 3; c++) bytes[4 * row + c] = toByte(colours[3 * source + c] ?? 0.6)
      this.alphas[row] = toByte(alphas === null ? 1 : (alphas[source] ?? 1))
      bytes[4 * row + 3] = this.alphas[row] ?? 0
    })
    attribute.needsUpdate = true
    this.#isOrderOld = true
  }

  /** Rows with a ring each: those that are selected, and those in a suspected pair. */
  setMarks(selected: Iterable<number>, suspected: Iterable<number>): void {
    this.#marks.fill(0)
    for (const row of suspected) this.#marks[row] = 2
    for (const row of selected) this.#marks[row] = 1
    this.#mix()
    this.#isOrderOld = true
  }

  /** In the order of the whole frame: 0 disc, 1 square, 2 triangle, 3 diamond, 4 cross; null: discs. */
  setShapes(shapes: Uint8Array | null): void {
    this.#shapes = shapes
    this.#mix()
    this.#define()
  }

  /** In the order of the whole frame: steps from 1, small, to 15, large; 0 the usual; null: all usual. */
  setSizes(sizes: Uint8Array | null): void {
    this.#sizes = sizes
    this.#mix()
    this.#define()
  }

  /** Programs of their own, so that plain discs cost nothing more. */
  #define(): void {
    const { material } = this.points
    const [hasShapes, hasSizes] = [this.#shapes !== null, this.#sizes !== null]
    const { SHAPES, SIZES, ...others } = material.defines ?? {}
    if ((SHAPES !== undefined) === hasShapes && (SIZES !== undefined) === hasSizes) return
    material.defines = {
      ...others,
      ...(hasShapes && { SHAPES: 1 }),
      ...(hasSizes && { SIZES: 1 }),
    }
    material.needsUpdate = true
  }

  #mix(): void {
    const attribute = this.points.geometry.getAttribute('mark')
    if (attribute === undefined) return
    this.#rows.sources.forEach((source, row) => {
      const shape = this.#shapes?.[source] ?? 0
      this.#mixed[row] = (this.#marks[row] ?? 0) + 3 * shape + 15 * (this.#sizes?.[source] ?? 0)
    })
    attribute.needsUpdate = true
  }

  /** Colour and alpha of each row as it is drawn, 0–255, `[n, 4]`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** 1 for a row that is selected, 2 for one in a suspected pair, else 0; `[n]`. */
  get marks(): Uint8Array {
    return this.#marks
  }

  setLook(look: SphereLook): void {
    this.set('ringColour', new Vector3(...look.ring))
    this.set('ink', new Vector3(...look.ink))
    this.set('accent', new Vector3(...look.accent))
    this.set('suspect', new Vector3(...look.suspect))
  }

  set(name: string, value: number | Vector3): void {
    const uniform = this.points.material.uniforms[name]
    if (uniform !== undefined) uniform.value = value
  }

  /** Faint rows first, then full ones, then marked ones; hidden rows not at all. */
  sort(): void {
    const index = this.points.geometry.index
    if (!this.#isOrderOld || index === null) return
    this.#isOrderOld = false
    const ends = [0, 0, 0, 0]
    const n = this.alphas.length
    for (let row = 0; row < n; row++) {
      const kind = this.#kindOf(row)
      if (kind >= 0) ends[kind + 1] = (ends[kind + 1] ?? 0) + 1
    }
    for (let kind = 1; kind < 4; kind++) ends[kind] = (ends[kind] ?? 0) + (ends[kind - 1] ?? 0)
    this.points.geometry.setDrawRange(0, ends[3] ?? 0)
    for (let row = 0; row < n; row++) {
      const kind = this.#kindOf(row)
      if (kind < 0) continue
      const at = ends[kind] ?? 0
      ends[kind] = at + 1
      index.array[at] = row
    }
    index.needsUpdate = true
  }

  #kindOf(row: number): number {
    const alpha = this.alphas[row] ?? 0
    if (alpha === 0) return -1
    if (this.#marks[row] !== 0) return 2
    return alpha > 127 ? 1 : 0
  }

  dispose(): void {
    this.points.geometry.dispose()
    this.points.material.dispose()
  }
}

function toByte(share: number): number {
  return Math.round(255 * Math.max(0, Math.min(1, share)))
}
