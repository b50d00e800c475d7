import {
  BufferAttribute,
  BufferGeometry,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Quaternion,
  Scene,
  Vector3,
  WebGLRenderer,
} from 'three'
import { SphereScene } from '../../../src-renderer/sphere/SphereScene.ts'
import { numbers, spread } from '../../renderer/sphere/made.ts'

export interface DrawTimes {
  readonly points: number
  /** Medians over some turns of the ball, milliseconds, finished on the device. */
  readonly sphereMs: number
  readonly travellingMs: number
  /** three's own points, nothing else, of the same size. */
  readonly bareMs: number
}

declare global {
  interface Window {
    drawTimes?: readonly DrawTimes[]
  }
}

const side = 800
const turns = 9

const sphereCanvas = document.createElement('canvas')
const bareCanvas = document.createElement('canvas')
const scene = new SphereScene(sphereCanvas)
scene.setLook({
  canvas: [0.055, 0.063, 0.075],
  ball: [0.082, 0.094, 0.114],
  rim: [0.62, 0.72, 0.84],
  ink: [0.9, 0.91, 0.92],
  accent: [0.337, 0.706, 0.914],
  suspect: [0.941, 0.894, 0.259],
  ring: [0.055, 0.063, 0.075],
})
scene.resize(side, side, 1)
const renderer = new WebGLRenderer({ canvas: bareCanvas, antialias: false })
renderer.setSize(side, side, false)
const camera = new PerspectiveCamera(30, 1, 0.1, 20)
camera.position.z = 4.45

/** Reading one pixel back waits until the picture is finished. */
function drawMs(canvas: HTMLCanvasElement, draw: () => void): number {
  const gl = canvas.getContext('webgl2')
  if (gl === null) throw new TypeError('no WebGL 2')
  const pixel = new Uint8Array(4)
  const times: number[] = []
  for (let turn = 0; turn < turns + 2; turn++) {
    const begin = performance.now()
    draw()
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel)
    if (turn >= 2) times.push(performance.now() - begin)
  }
  return times.sort((a, b) => a - b)[turns >> 1] ?? NaN
}

function measure(n: number): DrawTimes {
  const next = numbers(n + 1)
  const ids = Int32Array.from({ length: n }, (_, i) => i)
  const colours = Float32Array.from({ length: 3 * n }, next)
  const step = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), 0.02)
  const turn = (): void => {
    scene.trackball.orientation.multiply(step)
    scene.draw()
  }
  scene.setMotion({ isStill: true, isWatched: true })
  scene.setFrame(ids, spread(n, next))
  scene.setColours(colours, null)
  const sphereMs = drawMs(sphereCanvas, turn)
  const positions = spread(n, next)
  scene.setMotion({ isStill: false, isWatched: true })
  scene.setFrame(ids, positions)
  scene.setColours(colours, null)
  const travellingMs = drawMs(sphereCanvas, turn)

  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(positions, 3))
  geometry.setAttribute('color', new BufferAttribute(colours, 3))
  const size = n > 50_000 ? 4.4 : 5.5
  const material = new PointsMaterial({ size, sizeAttenuation: false, vertexColors: true })
  const points = new Points(geometry, material)
  const bare = new Scene().add(points)
  const bareMs = drawMs(bareCanvas, () => {
    points.rotation.y += 0.02
    renderer.render(bare, camera)
  })
  return { points: n, sphereMs, travellingMs, bareMs }
}

window.drawTimes = [0, 10_000, 100_000].map(measure)
