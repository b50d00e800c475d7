import { BufferAttribute, BufferGeometry, Mesh, ShaderMaterial, Vector2, Vector3 } from 'three'
import type { Eye } from './eye.ts'
import { outlinePx } from './eye.ts'
import type { SphereLook } from './look.ts'
import { noiseGlsl, setUniform } from './shaderParts.ts'

/** Width, in shares of the outline's radius, of the faint light around the ball. */
const haloShare = 0.08
/** Rings of the disc, closer together towards the outline, where the light changes quickly. */
const rings = [0, 0.2, 0.4, 0.55, 0.68, 0.78, 0.86, 0.91, 0.945, 0.97, 0.985, 0.995, 1]
const haloRings = [1.01, 1.025, 1.05, 1 + haloShare]
const spokes = 72

/**
 * Light is reckoned at the corners of a fine disc and spread between them: smooth at any size, and
 * in software four times as fast as reckoning it at each pixel.
 */
const vertexShader = `
uniform float distance0;
uniform vec2 reach;
uniform vec3 canvas;
uniform vec3 ball;
uniform vec3 rim;
varying vec3 vBody;
varying vec3 vAround;
varying vec2 vPlace;
const vec3 light = vec3(-0.4867, 0.6489, 0.5849);
void main() {
  float share = length(position.xy);
  vec2 across = share > 0.0 ? position.xy / share : vec2(0.0, 1.0);
  // The ray meets the ball at this angle from its middle; beside the ball, the outline stands in.
  float ray = min(share, 1.0) / sqrt(distance0 * distance0 - 1.0);
  float angle = atan(ray);
  float polar = asin(min(1.0, distance0 * sin(angle))) - angle;
  vec3 n = vec3(sin(polar) * across, cos(polar));
  float towards = max(0.0, cos(polar + angle));
  // A dark ball takes a rim of light; a pale one takes a shade towards its outline.
  float pale = smoothstep(0.25, 0.75, dot(ball, vec3(0.299, 0.587, 0.114)));
  float side = 0.30 + 0.70 * smoothstep(-0.55, 0.85, dot(across, light.xy));
  float lit = smoothstep(0.0, 1.0, 0.5 + 0.5 * dot(n, light));
  float edge = (1.0 - towards) * (1.0 - towards);
  vBody = ball * mix(mix(0.80, 0.93, pale), mix(1.16, 1.035, pale), lit);
  vBody = mix(vBody, rim, 0.34 * (1.0 - pale) * side * edge * edge);
  vBody *= 1.0 - 0.16 * pale * edge;
  float away = clamp((share - 1.0) / ${haloShare}, 0.0, 1.0);
  float halo = (1.0 - away) * (1.0 - away) * (1.0 - away);
  vAround = mix(canvas, rim, 0.045 * (1.0 - pale) * halo * side);
  vPlace = position.xy;
  gl_Position = vec4(position.xy * reach, 0.0, 1.0);
}`

const fragmentShader = `
uniform vec3 canvas;
uniform float opacity;
uniform float shown;
uniform float outline;
uniform bool isAlone;
varying vec3 vBody;
varying vec3 vAround;
varying vec2 vPlace;
${noiseGlsl}
void main() {
  float inside = clamp((1.0 - length(vPlace)) * outline + 0.5, 0.0, 1.0);
  if (isAlone) {
    // Nothing behind the ball and no light around it; colours multiplied by their alpha.
    gl_FragColor = vec4(vBody, 1.0) * (opacity * inside * shown);
    return;
  }
  vec3 colour = mix(canvas, mix(vAround, mix(canvas, vBody, opacity), inside), shown);
  gl_FragColor = vec4(colour + noise(gl_FragCoord.xy), 1.0);
}`

/** Matte ball, drawn first and behind everything. */
export class Ball {
  readonly mesh: Mesh<BufferGeometry, ShaderMaterial>

  constructor() {
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        distance0: { value: 1 },
        reach: { value: new Vector2() },
        outline: { value: 1 },
        opacity: { value: 0.96 },
        shown: { value: 1 },
        isAlone: { value: false },
        canvas: { value: new Vector3() },
        ball: { value: new Vector3() },
        rim: { value: new Vector3() },
      },
    })
    this.mesh = new Mesh(disc(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 0
  }

  setLook(look: SphereLook): void {
    this.#set('canvas', new Vector3(...look.canvas))
    this.#set('ball', new Vector3(...look.ball))
    this.#set('rim', new Vector3(...look.rim))
  }

  setOpacity(opacity: number): void {
    this.#set('opacity', opacity)
  }

  /** How much of it is seen, in [0, 1]: none where its halves lie flat. */
  setShown(shown: number): void {
    this.#set('shown', shown)
  }

  /** Without the background. */
  setAlone(isAlone: boolean): void {
    this.#set('isAlone', isAlone)
  }

  place(eye: Eye, pixelRatio: number): void {
    const outline = outlinePx(eye)
    this.#set('distance0', eye.distance)
    this.#set('reach', new Vector2((2 * outline) / eye.width, (2 * outline) / eye.height))
    this.#set('outline', outline * pixelRatio)
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }

  #set(name: string, value: number | boolean | Vector2 | Vector3): void {
    setUniform(this.mesh.material.uniforms, name, value)
  }
}

/** Rings and spokes; a radius of 1 is the outline. */
function disc(): BufferGeometry {
  const radii = [...rings, ...haloRings]
  const places: number[] = []
  const triangles: number[] = []
  radii.forEach((radius, ring) => {
    for (let spoke = 0; spoke < spokes; spoke++) {
      const angle = (2 * Math.PI * spoke) / spokes
      places.push(radius * Math.cos(angle), radius * Math.sin(angle), 0)
      if (ring === 0) continue
      const next = (spoke + 1) % spokes
      const [outer, inner] = [ring * spokes, (ring - 1) * spokes]
      triangles.push(inner + spoke, outer + spoke, outer + next)
      triangles.push(inner + spoke, outer + next, inner + next)
    }
  })
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(places), 3))
  geometry.setIndex(triangles)
  return geometry
}
