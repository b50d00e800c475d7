import {
  Color,
  Matrix4,
  PerspectiveCamera,
  Scene,
  SRGBColorSpace,
  Vector2,
  Vector3,
  WebGLRenderer,
} from 'three'
import { Arcs } from './arcs.ts'
import { Ball } from './ball.ts'
import { Caps } from './caps.ts'
import type { SceneCap } from './caps.ts'
import type { Pose, ScreenPoint } from './eye.ts'
import { hitOf, outlinePx, poseOf, screenOf } from './eye.ts'
import type { FrameRows } from './frameRows.ts'
import { noRows, rowById, rowsOf } from './frameRows.ts'
import { Graticule } from './graticule.ts'
import type { SphereLook } from './look.ts'
import { pickRow } from './picking.ts'
import type { PointGrid } from './pointGrid.ts'
import { gridOf } from './pointGrid.ts'
import { nearestRows } from './nearestRows.ts'
import { PointCloud, pointSizePx } from './points.ts'
import { stepRow } from './stepping.ts'
import type { Area } from './sweeping.ts'
import { rowsWithin } from './sweeping.ts'
import { Tails } from './tails.ts'
import type { SceneTail } from './tails.ts'
import { ThumbAtlas } from './thumbAtlas.ts'
import { Thumbs, thumbSizePx } from './thumbs.ts'
import { Trackball } from './trackball.ts'
import { easeInOut, easeOut, slerpRows, startOf } from './transition.ts'

export interface ScenePair {
  readonly from: number
  readonly to: number
  readonly isDashed: boolean
}

const transitionMs = 600
const pickRadiusPx = 14
/** Where not all pictures fit, those nearest to the eye are chosen anew when it has turned so far. */
const chooseAgainCosine = Math.cos(0.15)

/** Draws unit vectors on a ball, only when something changes. Throws where there is no WebGL 2. */
export class SphereScene {
  readonly trackball = new Trackball()
  readonly #renderer: WebGLRenderer
  readonly #scene = new Scene()
  readonly #camera = new PerspectiveCamera(30, 1, 0.01, 20)
  readonly #ball = new Ball()
  readonly #graticule = new Graticule()
  readonly #caps = new Caps()
  readonly #cloud = new PointCloud()
  readonly #arcs = new Arcs()
  readonly #tails = new Tails()
  readonly #thumbs = new Thumbs()
  readonly #atlas: ThumbAtlas
  readonly #afterDraw: () => void
  #rows: FrameRows = noRows
  #rowOf = new Map<number, number>()
  #start: Float32Array = new Float32Array(0)
  #progress = 1
  #ease = easeInOut
  #grid: PointGrid | null = null
  #pairs: readonly ScenePair[] = []
  #selected: readonly number[] = []
  #hovered: number | null = null
  #isSeeThrough = false
  #isWatched = true
  #pixelRatio = 1
  #request = 0
  #lastMs: number | null = null
  #slowFrames = 0
  #thumbUrlOf: ((id: number) => string | null) | null = null
  #thumbRows: readonly number[] = []
  /** Where the eye was when pictures were chosen; null where they have to be chosen again. */
  #thumbsFrom: Vector3 | null = null
  #areThumbsOld = false

