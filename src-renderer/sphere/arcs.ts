import {
  BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
  Vector2,
  Vector3,
} from 'three'
import type { Eye } from './eye.ts'
import type { SphereLook } from './look.ts'
import { placeGlsl, rimGlsl, sideGlsl } from './hemisphereGlsl.ts'
import { slerpGlsl } from './pointShaders.ts'
import { setUniform } from './shaderParts.ts'

/**
 * - `near`: true neighbours that stand near each other
 * - `torn`: true neighbours that the picture tears apart, dashed
 * - `suspect`: a pair that is a negative in training although it may belong together
 */
export type ArcKind = 'near' | 'torn' | 'suspect'

export interface ArcRows {
  readonly from: number
  readonly to: number
  readonly kind: ArcKind
  /** In (0, 1]: how plainly it is drawn. */
  readonly strength: number
}

const pieces = 64

const vertexShader = `
attribute vec3 from;
attribute vec3 to;
attribute vec3 manner;
uniform int hovered;
uniform vec2 halfView;
uniform float halfWidth;
uniform float ballPx;
uniform float lift;
uniform float farAlpha;
uniform vec3 eye;
varying float vAcross;
varying float vAlong;
varying float vAlpha;
flat varying vec3 vManner;
flat varying float vHalf;
${slerpGlsl}
${placeGlsl}
${sideGlsl}
float angle;
vec3 arcAt(float t) {
  return slerp(from, to, t) * (1.0 + lift * min(1.0, angle) * 4.0 * t * (1.0 - t));
}
vec2 screenOf(vec4 clip) {
  return clip.xy / clip.w * halfView;
}
void main() {
  angle = acos(clamp(dot(from, to), -1.0, 1.0));
  float t = position.x;
  vec3 p = arcAt(t);
  vec4 clip = placed(p);
  float near = t < 0.5 ? 0.01 : -0.01;
  vec4 other = placed(arcAt(t + near));
  vec2 along = (screenOf(other) - screenOf(clip)) * sign(near);
  vec2 normal = length(along) > 1e-6 ? normalize(vec2(-along.y, along.x)) : vec2(0.0, 1.0);
  bool isHovered = gl_InstanceID == hovered;
  vHalf = halfWidth * (isHovered ? 1.9 : 1.0);
  float reach = vHalf + 1.0;
  clip.xy += normal * position.y * reach / halfView * clip.w;
  vAcross = position.y * reach;
  // Whole dashes, about nine pixels each where the arc lies flat before the eye.
  vAlong = t * max(3.0, floor(angle * ballPx / 9.0) + 0.55);
  vAlpha = mix(farAlpha, 1.0, sideOf(normalize(p), eye));
  vManner = vec3(manner.xy, isHovered ? 1.0 : manner.z);
  cutAtRim(p);
  gl_Position = clip;
}`

const fragmentShader = `
uniform vec3 accent;
uniform vec3 suspect;
varying float vAcross;
varying float vAlong;
varying float vAlpha;
flat varying vec3 vManner;
flat varying float vHalf;
${rimGlsl}
void main() {
  dropBeyondRim();
  float alpha = clamp(vHalf + 0.5 - abs(vAcross), 0.0, 1.0) * vAlpha * vManner.z;
  if (vManner.x > 0.5) {
    float soft = fwidth(vAlong);
    float place = fract(vAlong);
    alpha *= 1.0 - smoothstep(0.55 - soft, 0.55 + soft, place) * (1.0 - smoothstep(1.0 - soft, 1.0, place));
  }
  gl_FragColor = vec4(vManner.y > 0.5 ? suspect : accent, alpha * (vManner.x > 0.5 ? 0.8 : 0.95));
}`

/**
 * How high the middle of a long arc stands above the ball, in radii: less as the eye comes near, and
 * not at all on flat discs, where it would bend the great circle.
 */
export function arcLift(eye: Eye): number {
  return (1 - eye.flatness) * Math.min(0.06, (eye.distance - 1) * 0.2)
}

/** Great-circle arcs, lifted a little off the ball; dashed where the picture tears a pair apart. */
export class Arcs {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>
  #arcs: readonly ArcRows[] = []

  constructor() {
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        halfView: { value: new Vector2(1, 1) },
        halfWidth: { value: 1 },
        ballPx: { value: 1 },
        lift: { value: 0.06 },
        farAlpha: { value: 0.25 },
        eye: { value: new Vector3() },
        hovered: { value: -1 },
        accent: { value: new Vector3() },
        suspect: { value: new Vector3() },
      },
    })
    this.mesh = new Mesh(new InstancedBufferGeometry(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 3
    this.mesh.visible = false
  }

  get isEmpty(): boolean {
    return this.#arcs.length === 0
  }

  setArcs(arcs: readonly ArcRows[]): void {
    this.#arcs = arcs
  }

  setLook(look: SphereLook): void {
    this.#set('accent', new Vector3(...look.accent))
    this.#set('suspect', new Vector3(...look.suspect))
  }

  /** Place of the arc under the pointer among those that were set; −1 for none. */
  setHovered(place: number): void {
    this.#set('hovered', place)
  }

  /** `positions`: rows as they are shown at this moment, `[n, 3]`. */
  update(positions: Float32Array): void {
    this.mesh.visible = this.#arcs.length > 0
    if (!this.mesh.visible) return
    const n = this.#arcs.length
    const from = new Float32Array(3 * n)
    const to = new Float32Array(3 * n)
    const manner = new Float32Array(3 * n)
    this.#arcs.forEach((arc, i) => {
      from.set(positions.subarray(3 * arc.from, 3 * arc.from + 3), 3 * i)
      to.set(positions.subarray(3 * arc.to, 3 * arc.to + 3), 3 * i)
      manner.set([arc.kind === 'torn' ? 1 : 0, arc.kind === 'suspect' ? 1 : 0, arc.strength], 3 * i)
    })
    this.mesh.geometry.dispose()
    const geometry = strip()
    geometry.setAttribute('from', new InstancedBufferAttribute(from, 3))
    geometry.setAttribute('to', new InstancedBufferAttribute(to, 3))
    geometry.setAttribute('manner', new InstancedBufferAttribute(manner, 3))
    geometry.instanceCount = n
    this.mesh.geometry = geometry
  }

  place(eye: Eye, eyeInBall: Vector3, pixelRatio: number, farAlpha: number): void {
    this.#set('halfView', new Vector2(eye.width / 2, eye.height / 2).multiplyScalar(pixelRatio))
    this.#set('halfWidth', 0.9 * pixelRatio)
    this.#set('ballPx', eye.focal / eye.distance)
    this.#set('lift', arcLift(eye))
    this.#set('farAlpha', farAlpha)
    this.#set('eye', eyeInBall)
  }

  #set(name: string, value: number | Vector2 | Vector3): void {
    setUniform(this.mesh.material.uniforms, name, value)
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}

/** A ribbon along t in [0, 1], two vertices a step, one on each side. */
function strip(): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry()
  const places = new Float32Array(6 * (pieces + 1))
  const triangles: number[] = []
  for (let i = 0; i <= pieces; i++) {
    places.set([i / pieces, -1, 0, i / pieces, 1, 0], 6 * i)
    const a = 2 * i
    if (i < pieces) triangles.push(a, a + 2, a + 1, a + 1, a + 2, a + 3)
  }
  geometry.setAttribute('position', new BufferAttribute(places, 3))
  geometry.setIndex(triangles)
  return geometry
}
