import { Color, ColorManagement, Vector3, WebGLRenderer } from 'three'
import type { ArcRows } from './arcs.ts'
import type { SceneCap } from './caps.ts'
import { DrawLoop } from './drawLoop.ts'
import type { ScreenPoint } from './projection.ts'
import { hitOf } from './projection.ts'
import { poseOf } from './eye.ts'
import { captionPlaces } from './hemispheres.ts'
import type { DiscPlaces } from './hemispheres.ts'
import { Layers } from './layers.ts'
import { darkLook } from './look.ts'
import type { SphereLook } from './look.ts'
import type { SphereArc } from './neighbourArcs.ts'
import { Pictures } from './pictures.ts'
import { PointCloud } from './points.ts'
import { Sight } from './sight.ts'
import { sphereSvg } from './sphereSvg.ts'
import type { SvgName } from './sphereSvg.ts'
import { plainPng, pngOf, stillSize } from './stillPicture.ts'
import type { PngOptions } from './stillPicture.ts'
import type { Area } from './sweeping.ts'
import type { SceneTail } from './tails.ts'
import { Trackball } from './trackball.ts'
import { Travel } from './travel.ts'

// Colours are as they are seen, on the screen and in a picture beside it; three would clear the latter in
// linear ones.
ColorManagement.enabled = false

const pickRadiusPx = 14
/** A hand that points at an arc is no nearer than this to any point. */
const arcReachPx = 5

/**
 * Draws unit vectors on a ball, only when something changes. Throws where there is no WebGL 2.
 *
 * What is shown is set (`setFrame`, `setColours`, …) and drawn at the next frame of the screen; what
 * is seen is asked (`pick`, `within`, `screenOf`, …). Points go by id; places are CSS pixels from the
 * canvas's upper left corner.
 */
export class SphereScene {
  readonly trackball = new Trackball()
  readonly #renderer: WebGLRenderer
  readonly #travel = new Travel()
  readonly #cloud = new PointCloud()
  readonly #pictures: Pictures
  readonly #layers: Layers
  readonly #sight: Sight
  readonly #loop: DrawLoop
  #pairs: readonly SphereArc[] = []
  /** Those of the pairs that can be drawn, with the pair that each stands for. */
  #arcs: readonly (ArcRows & { readonly pair: SphereArc })[] = []
  #hoveredPair: SphereArc | null = null
  #selected: readonly number[] = []
  #hovered: number | null = null
  #look: SphereLook = darkLook
  #isSeeThrough = false
  #isWatched = true
  #pixelRatio = 1
  #slowFrames = 0

