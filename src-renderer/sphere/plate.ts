import { Mesh, PlaneGeometry, ShaderMaterial, Vector2, Vector3 } from 'three'
import type { Eye } from './eye.ts'
import { discsOf, radiusPx } from './hemispheres.ts'
import type { Half } from './hemispheres.ts'
import type { SphereLook } from './look.ts'
import { noiseGlsl, setUniform } from './shaderParts.ts'

/** How far the square around a disc reaches, in its radii: room for the faint light around it. */
const reach = 1.08

const vertexShader = `
uniform vec2 middle;
uniform vec2 size;
varying vec2 vPlace;
void main() {
  vPlace = position.xy * ${reach.toFixed(2)};
  gl_Position = vec4(middle + vPlace * size, 0.0, 1.0);
}`

const fragmentShader = `
uniform vec3 ball;
uniform vec3 rim;
uniform vec3 ink;
uniform float radius;
uniform float shown;
varying vec2 vPlace;
${noiseGlsl}
void main() {
  float away = length(vPlace);
  float pale = smoothstep(0.25, 0.75, dot(ball, vec3(0.299, 0.587, 0.114)));
  float inside = clamp((1.0 - away) * radius + 0.5, 0.0, 1.0);
  float line = clamp(1.25 - abs(1.0 - away) * radius, 0.0, 1.0);
  // As matte as the ball, lit from the upper left; a disc has no outline that would be darker.
  vec3 body = ball * (1.0 + mix(0.10, 0.02, pale) * dot(vPlace, vec2(-0.6, 0.8)));
  body = mix(body, ink, 0.28 * line);
  float past = clamp((away - 1.0) / ${(reach - 1).toFixed(2)}, 0.0, 1.0);
  float halo = 0.05 * (1.0 - pale) * (1.0 - past) * (1.0 - past) * (1.0 - past);
  vec3 colour = mix(rim, body, inside) + noise(gl_FragCoord.xy);
  gl_FragColor = vec4(colour, shown * max(inside, max(halo, 0.28 * line)));
}`

/** The disc under one half of the ball where that lies flat. */
export class Plate {
  readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>

  constructor() {
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        middle: { value: new Vector2() },
        size: { value: new Vector2() },
        radius: { value: 1 },
        shown: { value: 0 },
        ball: { value: new Vector3() },
        rim: { value: new Vector3() },
        ink: { value: new Vector3() },
      },
    })
    this.mesh = new Mesh(new PlaneGeometry(2, 2), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 0.5
  }

  setLook(look: SphereLook): void {
    this.#set('ball', new Vector3(...look.ball))
    this.#set('rim', new Vector3(...look.rim))
    this.#set('ink', new Vector3(...look.ink))
  }

  /** On the way from the ball it grows out of its outline, and becomes plain. */
  place(eye: Eye, half: Half, pixelRatio: number): void {
    const { x, y } = discsOf(eye)[half]
    const radius = radiusPx(eye)
    const toView = new Vector2(2 / eye.width, 2 / eye.height)
    this.#set('middle', new Vector2(x, y).multiplyScalar(eye.flatness).multiply(toView))
    this.#set('size', toView.clone().multiplyScalar(radius))
    this.#set('radius', radius * pixelRatio)
    // Quickly, so that what is on the far disc does not show through the near one.
    this.#set('shown', Math.min(1, 3 * eye.flatness))
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }

  #set(name: string, value: number | Vector2 | Vector3): void {
    setUniform(this.mesh.material.uniforms, name, value)
  }
}