  /** `afterDraw` is called whenever what can be seen may have moved under the pointer. */
  constructor(canvas: HTMLCanvasElement, afterDraw: () => void = () => undefined) {
    this.#afterDraw = afterDraw
    this.#renderer = new WebGLRenderer({ canvas, antialias: false, alpha: false, stencil: false })
    this.#atlas = new ThumbAtlas(this.#renderer, () => {
      this.#areThumbsOld = true
      this.invalidate()
    })
    const turning = [
      this.#caps.mesh,
      this.#tails.mesh,
      this.#cloud.points,
      this.#thumbs.mesh,
      this.#arcs.mesh,
    ]
    this.#scene.add(this.#ball.mesh, this.#graticule.mesh, ...turning)
    this.#scene.matrixWorldAutoUpdate = false
  }

  /** `[n]` and `[n, 3]`. Rows that are not finite are left out; ids shown already travel. */
  setFrame(ids: Int32Array, positions: Float32Array): void {
    const next = rowsOf(ids, positions)
    const isMoving = this.#progress < 1
    const start = startOf({ ...this.#rows, positions: this.#shown() }, next)
    const travels = start !== null && !this.trackball.isStill
    this.#rows = next
    this.#rowOf = rowById(next.ids)
    this.#start = travels ? start : next.positions
    this.#progress = travels ? 0 : 1
    this.#ease = isMoving ? easeOut : easeInOut
    this.#grid = null
    this.#cloud.setRows(next, this.#start)
    this.#thumbsFrom = null
    this.setSelected(this.#selected)
    this.setPairs(this.#pairs)
    this.setHovered(this.#hovered)
  }

  /** `[n, 3]` sRGB in [0, 1] and `[n]` in [0, 1], in the order of the frame's ids. */
  setColours(colours: Float32Array, alphas: Float32Array | null): void {
    this.#cloud.setColours(colours, alphas)
    this.#thumbsFrom = null
    this.invalidate()
  }

  /** `[n]`, in the order of the frame's ids: a number from 0 to 4 each; null for discs. */
  setShapes(shapes: Uint8Array | null): void {
    this.#cloud.setShapes(shapes)
    this.invalidate()
  }

  setSelected(ids: readonly number[]): void {
    this.#selected = ids
    this.#cloud.setMarks(this.#rowsOf(ids))
    this.#areThumbsOld = true
    this.invalidate()
  }

  setHovered(id: number | null): void {
    this.#hovered = id
    this.#hold()
    this.#cloud.set('hovered', id === null ? -1 : (this.#rowOf.get(id) ?? -1))
    this.invalidate()
  }

  /** `isStill`: nothing moves but by hand. `isWatched`: somebody can see the window. */
  setMotion({ isStill, isWatched }: { isStill: boolean; isWatched: boolean }): void {
    this.trackball.isStill = isStill
    if (isStill) this.#progress = 1
    this.#isWatched = isWatched
    this.#hold()
    this.invalidate()
  }

  setPairs(pairs: readonly ScenePair[]): void {
    this.#pairs = pairs
    const arcs = pairs.flatMap(({ from, to, isDashed }) => {
      const [a, b] = [this.#rowOf.get(from), this.#rowOf.get(to)]
      return a === undefined || b === undefined || a === b ? [] : [{ from: a, to: b, isDashed }]
    })
    this.#arcs.setArcs(arcs)
    this.#arcs.update(this.#shown())
    this.invalidate()
  }

  /** Pictures instead of points; null for points alone. */
  setThumbs(urlOf: ((id: number) => string | null) | null): void {
    this.#thumbUrlOf = urlOf
    this.#thumbsFrom = null
    if (urlOf === null) this.#thumbs.mesh.visible = false
    this.invalidate()
  }

  setTails(tails: readonly SceneTail[]): void {
    this.#tails.setTails(tails)
    this.invalidate()
  }

  setCaps(caps: readonly SceneCap[]): void {
    this.#caps.setCaps(caps)
    this.invalidate()
  }

  setLook(look: SphereLook): void {
    this.#renderer.setClearColor(new Color().setRGB(...look.canvas, SRGBColorSpace), 1)
    this.#ball.setLook(look)
    this.#graticule.setLook(look)
    this.#cloud.setLook(look)
    this.#thumbs.setLook(look)
    this.#arcs.setLook(look)
    this.invalidate()
  }

  setSeeThrough(isSeeThrough: boolean): void {
    this.#isSeeThrough = isSeeThrough
    this.#ball.setOpacity(isSeeThrough ? 0.55 : 0.96)
    this.#graticule.setSeeThrough(isSeeThrough)
    this.invalidate()
  }

  /** Size in CSS pixels. Draws at once, since a canvas that changes its size goes blank. */
  resize(width: number, height: number, pixelRatio: number): void {
    this.#pixelRatio = pixelRatio
    this.#renderer.setPixelRatio(pixelRatio)
    this.#renderer.setSize(Math.max(1, width), Math.max(1, height), false)
    this.trackball.resize(Math.max(1, width), Math.max(1, height))
    this.draw()
  }

  /** Id of the point under a pixel. */
  pick(x: number, y: number): number | null {
    const isMoving = this.#progress < 1
    if (!isMoving) this.#grid ??= gridOf(this.#rows.positions)
    const grid = isMoving ? gridOf(this.#shown()) : (this.#grid ?? gridOf(this.#rows.positions))
    const row = pickRow(grid, this.#pose(), [x, y], {
      radiusPx:
        this.#thumbUrlOf === null ? pickRadiusPx : Math.max(pickRadiusPx, this.#thumbPx() / 2),
      isSeeThrough: this.#isSeeThrough,
      alphas: this.#cloud.alphas,
    })
    return row === null ? null : (this.#rows.ids[row] ?? null)
  }

  /** Ids of the visible points inside an area of the view. */
  within(area: Area): number[] {
    const isSeeThrough = this.#isSeeThrough
    const rows = rowsWithin(this.#shown(), this.#cloud.alphas, this.#pose(), { area, isSeeThrough })
    return rows.flatMap((row) => this.#rows.ids[row] ?? [])
  }

  get isTravelling(): boolean {
    return this.#progress < 1
  }

  screenOf(id: number): ScreenPoint | null {
    const row = this.#rowOf.get(id)
    if (row === undefined || this.#cloud.alphas[row] === 0) return null
    return screenOf(this.#pose(), vectorAt(this.#shown(), row))
  }

  /** Where a direction of the ball is drawn, so many radii from its centre. */
  placeOf([x, y, z]: readonly [number, number, number], radii: number): ScreenPoint {
    const point = new Vector3(x, y, z)
    const { isFront } = screenOf(this.#pose(), point)
    return { ...screenOf(this.#pose(), point.multiplyScalar(radii)), isFront }
  }

  /** Brings a point to the front; says whether there is one. */
  focus(id: number): boolean {
    const row = this.#rowOf.get(id)
    if (row === undefined) return false
    this.trackball.face(vectorAt(this.#rows.positions, row))
    this.invalidate()
    return true
  }

  /** Brings the middle of the selection to the front. */
  focusSelected(): void {
    const middle = new Vector3()
    for (const row of this.#rowsOf(this.#selected)) middle.add(vectorAt(this.#rows.positions, row))
    if (middle.length() < 1e-6) return
    this.trackball.face(middle)
    this.invalidate()
  }

  /** Nearest visible point on the near side in a direction from another one, as seen. */
  stepFrom(id: number | null, direction: readonly [number, number]): number | null {
    const from = id === null ? null : (this.#rowOf.get(id) ?? null)
    const row = stepRow(this.#shown(), this.#cloud.alphas, this.#pose(), { from, direction })
    return row === null ? null : (this.#rows.ids[row] ?? null)
  }

  /** Brings a point, or the place of the ball under the pixel, to the front. */
  centre(x: number, y: number): void {
    const id = this.pick(x, y)
    if (id !== null && this.focus(id)) return
    const hit = hitOf(this.trackball.eye, x, y)
    if (hit === null) return
    this.trackball.face(hit.applyQuaternion(this.trackball.orientation.clone().invert()))
    this.invalidate()
  }

  /** Asks for one drawing at the next frame of the screen. */
  invalidate(): void {
    if (this.#request !== 0) return
    this.#request = requestAnimationFrame((ms) => {
      this.#request = 0
      this.#tick(ms)
    })
  }

  /** After the graphics device was lost and is back: three brings back all but copied pictures. */
  restore(): void {
    this.#atlas.clear()
    this.#thumbsFrom = null
    this.invalidate()
  }

  draw(): void {
    const { eye, orientation } = this.trackball
    this.#camera.fov = (Math.atan(eye.height / 2 / eye.focal) * 360) / Math.PI
    this.#camera.aspect = eye.width / eye.height
    this.#camera.near = (eye.distance - 1) / 2
    this.#camera.far = eye.distance + 2
    this.#camera.updateProjectionMatrix()
    this.#camera.position.z = eye.distance
    const turned = new Matrix4().makeRotationFromQuaternion(orientation)
    const eyeInBall = this.#pose().towards.multiplyScalar(eye.distance)
    // From near by the far side fills the view, and is of less interest.
    const nearness = Math.min(1, outlinePx(eye) / Math.min(eye.width, eye.height) / 2)
    const farAlpha = (this.#isSeeThrough ? 0.6 : 0.25) * (1 - 0.6 * nearness ** 2)
    this.#ball.place(eye, this.#pixelRatio)
    this.#graticule.place(eye, eyeInBall, this.#pixelRatio)
    this.#graticule.mesh.matrixWorld.copy(turned)
    this.#caps.mesh.matrixWorld.copy(turned)
    this.#caps.place(eyeInBall, farAlpha, Math.max(0, 2 * this.#progress - 1))
    this.#cloud.points.matrixWorld.copy(turned)
    this.#thumbs.mesh.matrixWorld.copy(turned)
    this.#tails.mesh.matrixWorld.copy(turned)
    this.#tails.place(eye, eyeInBall, this.#pixelRatio, farAlpha)
    this.#arcs.mesh.matrixWorld.copy(turned)
    const n = this.#rows.ids.length
    this.#cloud.set('progress', this.#ease(this.#progress))
    this.#cloud.set('size', pointSizePx(n, 2 * outlinePx(eye)))
    this.#cloud.set('ring', Math.max(0.45, Math.min(1, 1.45 - 0.2 * Math.log10(n / 1000 + 1) ** 2)))
    this.#cloud.set('pixelRatio', this.#pixelRatio)
    this.#cloud.set('eye', eyeInBall)
    this.#cloud.set('farAlpha', farAlpha)
    this.#cloud.sort()
    if (this.#thumbUrlOf !== null) this.#placeThumbs(eyeInBall, farAlpha)
    if (this.isTravelling && !this.#arcs.isEmpty) this.#arcs.update(this.#shown())
    this.#arcs.place(eye, eyeInBall, this.#pixelRatio, farAlpha)
    this.#renderer.render(this.#scene, this.#camera)
  }

  /** The picture as a PNG. */
  snapshot(): Promise<Blob> {
    this.draw()
    return new Promise((resolve, reject) => {
      this.#renderer.domElement.toBlob((blob) => {
        if (blob === null) reject(new Error('The picture could not be made.'))
        else resolve(blob)
      }, 'image/png')
    })
  }

  dispose(): void {
    cancelAnimationFrame(this.#request)
    this.#request = -1
    this.#ball.dispose()
    this.#graticule.dispose()
    this.#caps.dispose()
    this.#cloud.dispose()
    this.#arcs.dispose()
    this.#tails.dispose()
    this.#thumbs.dispose()
    this.#atlas.dispose()
    this.#renderer.dispose()
  }

  #tick(ms: number): void {
    const step = this.#lastMs === null ? 16 : Math.max(0, ms - this.#lastMs)
    const travelled = this.isTravelling
    if (travelled) this.#progress = Math.min(1, this.#progress + step / transitionMs)
    const isTurning = this.trackball.advance(step)
    if (travelled && !this.isTravelling) this.#arcs.update(this.#rows.positions)
    this.draw()
    // Where each picture takes long, on a processor that also trains, the idle spin is not worth it.
    if (this.trackball.isSpinning && step > 50) this.#slowFrames++
    if (this.#slowFrames > 20) this.trackball.isSpinning = false
    const isMoving = isTurning || this.isTravelling
    this.#lastMs = isMoving ? ms : null
    if (isMoving) this.invalidate()
    this.#afterDraw()
  }

  #thumbPx(): number {
    return thumbSizePx(this.#rows.ids.length, 2 * outlinePx(this.trackball.eye))
  }

  #placeThumbs(eyeInBall: Vector3, farAlpha: number): void {
    this.#chooseThumbs(eyeInBall.clone().normalize())
    if (this.#areThumbsOld) {
      this.#areThumbsOld = false
      const rows = this.#thumbRows.flatMap((row) => {
        const cell = this.#atlas.cellOf(this.#rows.ids[row] ?? -1)
        return cell < 0 ? [] : [{ row, cell }]
      })
      const { positions } = this.#rows
      const { bytes: colours, marks } = this.#cloud
      this.#thumbs.setRows(rows, { start: this.#start, positions, colours, marks })
    }
    const { width, height } = this.trackball.eye
    this.#thumbs.set('atlas', this.#atlas.texture)
    this.#thumbs.set('side', Math.max(1, this.#atlas.side))
    this.#thumbs.set('progress', this.#ease(this.#progress))
    this.#thumbs.set('size', this.#thumbPx())
    this.#thumbs.set('pixelRatio', this.#pixelRatio)
    this.#thumbs.set('farAlpha', farAlpha)
    this.#thumbs.set('halfView', new Vector2(width, height).multiplyScalar(this.#pixelRatio / 2))
    this.#thumbs.set('eye', eyeInBall)
  }

  /** Those nearest to the eye, where not all of them fit into the atlas. */
  #chooseThumbs(towards: Vector3): void {
    const urlOf = this.#thumbUrlOf
    const { capacity } = this.#atlas
    const areAllHere = this.#rows.ids.length <= capacity
    const isNear =
      this.#thumbsFrom !== null && (areAllHere || this.#thumbsFrom.dot(towards) > chooseAgainCosine)
    if (urlOf === null || isNear) return
    this.#thumbsFrom = towards
    const { positions, ids } = this.#rows
    this.#thumbRows = nearestRows(positions, this.#cloud.alphas, towards, capacity)
    this.#atlas.want(
      this.#thumbRows.map((row) => ids[row] ?? -1),
      urlOf,
    )
    this.#areThumbsOld = true
  }

  #hold(): void {
    this.trackball.isHeld = !this.#isWatched || this.#hovered !== null
  }

  #pose(): Pose {
    return poseOf(this.trackball.eye, this.trackball.orientation)
  }

  /** Positions as they are drawn at this moment. */
  #shown(): Float32Array {
    if (this.#progress >= 1) return this.#rows.positions
    return slerpRows(this.#start, this.#rows.positions, this.#ease(this.#progress))
  }

  #rowsOf(ids: readonly number[]): number[] {
    return ids.flatMap((id) => this.#rowOf.get(id) ?? [])
  }
}

function vectorAt(positions: Float32Array, row: number): Vector3 {
  return new Vector3().fromArray(positions, 3 * row)
}
