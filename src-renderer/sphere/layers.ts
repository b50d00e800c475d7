import type { Quaternion, WebGLRenderer } from 'three'
import { Matrix4, PerspectiveCamera, Scene, Vector3 } from 'three'
import { Arcs } from './arcs.ts'
import type { ArcRows } from './arcs.ts'
import { Ball } from './ball.ts'
import { Caps } from './caps.ts'
import type { Eye } from './eye.ts'
import { outlinePx } from './eye.ts'
import { Graticule } from './graticule.ts'
import { HalfDrawing, withinPart } from './halfDrawing.ts'
import { radiusPx } from './hemispheres.ts'
import type { SphereLook } from './look.ts'
import type { Pictures } from './pictures.ts'
import { Plate } from './plate.ts'
import type { PointCloud } from './points.ts'
import { pointSizesPx } from './pointSizes.ts'
import { Tails } from './tails.ts'
import type { Travel } from './travel.ts'

/** All that is drawn, from the ball behind everything to the arcs before it. */
export class Layers {
  readonly caps = new Caps()
  readonly tails = new Tails()
  /** The ball, which looks the same however it lies. */
  readonly #behind = new Scene()
  readonly #scene = new Scene()
  readonly #camera = new PerspectiveCamera(30, 1, 0.01, 20)
  readonly #ball = new Ball()
  readonly #plate = new Plate()
  readonly #graticule = new Graticule()
  readonly #arcs = new Arcs()
  readonly #travel: Travel
  readonly #cloud: PointCloud
  readonly #pictures: Pictures
  readonly #half: HalfDrawing
  #isSeeThrough = false
  #haveArcsRested = true

  constructor(travel: Travel, cloud: PointCloud, pictures: Pictures) {
    this.#travel = travel
    this.#cloud = cloud
    this.#pictures = pictures
    this.#behind.add(this.#ball.mesh)
    this.#scene.add(this.#plate.mesh, ...this.#turning())
    this.#half = new HalfDrawing(this.#turning().map(({ material }) => material))
    this.#scene.matrixWorldAutoUpdate = false
  }

  setArcs(arcs: readonly ArcRows[]): void {
    this.#arcs.setArcs(arcs)
    this.setHoveredArc(null)
    this.#arcs.update(this.#travel.shown())
  }

  /** Place among the arcs that were set. */
  setHoveredArc(place: number | null): void {
    this.#arcs.setHovered(place ?? -1)
  }

  setLook(look: SphereLook): void {
    this.#ball.setLook(look)
    this.#plate.setLook(look)
    this.#graticule.setLook(look)
    this.#cloud.setLook(look)
    this.#pictures.setLook(look)
    this.#arcs.setLook(look)
  }

  setSeeThrough(isSeeThrough: boolean): void {
    this.#isSeeThrough = isSeeThrough
    this.#ball.setOpacity(isSeeThrough ? 0.55 : 0.96)
    this.#graticule.setSeeThrough(isSeeThrough)
  }

  /** Without what is behind the ball. */
  setAlone(isAlone: boolean): void {
    this.#ball.setAlone(isAlone)
  }

  draw(renderer: WebGLRenderer, eye: Eye, orientation: Quaternion, pixelRatio: number): void {
    this.#placeCamera(eye)
    const turned = new Matrix4().makeRotationFromQuaternion(orientation)
    const eyeInBall = new Vector3(0, 0, eye.distance).applyQuaternion(orientation.clone().invert())
    const farAlpha = this.#farAlpha(eye)
    for (const object of this.#turning()) object.matrixWorld.copy(turned)
    this.#ball.place(eye, pixelRatio)
    this.#graticule.place(eye, eyeInBall, pixelRatio)
    this.caps.place(eyeInBall, farAlpha, Math.max(0, 2 * this.#travel.progress - 1))
    this.tails.place(eye, eyeInBall, pixelRatio, farAlpha)
    this.#placeCloud(eye, eyeInBall, pixelRatio, farAlpha)
    this.#pictures.place({ eye, eyeInBall, farAlpha, pixelRatio })
    this.#moveArcs()
    this.#arcs.place(eye, eyeInBall, pixelRatio, farAlpha)
    this.#half.setFlat(eye.flatness > 0)
    this.#plate.mesh.visible = eye.flatness > 0
    this.#ball.mesh.visible = eye.flatness < 1
    this.#ball.setShown(1 - eye.flatness)
    const { autoClear } = renderer
    renderer.render(this.#behind, this.#camera)
    renderer.autoClear = false
    if (eye.flatness === 0) renderer.render(this.#scene, this.#camera)
    else this.#drawHalves(renderer, eye, pixelRatio)
    renderer.autoClear = autoClear
  }

  dispose(): void {
    this.#ball.dispose()
    this.#plate.dispose()
    this.#graticule.dispose()
    this.caps.dispose()
    this.tails.dispose()
    this.#arcs.dispose()
  }

  #turning() {
    return [
      this.#graticule.mesh,
      this.caps.mesh,
      this.tails.mesh,
      ...this.#cloud.meshes,
      ...this.#pictures.meshes,
      this.#arcs.mesh,
    ]
  }

  /** The far half first: on the way between ball and discs, the near one lies over it. */
  #drawHalves(renderer: WebGLRenderer, eye: Eye, pixelRatio: number): void {
    for (const half of ['far', 'near'] as const) {
      this.#half.set(eye, half)
      this.#plate.place(eye, half, pixelRatio)
      renderer.clearDepth()
      withinPart(renderer, eye, { half, pixelRatio }, () =>
        renderer.render(this.#scene, this.#camera),
      )
    }
  }

  #placeCamera(eye: Eye): void {
    this.#camera.fov = (Math.atan(eye.height / 2 / eye.focal) * 360) / Math.PI
    this.#camera.aspect = eye.width / eye.height
    this.#camera.near = (eye.distance - 1) / 2
    this.#camera.far = eye.distance + 2
    this.#camera.updateProjectionMatrix()
    this.#camera.position.z = eye.distance
  }

  /** From near by the far side fills the view, and is of less interest. */
  #farAlpha(eye: Eye): number {
    const nearness = Math.min(1, outlinePx(eye) / Math.min(eye.width, eye.height) / 2)
    return (this.#isSeeThrough ? 0.6 : 0.25) * (1 - 0.6 * nearness ** 2)
  }

  #placeCloud(eye: Eye, eyeInBall: Vector3, pixelRatio: number, farAlpha: number): void {
    const sizes = pointSizesPx(this.#travel.rows.ids.length, 2 * radiusPx(eye))
    this.#cloud.place({ sizes, pixelRatio, eyeInBall, farAlpha, way: this.#travel.way })
  }

  /** Arcs go with their ends, and once more when these have arrived. */
  #moveArcs(): void {
    const { isMoving } = this.#travel
    if (!this.#arcs.isEmpty && (isMoving || !this.#haveArcsRested))
      this.#arcs.update(this.#travel.shown())
    this.#haveArcsRested = !isMoving
  }
}
