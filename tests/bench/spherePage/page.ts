import { Quaternion, Vector3, WebGLRenderer } from 'three'
import { decode, encode } from '../../../src-main/contract/codec.ts'
import { eyeOf } from '../../../src-renderer/sphere/eye.ts'
import { Layers } from '../../../src-renderer/sphere/layers.ts'
import { darkLook } from '../../../src-renderer/sphere/look.ts'
import { Pictures } from '../../../src-renderer/sphere/pictures.ts'
import { PointCloud } from '../../../src-renderer/sphere/points.ts'
import { Travel } from '../../../src-renderer/sphere/travel.ts'
import { numbers, spread } from '../../renderer/sphere/made.ts'
import { BarePoints } from './barePoints.ts'

/** Of one number of points; milliseconds, medians over rounds, finished on the device. */
export interface DrawTimes {
  readonly points: number
  readonly sphereMs: number
  /** The same points on their way from one frame to the next. */
  readonly travellingMs: number
  readonly bareMs: number
  /** Medians of the ratios of each round. */
  readonly ratio: number
  readonly travellingRatio: number
}

export interface SphereTimes {
  readonly drawing: readonly DrawTimes[]
  /** The ball and its graticule alone. */
  readonly emptyMs: number
  /** From bytes that arrive to a picture that is finished, 100,000 points. */
  readonly frame: {
    readonly points: number
    /** Until the picture is asked for: decoded, matched with what is shown, handed to the device. */
    readonly readyMs: number
    readonly finishedMs: number
  }
}

declare global {
  interface Window {
    sphereTimes?: SphereTimes
  }
}

const side = 800
const rounds = 9
const eye = eyeOf(side, side, 4.45)
const step = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), 0.02)

/** One canvas, one context and one renderer for both, so that nothing but the drawing differs. */
const renderer = new WebGLRenderer({ canvas: document.createElement('canvas'), antialias: false })
renderer.setSize(side, side, false)
const gl = renderer.getContext()
const pixel = new Uint8Array(4)

const travel = new Travel()
const cloud = new PointCloud()
const pictures = new Pictures(renderer, { travel, cloud }, () => undefined)
const layers = new Layers(travel, cloud, pictures)
layers.setLook(darkLook)
const orientation = new Quaternion()

function show(frame: Frame, isStill: boolean): void {
  travel.setFrame(frame.ids, frame.positions, isStill)
  cloud.setRows(travel.rows, travel.start)
  cloud.setColours(frame.colours, null)
  cloud.setMarks([], [])
}

function drawSphere(): void {
  orientation.multiply(step)
  layers.draw(renderer, eye, orientation, 1)
}

/** Reading one pixel back waits until the picture is finished. */
function timeOf(work: () => void): number {
  const begin = performance.now()
  work()
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel)
  return performance.now() - begin
}

interface Frame {
  readonly ids: Int32Array
  readonly positions: Float32Array
  readonly colours: Float32Array
}

function frameOf(n: number, next: () => number): Frame {
  const ids = Int32Array.from({ length: n }, (_, i) => i)
  return { ids, positions: spread(n, next), colours: Float32Array.from({ length: 3 * n }, next) }
}

/** Both in turn, so that what else the machine does falls on both. */
function inTurn(bare: BarePoints): { readonly ours: number[]; readonly bares: number[] } {
  const draws = [drawSphere, () => bare.draw(renderer)] as const
  for (const draw of draws) timeOf(draw)
  const ours: number[] = []
  const bares: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(timeOf(draws[0]))
    bares.push(timeOf(draws[1]))
  }
  return { ours, bares }
}

function measure(n: number): DrawTimes {
  const next = numbers(n + 1)
  const [first, second] = [frameOf(n, next), frameOf(n, next)]
  const bare = new BarePoints(first.positions, first.colours, eye)
  show(first, true)
  const still = inTurn(bare)
  show(second, false)
  travel.advance(200)
  const moving = inTurn(bare)
  travel.arrive()
  bare.dispose()
  return {
    points: n,
    sphereMs: median(still.ours),
    travellingMs: median(moving.ours),
    bareMs: median([...still.bares, ...moving.bares]),
    ratio: median(still.ours.map((ms, i) => ms / (still.bares[i] ?? NaN))),
    travellingRatio: median(moving.ours.map((ms, i) => ms / (moving.bares[i] ?? NaN))),
  }
}

function frameTimes(n: number): SphereTimes['frame'] {
  const next = numbers(7)
  const ready: number[] = []
  const finished: number[] = []
  show(frameOf(n, next), true)
  for (let round = 0; round < rounds; round++) {
    const { ids, positions, colours } = frameOf(n, next)
    const bytes = encode({ ids, positions })
    const begin = performance.now()
    const come = decode(bytes) as Pick<Frame, 'ids' | 'positions'>
    show({ ...come, colours }, false)
    ready.push(performance.now() - begin)
    timeOf(drawSphere)
    finished.push(performance.now() - begin)
    travel.arrive()
  }
  return { points: n, readyMs: median(ready), finishedMs: median(finished) }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN
}

const drawing = [10_000, 100_000, 1_000_000].map(measure)
const frame = frameTimes(100_000)
show(frameOf(0, numbers(1)), true)
const empty = Array.from({ length: rounds }, () => timeOf(drawSphere))
window.sphereTimes = { drawing, emptyMs: median(empty), frame }
