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
import type { Rgb } from './look.ts'
import { placeGlsl, rimGlsl, sideGlsl } from './hemisphereGlsl.ts'
import { slerpGlsl } from './pointShaders.ts'

/** Where one image was, epoch by epoch, up to where it is. */
export interface SceneTail {
  /** Unit vectors, the oldest first, `[m, 3]`. */
  readonly places: Float32Array
  readonly colour: Rgb
}

/** Pieces of each great-circle arc. */
const pieces = 8

const vertexShader = `
attribute vec3 from;
attribute vec3 to;
attribute vec3 colour;
attribute vec2 ages;
uniform vec2 halfView;
uniform float halfWidth;
uniform float farAlpha;
uniform vec3 eye;
varying float vAcross;
varying float vReach;
varying vec4 vColour;
${slerpGlsl}
${placeGlsl}
${sideGlsl}
vec2 screenOf(vec3 p) {
  vec4 clip = placed(p);
  return clip.xy / clip.w * halfView;
}
void main() {
  float t = position.x;
  vec3 p = slerp(from, to, t);
  float near = t < 0.5 ? 0.02 : -0.02;
  vec2 along = (screenOf(slerp(from, to, t + near)) - screenOf(p)) * sign(near);
  vec2 normal = length(along) > 1e-6 ? normalize(vec2(-along.y, along.x)) : vec2(0.0, 1.0);
  // Thin and faint at the old end, as the tail of a comet.
  float youth = mix(ages.x, ages.y, t);
  float half_ = halfWidth * mix(0.35, 1.0, youth);
  vec4 clip = placed(p);
  clip.xy += normal * position.y * (half_ + 1.0) / halfView * clip.w;
  vAcross = position.y * (half_ + 1.0);
  vReach = half_;
  vColour = vec4(colour, mix(0.06, 0.85, youth * youth) * mix(farAlpha, 1.0, sideOf(p, eye)));
  cutAtRim(p);
  gl_Position = clip;
}`

const fragmentShader = `
varying float vAcross;
varying float vReach;
varying vec4 vColour;
${rimGlsl}
void main() {
  dropBeyondRim();
  float alpha = clamp(vReach + 0.5 - abs(vAcross), 0.0, 1.0) * vColour.a;
  gl_FragColor = vec4(vColour.rgb, alpha);
}`

/** Comet tails in one draw call, under the points. */
export class Tails {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>

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
        farAlpha: { value: 0.25 },
        eye: { value: new Vector3(0, 0, 4) },
      },
    })
    this.mesh = new Mesh(new InstancedBufferGeometry(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 1.8
    this.mesh.visible = false
  }

  setTails(tails: readonly SceneTail[]): void {
    const n = tails.reduce((sum, { places }) => sum + Math.max(0, places.length / 3 - 1), 0)
    this.mesh.visible = n > 0
    const from = new Float32Array(3 * n)
    const to = new Float32Array(3 * n)
    const colour = new Float32Array(3 * n)
    const ages = new Float32Array(2 * n)
    let at = 0
    for (const { places, colour: own } of tails) {
      const steps = places.length / 3 - 1
      for (let step = 0; step < steps; step++, at++) {
        from.set(places.subarray(3 * step, 3 * step + 3), 3 * at)
        to.set(places.subarray(3 * step + 3, 3 * step + 6), 3 * at)
        colour.set(own, 3 * at)
        ages.set([step / steps, (step + 1) / steps], 2 * at)
      }
    }
    this.mesh.geometry.dispose()
    const geometry = strip()
    geometry.setAttribute('from', new InstancedBufferAttribute(from, 3))
    geometry.setAttribute('to', new InstancedBufferAttribute(to, 3))
    geometry.setAttribute('colour', new InstancedBufferAttribute(colour, 3))
    geometry.setAttribute('ages', new InstancedBufferAttribute(ages, 2))
    geometry.instanceCount = n
    this.mesh.geometry = geometry
  }

  place(eye: Eye, eyeInBall: Vector3, pixelRatio: number, farAlpha: number): void {
    const { uniforms } = this.mesh.material
    const halfView = new Vector2(eye.width / 2, eye.height / 2).multiplyScalar(pixelRatio)
    if (uniforms.halfView !== undefined) uniforms.halfView.value = halfView
    if (uniforms.halfWidth !== undefined) uniforms.halfWidth.value = 1.1 * pixelRatio
    if (uniforms.farAlpha !== undefined) uniforms.farAlpha.value = farAlpha
    if (uniforms.eye !== undefined) uniforms.eye.value = eyeInBall
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}

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
