import { BufferAttribute, BufferGeometry, Mesh, ShaderMaterial, Vector2, Vector3 } from 'three'
import type { Eye } from './eye.ts'
import { graticuleLines } from './graticuleLines.ts'
import { placeGlsl, rimGlsl } from './hemisphereGlsl.ts'
import type { SphereLook } from './look.ts'
import { setUniform } from './shaderParts.ts'

/** Length of a piece of a line, in degrees. */
const piece = 3

const vertexShader = `
attribute vec3 next;
attribute float side;
uniform vec2 halfView;
uniform vec3 eye;
uniform float far;
varying float vAcross;
varying float vFront;
${placeGlsl}
void main() {
  vec4 clip = placed(position);
  vec4 other = placed(next);
  vec2 along = (other.xy / other.w - clip.xy / clip.w) * halfView;
  vec2 normal = normalize(vec2(-along.y, along.x) + 1e-9);
  clip.xy += normal * side / halfView * clip.w;
  vAcross = side;
  vFront = dot(position, eye) - 1.0;
#ifdef FLAT
  vFront = mix(vFront, 1.0, flatness);
#endif
  cutAtRim(position);
  // Half of the net, but for pieces that cross the outline, where nothing shows of the far side.
  gl_Position = vFront < -0.08 * length(eye) && far == 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : clip;
}`

const fragmentShader = `
uniform vec3 ink;
uniform float near;
uniform float far;
varying float vAcross;
varying float vFront;
${rimGlsl}
void main() {
  dropBeyondRim();
  gl_FragColor = vec4(ink, (1.0 - abs(vAcross)) * (vFront > 0.0 ? near : far));
}`

/** The net of hairlines on the ball. */
export class Graticule {
  readonly mesh: Mesh<BufferGeometry, ShaderMaterial>

  constructor() {
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        halfView: { value: new Vector2(1, 1) },
        eye: { value: new Vector3() },
        ink: { value: new Vector3() },
        near: { value: 0.085 },
        far: { value: 0 },
      },
    })
    this.mesh = new Mesh(lines(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 1
  }

  setLook(look: SphereLook): void {
    this.#set('ink', new Vector3(...look.ink))
    // Dark lines on a pale ball look fainter than light ones on a dark ball.
    const [r, g, b] = look.ball
    this.#set('near', r + g + b > 1.5 ? 0.12 : 0.085)
  }

  setSeeThrough(isSeeThrough: boolean): void {
    this.#set('far', isSeeThrough ? 0.04 : 0)
  }

  place(eye: Eye, eyeInBall: Vector3, pixelRatio: number): void {
    this.#set('halfView', new Vector2(eye.width / 2, eye.height / 2).multiplyScalar(pixelRatio))
    this.#set('eye', eyeInBall)
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }

  #set(name: string, value: number | Vector2 | Vector3): void {
    setUniform(this.mesh.material.uniforms, name, value)
  }
}

function lines(): BufferGeometry {
  const places: number[] = []
  const nexts: number[] = []
  const sides: number[] = []
  const triangles: number[] = []
  for (const { at: place, from, to } of graticuleLines()) {
    for (let at = from; at <= to; at += piece) {
      const first = sides.length
      for (const side of [-1, 1]) {
        places.push(...place(at).toArray())
        nexts.push(...place(at + piece).toArray())
        sides.push(side)
      }
      if (at < to) triangles.push(first, first + 2, first + 1, first + 1, first + 2, first + 3)
    }
  }
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(places), 3))
  geometry.setAttribute('next', new BufferAttribute(new Float32Array(nexts), 3))
  geometry.setAttribute('side', new BufferAttribute(new Float32Array(sides), 1))
  geometry.setIndex(triangles)
  return geometry
}
