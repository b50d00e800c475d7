import {
  BufferAttribute,
  BufferGeometry,
  Points,
  ShaderMaterial,
  Sphere,
  Vector2,
  Vector3,
} from 'three'
import type { IUniform } from 'three'
import { DrawOrder } from './drawOrder.ts'
import type { FrameRows } from './frameRows.ts'
import { noRows } from './frameRows.ts'
import type { SphereLook } from './look.ts'
import { pointFragmentShader, pointVertexShader } from './pointShaders.ts'
import type { PointSizes } from './pointSizes.ts'
import { define, setUniform } from './shaderParts.ts'

/** Kinds of rows in the order in which they are drawn: no faint one hides a full one. */
const faint = 0
const full = 1
const marked = 2

/** How points are drawn at this moment. */
export interface CloudPlace {
  readonly sizes: PointSizes
  readonly pixelRatio: number
  /** The eye in the ball's coordinates. */
  readonly eyeInBall: Vector3
  readonly farAlpha: number
  /** Share of the way from where rows set out, in [0, 1]. */
  readonly way: number
}

/**
 * The points of a frame, moving from where they were to where they are: one draw call for all without
 * a ring, one for those with one, and one for the point under the pointer.
 */
export class PointCloud {
  /** Alpha of each row as it is drawn, 0–255, `[n]`; 0 cannot be seen or picked. */
  alphas = new Uint8Array(0)
  readonly #uniforms: Record<string, IUniform> = {
    progress: { value: 1 },
    widths: { value: new Vector2() },
    hairline: { value: 1 },
    pixelRatio: { value: 1 },
    farAlpha: { value: 0.25 },
    eye: { value: new Vector3(0, 0, 4) },
    hovered: { value: -1 },
    ringColour: { value: new Vector3() },
    ink: { value: new Vector3() },
    accent: { value: new Vector3() },
    suspect: { value: new Vector3() },
  }
  readonly #plain = pointsOf(this.#uniforms, 2, {})
  readonly #marked = pointsOf(this.#uniforms, 2.1, { MARKED: 1 })
  /** Over pictures too. */
  readonly #hovered = pointsOf(this.#uniforms, 2.7, { MARKED: 1 })
  readonly #order = new DrawOrder()
  #rows: FrameRows = noRows
  #marks = new Uint8Array(0)
  #bytes = new Uint8Array(0)
  #shapes: Uint8Array | null = null
  #sizes: Uint8Array | null = null
  /** Mark, shape and size of each row in one byte, as the shader reads it. */
  #mixed = new Uint8Array(0)
  #areKindsOld = true
  /** Where the eye was when rows were put in order; null where they have to be again. */
  #orderedFor: Vector3 | null = null

  get meshes() {
    return [this.#plain, this.#marked, this.#hovered]
  }

  /** `start`: where each row sets out from, `[n, 3]`. */
  setRows(rows: FrameRows, start: Float32Array): void {
    const n = rows.ids.length
    this.#rows = rows
    this.alphas = new Uint8Array(n)
    this.#marks = new Uint8Array(n)
    this.#bytes = new Uint8Array(4 * n)
    this.#mixed = new Uint8Array(n)
    this.#order.setPositions(rows.positions)
    this.#areKindsOld = true
    const position = new BufferAttribute(rows.positions, 3)
    const attributes = {
      position,
      start: start === rows.positions ? position : new BufferAttribute(start, 3),
      colour: new BufferAttribute(this.#bytes, 4, true),
      mark: new BufferAttribute(this.#mixed, 1),
    }
    const index = new BufferAttribute(new Uint32Array(n), 1)
    // A geometry's buffers keep their length, so another frame is another geometry.
    for (const points of this.meshes) {
      points.geometry.dispose()
      points.geometry = new BufferGeometry()
      points.geometry.boundingSphere = new Sphere(new Vector3(), 1)
      for (const [name, attribute] of Object.entries(attributes))
        points.geometry.setAttribute(name, attribute)
      points.geometry.setIndex(index)
    }
    this.#hovered.geometry.setIndex(new BufferAttribute(new Uint32Array(1), 1))
  }

  /** The row under the pointer; −1 for none. */
  setHovered(row: number): void {
    this.#set('hovered', row)
    const { index } = this.#hovered.geometry
    if (index === null || row < 0) return
    index.array[0] = row
    index.needsUpdate = true
  }

  /** In the order of the whole frame: `[m, 3]` sRGB in [0, 1] and, unless all are shown, `[m]`. */
  setColours(colours: Float32Array, alphas: Float32Array | null): void {
    const attribute = this.#plain.geometry.getAttribute('colour')
    if (attribute === undefined) return
    const bytes = this.#bytes
    this.#rows.sources.forEach((source, row) => {
      for (let c = 0; c < 3; c++) bytes[4 * row + c] = toByte(colours[3 * source + c] ?? 0.6)
      this.alphas[row] = toByte(alphas === null ? 1 : (alphas[source] ?? 1))
      bytes[4 * row + 3] = this.alphas[row] ?? 0
    })
    attribute.needsUpdate = true
    this.#areKindsOld = true
  }

  /** Rows with a ring each: those that are selected, and those in a suspected pair. */
  setMarks(selected: Iterable<number>, suspected: Iterable<number>): void {
    this.#marks.fill(0)
    for (const row of suspected) this.#marks[row] = 2
    for (const row of selected) this.#marks[row] = 1
    this.#mix()
    this.#areKindsOld = true
  }

  /** In the order of the whole frame: 0 disc, 1 square, 2 triangle, 3 diamond, 4 cross; null: discs. */
  setShapes(shapes: Uint8Array | null): void {
    this.#shapes = shapes
    this.#mix()
  }

  /** In the order of the whole frame: steps from 1, small, to 15, large; 0 the usual; null: all usual. */
  setSizes(sizes: Uint8Array | null): void {
    this.#sizes = sizes
    this.#mix()
  }

  #mix(): void {
    const attribute = this.#plain.geometry.getAttribute('mark')
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
    this.#set('ringColour', new Vector3(...look.ring))
    this.#set('ink', new Vector3(...look.ink))
    this.#set('accent', new Vector3(...look.accent))
    this.#set('suspect', new Vector3(...look.suspect))
  }

  place({ sizes, pixelRatio, eyeInBall, farAlpha, way }: CloudPlace): void {
    this.#set('widths', new Vector2(sizes.far, sizes.near).multiplyScalar(pixelRatio))
    this.#set('hairline', sizes.hairline * pixelRatio)
    this.#set('pixelRatio', pixelRatio)
    this.#set('eye', eyeInBall)
    this.#set('farAlpha', farAlpha)
    this.#set('progress', way)
    for (const { material } of this.meshes) {
      define(material, 'TRAVELS', way < 1)
      define(material, 'SHAPES', this.#shapes !== null)
      define(material, 'SIZES', this.#sizes !== null)
    }
    this.#sort(eyeInBall)
  }

  /** Puts rows in the order in which they are drawn; hidden rows not at all. */
  #sort(eye: Vector3): void {
    const { index } = this.#plain.geometry
    if (index === null) return
    if (this.#areKindsOld) {
      this.#order.setKinds((row) => this.#kindOf(row))
      const [end, last] = [this.#order.endOf(full), this.#order.endOf(marked)]
      this.#plain.geometry.setDrawRange(0, end)
      this.#marked.geometry.setDrawRange(end, last - end)
      this.#marked.visible = last > end
      this.#areKindsOld = false
      this.#orderedFor = null
    }
    const row = Number(this.#uniforms.hovered?.value)
    this.#hovered.visible = (this.alphas[row] ?? 0) > 0
    if (this.#orderedFor?.equals(eye) === true) return
    this.#orderedFor = eye.clone()
    this.#order.write(eye, index.array as Uint32Array)
    index.needsUpdate = true
  }

  #kindOf(row: number): number {
    const alpha = this.alphas[row] ?? 0
    if (alpha === 0) return -1
    if (this.#marks[row] !== 0) return marked
    return alpha > 127 ? full : faint
  }

  #set(name: string, value: number | Vector2 | Vector3): void {
    setUniform(this.#uniforms, name, value)
  }

  dispose(): void {
    for (const { geometry, material } of this.meshes) {
      geometry.dispose()
      material.dispose()
    }
  }
}

function pointsOf(
  uniforms: Record<string, IUniform>,
  renderOrder: number,
  defines: Record<string, number>,
): Points<BufferGeometry, ShaderMaterial> {
  const material = new ShaderMaterial({
    vertexShader: pointVertexShader,
    fragmentShader: pointFragmentShader,
    defines,
    uniforms,
    transparent: true,
    premultipliedAlpha: true,
    // What lies behind is drawn before, so that edges let it through and nothing flickers.
    depthTest: false,
    depthWrite: false,
  })
  const points = new Points(new BufferGeometry(), material)
  points.frustumCulled = false
  points.renderOrder = renderOrder
  return points
}

function toByte(share: number): number {
  return Math.round(255 * Math.max(0, Math.min(1, share)))
}
