import { Vector3 } from 'three'
import { arcWay } from './arcPicking.ts'
import type { ArcRows } from './arcs.ts'
import { arcLift } from './arcs.ts'
import type { Pose } from './eye.ts'
import { outlinePx } from './eye.ts'
import { graticuleLines } from './graticuleLines.ts'
import { discsOf, radiusPx } from './hemispheres.ts'
import { hundredths as short, pathThrough } from './linePaths.ts'
import type { Rgb, SphereLook } from './look.ts'
import { discPx, pointSizesPx } from './pointSizes.ts'
import type { ScreenPoint } from './projection.ts'
import { screenOf } from './projection.ts'

/** A name beside the ball, where it stands in the view. */
export interface SvgName {
  readonly x: number
  readonly y: number
  readonly name: string
  readonly colour: string
}

/** What is drawn; rows as they are shown at this moment. */
export interface SvgPicture {
  readonly pose: Pose
  readonly look: SphereLook
  /** `[n, 3]` */
  readonly positions: Float32Array
  /** Colour and alpha of each row, 0–255, `[n, 4]`. */
  readonly bytes: Uint8Array
  /** 1 for a row that is selected, 2 for one in a suspected pair, `[n]`. */
  readonly marks: Uint8Array
  readonly arcs: readonly ArcRows[]
  readonly names: readonly SvgName[]
  readonly isSeeThrough: boolean
}

/** How plainly the far side is drawn, as on the screen. */
const farOpacity = 0.25

/** The picture as lines and discs without a background, for print and for further work. */
export function sphereSvg(picture: SvgPicture): string {
  const { eye } = picture.pose
  const [width, height] = [Math.round(eye.width), Math.round(eye.height)]
  const points = pointsOf(picture)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, system-ui, sans-serif" font-size="11">`,
    ball(picture),
    graticule(picture),
    `<g opacity="${picture.isSeeThrough ? 0.6 : farOpacity}">${points.far.join('')}</g>`,
    ...picture.arcs.map((arc) => arcPath(picture, arc)),
    `<g>${points.near.join('')}</g>`,
    ...picture.names.map(name(picture.look)),
    '</svg>',
  ].join('\n')
}

function ball({ pose: { eye }, look }: SvgPicture): string {
  const middle = { x: eye.width / 2, y: eye.height / 2 }
  if (eye.flatness > 0) {
    const { radius, near, far } = discsOf(eye)
    const fill = `fill="${css(look.ball)}" stroke="${css(look.ink)}" stroke-opacity="0.25"`
    return [near, far]
      .map(({ x, y }) => `<circle ${circle(middle.x + x, middle.y - y, radius)} ${fill}/>`)
      .join('')
  }
  return `<defs><radialGradient id="ball"><stop offset="0.7" stop-color="${css(look.ball)}"/><stop offset="1" stop-color="${css(mixed(look.ball, look.rim, 0.22))}"/></radialGradient></defs>
<circle ${circle(middle.x, middle.y, outlinePx(eye))} fill="url(#ball)"/>`
}

function circle(x: number, y: number, radius: number): string {
  return `cx="${short(x)}" cy="${short(y)}" r="${short(radius)}"`
}

function graticule({ pose, look, isSeeThrough }: SvgPicture): string {
  const lines = graticuleLines().map(({ at, from, to }) => {
    const places: ScreenPoint[] = []
    for (let degrees = from; degrees <= to; degrees += 3) places.push(screenOf(pose, at(degrees)))
    return places
  })
  const group = (isNear: boolean, opacity: number): string => {
    const d = lines.map((places) => pathThrough(places, isOn(isNear))).join('')
    if (d === '') return ''
    return `<path d="${d}" fill="none" stroke="${css(look.ink)}" stroke-opacity="${opacity}"/>`
  }
  return group(true, 0.085) + (isSeeThrough ? group(false, 0.04) : '')
}

/** Discs, those that are selected or suspected with a ring; hidden ones not at all. */
function pointsOf({ pose, look, positions, bytes, marks }: SvgPicture): {
  readonly near: readonly string[]
  readonly far: readonly string[]
} {
  const near: string[] = []
  const far: string[] = []
  const n = marks.length
  const radius = discPx(pointSizesPx(n, 2 * radiusPx(pose.eye))) / 2
  const point = new Vector3()
  for (let row = 0; row < n; row++) {
    const [r = 0, g = 0, b = 0, alpha = 0] = bytes.subarray(4 * row, 4 * row + 4)
    if (alpha === 0) continue
    const { x, y, isFront } = screenOf(pose, point.fromArray(positions, 3 * row))
    const faint = alpha < 255 ? ` fill-opacity="${short(alpha / 255)}"` : ''
    const side = isFront ? near : far
    side.push(`<circle ${circle(x, y, radius)} fill="${hex([r, g, b])}"${faint}/>`)
    const mark = marks[row] ?? 0
    if (mark === 0) continue
    const colour = css(mark === 1 ? look.accent : look.suspect)
    side.push(
      `<circle ${circle(x, y, radius + 2.4)} fill="none" stroke="${colour}" stroke-width="1.6"/>`,
    )
  }
  return { near, far }
}

/** In two parts, as what lies behind the ball is faint. */
function arcPath({ pose, look, positions, isSeeThrough }: SvgPicture, arc: ArcRows): string {
  const way = arcWay(positions, arc, arcLift(pose.eye))
  const places = Array.from({ length: 49 }, (_, i): ScreenPoint => {
    const point = way.at(i / 48)
    const { isFront } = screenOf(pose, point.clone().normalize())
    return { ...screenOf(pose, point), isFront }
  })
  const colour = css(arc.kind === 'suspect' ? look.suspect : look.accent)
  const dashes = arc.kind === 'torn' ? ' stroke-dasharray="5 4"' : ''
  const path = (isNear: boolean, opacity: number): string => {
    const d = pathThrough(places, isOn(isNear))
    return d === ''
      ? ''
      : `<path d="${d}" fill="none" stroke="${colour}" stroke-width="1.8" stroke-opacity="${short(opacity * arc.strength)}"${dashes}/>`
  }
  return path(false, isSeeThrough ? 0.6 : farOpacity) + path(true, 0.95)
}

function name(look: SphereLook): (one: SvgName) => string {
  return ({ x, y, name: words, colour }) => {
    const left = x - (words.length * 5.8 + 12) / 2
    return `<circle cx="${short(left + 3.5)}" cy="${short(y)}" r="3.5" fill="${escaped(colour)}"/><text x="${short(left + 12)}" y="${short(y + 4)}" fill="${css(look.ink)}" stroke="${css(look.canvas)}" stroke-width="3" paint-order="stroke">${escaped(words)}</text>`
  }
}

function isOn(isNear: boolean): (place: ScreenPoint) => boolean {
  return ({ isFront }) => isFront === isNear
}

function mixed(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2): number => a[i] + (b[i] - a[i]) * share
  return [at(0), at(1), at(2)]
}

function css([r, g, b]: Rgb): string {
  return hex([255 * r, 255 * g, 255 * b])
}

function hex(bytes: readonly [number, number, number]): string {
  return `#${bytes.map((byte) => Math.round(byte).toString(16).padStart(2, '0')).join('')}`
}

/** Labels are a person's words. */
function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