  /** `afterDraw` is called whenever what can be seen may have moved under the pointer. */
  constructor(canvas: HTMLCanvasElement, afterDraw: () => void = () => undefined) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: false, alpha: false, stencil: false })
    const points = { travel: this.#travel, cloud: this.#cloud }
    this.#pictures = new Pictures(this.#renderer, points, () => this.invalidate())
    this.#layers = new Layers(this.#travel, this.#cloud, this.#pictures)
    this.#sight = new Sight(
      this.#travel,
      () => this.#cloud.alphas,
      () => poseOf(this.trackball.eye, this.trackball.orientation),
    )
    this.#loop = new DrawLoop({
      advance: (ms) => this.#advance(ms),
      draw: () => {
        this.draw()
        afterDraw()
      },
      slow: () => this.#spareSpin(),
    })
  }

  /** `[n]` and `[n, 3]`. Rows that are not finite are left out; ids shown already travel. */
  setFrame(ids: Int32Array, positions: Float32Array): void {
    this.#travel.setFrame(ids, positions, this.trackball.isStill)
    this.#cloud.setRows(this.#travel.rows, this.#travel.start)
    this.#pictures.chooseAgain()
    this.setPairs(this.#pairs)
    this.setHovered(this.#hovered)
  }

  /** `[n, 3]` sRGB in [0, 1] and `[n]` in [0, 1], in the order of the frame's ids. */
  setColours(colours: Float32Array, alphas: Float32Array | null): void {
    this.#cloud.setColours(colours, alphas)
    this.#pictures.chooseAgain()
    this.invalidate()
  }

  /** `[n]`, in the order of the frame's ids: a number from 0 to 4 each; null for discs. */
  setSizes(sizes: Uint8Array | null): void {
    this.#cloud.setSizes(sizes)
    this.invalidate()
  }

  setShapes(shapes: Uint8Array | null): void {
    this.#cloud.setShapes(shapes)
    this.invalidate()
  }

  setSelected(ids: readonly number[]): void {
    this.#selected = ids
    this.#mark()
  }

  setHovered(id: number | null): void {
    this.#hovered = id
    this.#hold()
    this.#cloud.setHovered(id === null ? -1 : (this.#travel.rowOf(id) ?? -1))
    this.invalidate()
  }

  /** `isStill`: nothing moves but by hand. `isWatched`: somebody can see the window. */
  setMotion({ isStill, isWatched }: { isStill: boolean; isWatched: boolean }): void {
    this.trackball.isStill = isStill
    if (isStill) this.#travel.arrive()
    this.#isWatched = isWatched
    this.#hold()
    this.invalidate()
  }

  /** Arcs between pairs of points, and a ring around each point of a suspected pair. */
  setPairs(pairs: readonly SphereArc[]): void {
    this.#pairs = pairs
    this.#hoveredPair = null
    this.#arcs = pairs.flatMap((pair) => {
      const [from, to] = [this.#travel.rowOf(pair.from), this.#travel.rowOf(pair.to)]
      if (from === null || to === null || from === to) return []
      const { kind, strength } = pair
      return [{ from, to, kind, strength, pair }]
    })
    this.#layers.setArcs(this.#arcs)
    this.#mark()
  }

  /** Emphasises one of the pairs that were set. */
  setHoveredPair(pair: SphereArc | null): void {
    if (pair === this.#hoveredPair) return
    this.#hoveredPair = pair
    const place = this.#arcs.findIndex((arc) => arc.pair === pair)
    this.#layers.setHoveredArc(place < 0 ? null : place)
    this.invalidate()
  }

  /** Pictures instead of points; null for points alone. */
  setThumbs(urlOf: ((id: number) => string | null) | null): void {
    this.#pictures.setUrls(urlOf)
    this.invalidate()
  }

  setTails(tails: readonly SceneTail[]): void {
    this.#layers.tails.setTails(tails)
    this.invalidate()
  }

  setCaps(caps: readonly SceneCap[]): void {
    this.#layers.caps.setCaps(caps)
    this.invalidate()
  }

  setLook(look: SphereLook): void {
    this.#renderer.setClearColor(new Color(...look.canvas), 1)
    this.#look = look
    this.#layers.setLook(look)
    this.invalidate()
  }

  setSeeThrough(isSeeThrough: boolean): void {
    this.#isSeeThrough = isSeeThrough
    this.#layers.setSeeThrough(isSeeThrough)
    this.invalidate()
  }

  /** The two halves of the ball as flat discs, so that nothing hides. */
  setFlat(isFlat: boolean): void {
    this.trackball.setFlat(isFlat)
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
    const edge = this.#pictures.areShown ? this.#pictures.sizePx(this.trackball.eye) : 0
    const radiusPx = Math.max(pickRadiusPx, edge / 2)
    return this.#sight.pick(x, y, { radiusPx, isSeeThrough: this.#seesThrough })
  }

  /** The suspected pair whose arc lies under a pixel, with no point nearer to it. */
  pickPair(x: number, y: number): SphereArc | null {
    const options = { radiusPx: arcReachPx, isSeeThrough: this.#seesThrough }
    const place = this.#sight.pickArc(this.#arcs, x, y, options)
    if (place === null || this.#sight.pick(x, y, options) !== null) return null
    return this.#arcs[place]?.pair ?? null
  }

  /** Ids of the visible points inside an area of the view. */
  within(area: Area): number[] {
    return this.#sight.within(area, this.#seesThrough)
  }

  get isTravelling(): boolean {
    return this.#travel.isMoving || this.trackball.isFlattening
  }

  /** Where an id is drawn; null where it is hidden or not in the frame. */
  screenOf(id: number): ScreenPoint | null {
    return this.#sight.screenOf(id)
  }

  /** Where captions of the flat discs may end; null where there are none. */
  get captionPlaces(): DiscPlaces | null {
    return captionPlaces(this.trackball.eye)
  }

  /** Where a direction of the ball is drawn, so many radii from its centre. */
  placeOf(direction: readonly [number, number, number], radii: number): ScreenPoint {
    return this.#sight.placeOf(direction, radii)
  }

  /** Brings a point to the front, at once or by a flight; says whether there is one. */
  focus(id: number, isAtOnce = false): boolean {
    const row = this.#travel.rowOf(id)
    if (row === null) return false
    this.#face(this.#travel.target(row), isAtOnce)
    return true
  }

  /** Brings the middle of some points to the front; says whether there is one. */
  focusAll(ids: readonly number[]): boolean {
    const middle = new Vector3()
    for (const row of this.#travel.rowsOf(ids)) middle.add(this.#travel.target(row))
    if (middle.length() < 1e-6) return false
    this.#face(middle)
    return true
  }

  /** Brings the middle of the selection to the front. */
  focusSelected(): void {
    this.focusAll(this.#selected)
  }

  /** Nearest visible point on the near side in a direction from another one, as seen. */
  stepFrom(id: number | null, direction: readonly [number, number]): number | null {
    return this.#sight.stepFrom(id, direction)
  }

  /** Brings a point, or the place of the ball under the pixel, to the front. */
  centre(x: number, y: number): void {
    const id = this.pick(x, y)
    if (id !== null && this.focus(id)) return
    const hit = hitOf(this.trackball.eye, x, y)
    if (hit !== null) this.#face(hit.applyQuaternion(this.trackball.orientation.clone().invert()))
  }

  /** Asks for one drawing at the next frame of the screen. */
  invalidate(): void {
    this.#loop.ask()
  }

  /** After the graphics device was lost and is back: three brings back all but copied pictures. */
  restore(): void {
    this.#pictures.restore()
    this.invalidate()
  }

  draw(): void {
    const { eye, orientation } = this.trackball
    this.#layers.draw(this.#renderer, eye, orientation, this.#pixelRatio)
  }

  /** The picture as a PNG, larger than on the screen or without a background where that is asked. */
  snapshot({ scale, isTransparent }: PngOptions = plainPng): Promise<Blob> {
    const { eye, orientation } = this.trackball
    const most = this.#renderer.capabilities.maxTextureSize
    const size = stillSize(eye, this.#pixelRatio * scale, most)
    this.#layers.setAlone(isTransparent)
    this.#renderer.setClearAlpha(isTransparent ? 0 : 1)
    try {
      return pngOf(this.#renderer, size, () =>
        this.#layers.draw(this.#renderer, eye, orientation, size.pixelRatio),
      )
    } finally {
      this.#layers.setAlone(false)
      this.#renderer.setClearAlpha(1)
    }
  }

  /** The picture as an SVG, with names that stand around it; without pictures and caps. */
  svg(names: readonly SvgName[]): string {
    const { eye, orientation } = this.trackball
    return sphereSvg({
      pose: poseOf(eye, orientation),
      look: this.#look,
      positions: this.#travel.shown(),
      bytes: this.#cloud.bytes,
      marks: this.#cloud.marks,
      arcs: this.#arcs,
      names,
      isSeeThrough: this.#seesThrough,
    })
  }

  dispose(): void {
    this.#loop.stop()
    this.#layers.dispose()
    this.#cloud.dispose()
    this.#pictures.dispose()
    this.#renderer.dispose()
  }

  #advance(ms: number): boolean {
    if (this.#travel.isMoving) this.#travel.advance(ms)
    const isTurning = this.trackball.advance(ms)
    return isTurning || this.#travel.isMoving
  }

  /** Where each picture takes long, on a processor that also trains, idle turning is not worth it. */
  #spareSpin(): void {
    if (this.trackball.isSpinning) this.#slowFrames++
    if (this.#slowFrames > 20) this.trackball.isSpinning = false
  }

  /** On flat discs there is nothing behind. */
  get #seesThrough(): boolean {
    return this.#isSeeThrough && this.trackball.eye.flatness < 0.5
  }

  #mark(): void {
    const suspected = this.#arcs.flatMap(({ from, to, kind }) =>
      kind === 'suspect' ? [from, to] : [],
    )
    this.#cloud.setMarks(this.#travel.rowsOf(this.#selected), suspected)
    this.#pictures.refresh()
    this.invalidate()
  }

  #face(direction: Vector3, isAtOnce = false): void {
    this.trackball.face(direction, isAtOnce)
    this.invalidate()
  }

  #hold(): void {
    this.trackball.isHeld = !this.#isWatched || this.#hovered !== null
  }
}
