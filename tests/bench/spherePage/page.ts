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

/** Of the ratios of each round: the median, and the quarters on either side of it. */
export interface Ratio {
  readonly median: number
  readonly from: number
  readonly to: number
}

/** Of one number of points; milliseconds, medians over rounds, finished on the device. */
export interface DrawTimes {
  readonly points: number
  readonly rounds: number
  readonly sphereMs: number
  /** The same points on their way from one frame to the next. */
  readonly travellingMs: number
  readonly bareMs: number
  /** Against three's bare points in the same round. */
  readonly ratio: Ratio
  readonly travellingRatio: Ratio
  /** Of the bare points against themselves: what a ratio is worth on this machine. */
  readonly noise: Ratio
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
const rounds = 15
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

/** The sphere between two pictures of bare points, so that what else the machine does falls on all. */
function inTurn(bare: BarePoints): readonly (readonly [number, number, number])[] {
  const drawBare = (): void => bare.draw(renderer)
  for (const draw of [drawSphere, drawBare]) timeOf(draw)
  return Array.from({ length: rounds }, () => [
    timeOf(drawBare),
    timeOf(drawSphere),
    timeOf(drawBare),
  ])
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
  const all = [...still, ...moving]
  return {
    points: n,
    rounds,
    sphereMs: median(still.map(([, ours]) => ours)),
    travellingMs: median(moving.map(([, ours]) => ours)),
    bareMs: median(all.flatMap(([before, , after]) => [before, after])),
    ratio: ratioOf(still.map(([before, ours, after]) => (2 * ours) / (before + after))),
    travellingRatio: ratioOf(moving.map(([before, ours, after]) => (2 * ours) / (before + after))),
    noise: ratioOf(all.map(([before, , after]) => after / before)),
  }
}

function ratioOf(ratios: readonly number[]): Ratio {
  const sorted = [...ratios].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN
  return { median: at(0.5), from: at(0.25), to: at(0.75) }
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
