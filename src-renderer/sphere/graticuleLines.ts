import { Vector3 } from 'three'

const degree = Math.PI / 180

/** One line of the net: places along it, in the ball's coordinates. */
export interface GraticuleLine {
  /** A place at so many degrees along the line. */
  readonly at: (degrees: number) => Vector3
  readonly from: number
  readonly to: number
}

/** Each 30 degrees; towards the poles only each third meridian goes on. */
export function graticuleLines(): readonly GraticuleLine[] {
  const lines: GraticuleLine[] = []
  for (let longitude = 0; longitude < 360; longitude += 30) {
    const end = longitude % 90 === 0 ? 90 : 78
    lines.push({ at: (latitude) => onBall(latitude, longitude), from: -end, to: end })
  }
  for (const latitude of [-60, -30, 0, 30, 60])
    lines.push({ at: (longitude) => onBall(latitude, longitude), from: 0, to: 360 })
  return lines
}

function onBall(latitude: number, longitude: number): Vector3 {
  const r = Math.cos(latitude * degree)
  return new Vector3(
    r * Math.sin(longitude * degree),
    Math.sin(latitude * degree),
    r * Math.cos(longitude * degree),
  )
}
