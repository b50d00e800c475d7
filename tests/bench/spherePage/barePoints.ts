import {
  BufferAttribute,
  BufferGeometry,
  PerspectiveCamera,
  Points,
  Scene,
  ShaderMaterial,
} from 'three'
import type { WebGLRenderer } from 'three'
import type { Eye } from '../../../src-renderer/sphere/eye.ts'
import { outlinePx } from '../../../src-renderer/sphere/eye.ts'
import { pointSizesPx } from '../../../src-renderer/sphere/pointSizes.ts'

/** three's points with the least that a shader can do: squares as wide as the sphere's points are with their hairline. */
export class BarePoints {
  readonly #points: Points<BufferGeometry, ShaderMaterial>
  readonly #scene: Scene
  readonly #camera: PerspectiveCamera

  /** `[n, 3]` each. */
  constructor(positions: Float32Array, colours: Float32Array, eye: Eye) {
    const geometry = new BufferGeometry()
    geometry.setAttribute('position', new BufferAttribute(positions, 3))
    geometry.setAttribute('colour', new BufferAttribute(colours, 3))
    const material = new ShaderMaterial({
      vertexShader: `
        attribute vec3 colour;
        uniform float size;
        varying vec3 vColour;
        void main() {
          vColour = colour;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
          gl_PointSize = size;
        }`,
      fragmentShader: `
        varying vec3 vColour;
        void main() { gl_FragColor = vec4(vColour, 1.0); }`,
      uniforms: { size: { value: pointSizesPx(positions.length / 3, 2 * outlinePx(eye)).near } },
    })
    this.#points = new Points(geometry, material)
    this.#scene = new Scene().add(this.#points)
    const degrees = (2 * Math.atan(eye.height / 2 / eye.focal) * 180) / Math.PI
    this.#camera = new PerspectiveCamera(degrees, eye.width / eye.height, 0.1, 20)
    this.#camera.position.z = eye.distance
  }

  draw(renderer: WebGLRenderer): void {
    this.#points.rotation.y += 0.02
    renderer.render(this.#scene, this.#camera)
  }

  dispose(): void {
    this.#points.geometry.dispose()
    this.#points.material.dispose()
  }
}
