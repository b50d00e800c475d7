import { Quaternion, Vector3 } from 'three'
import type { SphereFrame } from '../../src-main/contract/sphere.ts'
import { rgbOf } from '../library/labelColours.ts'
import type { SpherePaint } from '../explore/painting.ts'
import { labelAnchors, withoutOverlap } from '../sphere/labelAnchors.ts'
import { SphereScene } from '../sphere/SphereScene.ts'
import { slerpRows } from '../sphere/transition.ts'
import type { BallPose } from '../sphere/trackball.ts'
import type { FilmStep } from './filmSteps.ts'

export interface StageOptions {
  readonly width: number
  readonly height: number
  /** At least one; all of the same images. */
  readonly frames: readonly SphereFrame[]
  readonly paint: SpherePaint
  /** Of each point, `[n]`; null for discs. */
  readonly shapes: Uint8Array | null
  /** How the ball lies at the start; its own way if null. */
  readonly pose: BallPose | null
  /** Both halves of the ball as flat discs, which do not sway. */
  readonly flat: boolean
  /** Whether it sways meanwhile, so that its roundness is seen. */
  readonly sways: boolean
  readonly title: string
}

const upwards = new Vector3(0, 1, 0)
/** To either side, radians: a whole turn would hide for half of the film what has gathered in front. */
const sway = 0.5
/** Outside of the points, as around the ball on the screen. */
const nameRadii = 1.07
const mostNames = 16

/** Draws the pictures of a film: the ball, names around it, and where on the way it is. */
export class FilmStage {
  readonly canvas = document.createElement('canvas')
  private readonly scene: SphereScene
  private readonly ball = document.createElement('canvas')
  private readonly context: CanvasRenderingContext2D
  private readonly options: StageOptions
  private readonly style = getComputedStyle(document.documentElement)
  private readonly start: BallPose
  private readonly unit: number

  /** @throws Error where there is no WebGL 2 */
  constructor(options: StageOptions) {
    const { width, height, pose, flat } = options
    this.options = options
    this.unit = Math.min(width, height) / 720
    this.canvas.width = width
    this.canvas.height = height
    const context = this.canvas.getContext('2d', { alpha: false })
    if (context === null) throw new Error('This window cannot draw in two dimensions.')
    this.context = context
    this.scene = new SphereScene(this.ball)
    // At the size that people see it in: points and lines then are as thick as on the screen.
    this.scene.resize(width / this.unit, height / this.unit, this.unit)
    this.scene.setMotion({ isStill: true, isWatched: true })
    this.scene.setLook({
      canvas: this.colour('--canvas'),
      ball: this.colour('--ball'),
      rim: this.colour('--ball-rim'),
      ink: this.colour('--text'),
      accent: this.colour('--accent'),
      suspect: this.colour('--suspect'),
      ring: this.colour('--point-ring'),
    })
    this.scene.setFlat(flat)
    if (pose !== null) this.scene.trackball.follow(pose)
    this.start = this.scene.trackball.pose
  }

  /** @param way of the whole film, in [0, 1] */
  draw({ from, to, share }: FilmStep, way: number): void {
    const { frames, paint, shapes, sways, flat } = this.options
    const [before, after] = [frames[from], frames[to]]
    if (before === undefined || after === undefined) return
    const positions = slerpRows(before.positions, after.positions, share)
    if (sways && !flat) this.scene.trackball.follow(this.turned(way))
    this.scene.setFrame(after.ids, positions)
    this.scene.setColours(paint.colours, paint.alphas)
    this.scene.setShapes(shapes)
    this.scene.draw()
    const { width, height } = this.canvas
    this.context.drawImage(this.ball, 0, 0, width, height)
    this.drawNames({ ids: after.ids, positions })
    this.drawCaption(share < 0.5 ? before.epoch : after.epoch, from + share)
  }

  dispose(): void {
    this.scene.dispose()
    // A window has few graphics contexts, and takes the oldest away, the ball's on the screen, for more.
    this.ball.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext()
  }

  private turned(way: number): BallPose {
    const turn = new Quaternion().setFromAxisAngle(upwards, sway * Math.sin(2 * Math.PI * way))
    return {
      orientation: this.start.orientation.clone().multiply(turn),
      distance: this.start.distance,
    }
  }

  private drawNames(frame: Pick<SphereFrame, 'ids' | 'positions'>): void {
    const { context, unit } = this
    const { keyOf, nameOf, colourOf } = this.options.paint
    this.setFont(12, 500)
    const names = labelAnchors(frame, keyOf).flatMap(({ label, direction }) => {
      const place = this.scene.placeOf(direction, nameRadii)
      const name = nameOf(label)
      if (!place.isFront || name === '') return []
      const width = context.measureText(name).width + 20 * unit
      const height = 20 * unit
      return [{ label, name, x: place.x * unit, y: place.y * unit, width, height }]
    })
    for (const { label, name, x, y, width, height } of withoutOverlap(names, mostNames)) {
      context.globalAlpha = 0.78
      context.fillStyle = this.css('--canvas')
      context.beginPath()
      context.roundRect(x - width / 2, y - height / 2, width, height, height / 2)
      context.fill()
      context.globalAlpha = 1
      context.fillStyle = colourOf(label)
      context.beginPath()
      context.arc(x - width / 2 + 8 * unit, y, 3.5 * unit, 0, 2 * Math.PI)
      context.fill()
      context.fillStyle = this.css('--text')
      context.textAlign = 'left'
      context.fillText(name, x - width / 2 + 15 * unit, y + 0.5 * unit)
    }
  }

  /** @param along frames that are behind, a fraction between two */
  private drawCaption(epoch: number, along: number): void {
    const { context, unit, canvas } = this
    const { frames, title } = this.options
    const edge = 24 * unit
    const line = canvas.height - edge
    const length = canvas.width - 2 * edge
    this.setFont(20, 600)
    context.textAlign = 'left'
    context.fillStyle = this.css('--text')
    context.fillText(`Epoch ${epoch}`, edge, line - 22 * unit)
    this.setFont(12, 400)
    context.textAlign = 'right'
    context.fillStyle = this.css('--dim')
    context.fillText(title, canvas.width - edge, line - 20 * unit)
    context.fillStyle = this.css('--line-strong')
    context.fillRect(edge, line - 3 * unit, length, 2 * unit)
    context.fillStyle = this.css('--accent')
    const share = frames.length > 1 ? along / (frames.length - 1) : 1
    context.fillRect(edge, line - 3 * unit, length * Math.min(1, share), 2 * unit)
  }

  private setFont(size: number, weight: number): void {
    this.context.font = `${weight} ${size * this.unit}px ${this.css('--font')}`
    this.context.textBaseline = 'middle'
  }

  private css(name: string): string {
    return this.style.getPropertyValue(name).trim()
  }

  private colour(name: string): ReturnType<typeof rgbOf> {
    return rgbOf(this.css(name))
  }
}
