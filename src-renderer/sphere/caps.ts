import {
  BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
  Vector3,
} from 'three'
import type { Rgb } from './look.ts'
import { placeGlsl, rimGlsl, sideGlsl } from './hemisphereGlsl.ts'

export interface SceneCap {
  /** Unit vector. */
  readonly direction: readonly [number, number, number]
  /** Radians. */
  readonly radius: number
  readonly colour: Rgb
  /** 1 as usual; more to point it out, in [0, 2]. */
  readonly weight: number
}

const rings = 6
const spokes = 48

const vertexShader = `
attribute vec3 direction;
attribute float radius;
attribute vec4 colour;
uniform vec3 eye;
uniform float farAlpha;
varying float vRing;
varying vec4 vColour;
${placeGlsl}
${sideGlsl}
void main() {
  vec3 side = normalize(abs(direction.x) < 0.8 ? cross(direction, vec3(1, 0, 0)) : cross(direction, vec3(0, 1, 0)));
  vec3 other = cross(direction, side);
  float angle = radius * position.x;
  vec3 p = direction * cos(angle) + (side * cos(position.y) + other * sin(position.y)) * sin(angle);
  vRing = position.x;
  vColour = vec4(colour.rgb, colour.a * mix(0.5 * farAlpha, 1.0, sideOf(p, eye)));
  cutAtRim(p);
  gl_Position = placed(p);
}`

const fragmentShader = `
uniform float shown;
varying float vRing;
varying vec4 vColour;
${rimGlsl}
void main() {
  dropBeyondRim();
  float soft = max(1e-4, fwidth(vRing));
  float rim = smoothstep(1.0 - 2.5 * soft, 1.0 - soft, vRing);
  float alpha = mix(0.10, 0.55, rim) * vColour.a * shown;
  gl_FragColor = vec4(vColour.rgb, min(0.9, alpha));
}`

/** Translucent round patches of the ball in one draw call, under the points. */
export class Caps {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>

  constructor() {
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        eye: { value: new Vector3(0, 0, 4) },
        farAlpha: { value: 0.25 },
        shown: { value: 1 },
      },
    })
    this.mesh = new Mesh(new InstancedBufferGeometry(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 1.5
    this.mesh.visible = false
  }

  setCaps(caps: readonly SceneCap[]): void {
    this.mesh.visible = caps.length > 0
    this.mesh.geometry.dispose()
    const geometry = disc()
    const direction = Float32Array.from(caps.flatMap((cap) => cap.direction))
    const colour = Float32Array.from(caps.flatMap((cap) => [...cap.colour, cap.weight]))
    const radius = Float32Array.from(caps, (cap) => cap.radius)
    geometry.setAttribute('direction', new InstancedBufferAttribute(direction, 3))
    geometry.setAttribute('colour', new InstancedBufferAttribute(colour, 4))
    geometry.setAttribute('radius', new InstancedBufferAttribute(radius, 1))
    geometry.instanceCount = caps.length
    this.mesh.geometry = geometry
  }

  /** `shown`: how much of them is seen, in [0, 1]; they go while points travel. */
  place(eyeInBall: Vector3, farAlpha: number, shown: number): void {
    const { uniforms } = this.mesh.material
    if (uniforms.eye !== undefined) uniforms.eye.value = eyeInBall
    if (uniforms.farAlpha !== undefined) uniforms.farAlpha.value = farAlpha
    if (uniforms.shown !== undefined) uniforms.shown.value = shown
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}

/** Corners as ring in [0, 1] and angle around the middle. */
function disc(): InstancedBufferGeometry {
  const places: number[] = []
  const triangles: number[] = []
  for (let ring = 0; ring <= rings; ring++) {
    for (let spoke = 0; spoke < spokes; spoke++) {
      places.push(ring / rings, (2 * Math.PI * spoke) / spokes, 0)
      if (ring === 0) continue
      const next = (spoke + 1) % spokes
      const [outer, inner] = [ring * spokes, (ring - 1) * spokes]
      triangles.push(inner + spoke, outer + spoke, outer + next)
      triangles.push(inner + spoke, outer + next, inner + next)
    }
  }
  const geometry = new InstancedBufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(places), 3))
  geometry.setIndex(triangles)
  return geometry
}
