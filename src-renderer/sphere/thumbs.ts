import {
  BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  ShaderMaterial,
  Vector2,
  Vector3,
} from 'three'
import type { Texture } from 'three'
import type { SphereLook } from './look.ts'
import { placeGlsl, sideGlsl } from './hemisphereGlsl.ts'
import { slerpGlsl } from './pointShaders.ts'
import { setUniform } from './shaderParts.ts'

/** Edge of a thumbnail in CSS pixels, 24 to 96: so that those of one side cover most of it. */
export function thumbSizePx(count: number, ballPx: number): number {
  const edge = (0.85 * ballPx * Math.sqrt(Math.PI / 2)) / Math.sqrt(Math.max(1, count))
  return Math.max(24, Math.min(96, edge))
}

/** One thumbnail: a row of the frame that has a cell in the atlas. */
export interface ThumbRow {
  readonly row: number
  readonly cell: number
}

/** How rows look at this moment. */
export interface ThumbLook {
  /** `[n, 3]`: where rows set out from, and where they go. */
  readonly start: Float32Array
  readonly positions: Float32Array
  /** `[n, 4]`, 0–255: colour of the frame, and alpha. */
  readonly colours: Uint8Array
  /** 1 for a row that is selected, 2 for one in a suspected pair, `[n]`. */
  readonly marks: Uint8Array
}

const vertexShader = `
attribute vec3 start;
attribute vec3 place;
attribute vec4 colour;
attribute float cell;
attribute float mark;
uniform float progress;
uniform float size;
uniform float pixelRatio;
uniform float side;
uniform float farAlpha;
uniform vec2 halfView;
uniform vec3 eye;
varying vec2 vAt;
flat varying vec4 vColour;
flat varying vec2 vCell;
flat varying vec2 vShape;
${slerpGlsl}
${placeGlsl}
${sideGlsl}
void main() {
  vec3 p = progress < 1.0 ? slerp(start, place, progress) : place;
  float near = sideOf(p, eye);
  float edge = size * pixelRatio * mix(0.7, 1.0, near);
  vec4 clip = placed(p);
  clip.xy += position.xy * (0.5 * edge) / halfView * clip.w;
  // Bands as those of points, each just before theirs: within one, what is nearer hides what is not.
  bool isFull = colour.a > 0.5 || mark > 0.5;
  bool isNear = dot(p, eye) > 1.0;
  float band = isFull ? (isNear ? 0.12 : 0.31) : (isNear ? 0.51 : 0.71);
  float depth = clamp(0.5 - 0.5 * dot(p, normalize(eye)), 0.0, 1.0);
  clip.z = (2.0 * (band + 0.07 * depth) - 1.0) * clip.w;
  vAt = position.xy;
  vCell = vec2(mod(cell, side), floor(cell / side));
  vColour = vec4(colour.rgb, colour.a * mix(farAlpha, 1.0, near));
  vShape = vec2(edge, mark);
  gl_Position = clip;
#ifdef FLAT
  if (insideOf(p) < 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#endif
}`

const fragmentShader = `
uniform sampler2D atlas;
uniform float side;
uniform float pixelRatio;
uniform float texel0;
uniform vec3 tile;
uniform vec3 accent;
uniform vec3 suspect;
varying vec2 vAt;
flat varying vec4 vColour;
flat varying vec2 vCell;
flat varying vec2 vShape;
void main() {
  float half_ = 0.5 * vShape.x;
  bool isMarked = vShape.y > 0.5;
  float frame = (isMarked ? 3.0 : 2.0) * pixelRatio;
  float corner = min(5.0 * pixelRatio, 0.3 * half_);
  vec2 q = abs(vAt) * half_ - (half_ - corner);
  float away = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - corner;
  float inside = clamp(-away, 0.0, 1.0);
  if (inside * vColour.a < 0.004) discard;
  float isFrame = clamp(away + frame + 0.5, 0.0, 1.0);
  // Half a texel in from the border, so that no neighbour shows.
  vec2 at = clamp(0.5 + 0.5 * vec2(vAt.x, -vAt.y), 0.5 * texel0, 1.0 - 0.5 * texel0);
  vec4 texel = texture2D(atlas, (vCell + at) / side);
  vec3 picture = mix(tile, texel.rgb, texel.a);
  vec3 colour = mix(picture, vShape.y > 1.5 ? suspect : isMarked ? accent : vColour.rgb, isFrame);
  gl_FragColor = vec4(colour, inside * vColour.a);
}`

/** Pictures instead of points, all in one draw call. */
export class Thumbs {
  readonly mesh: Mesh<InstancedBufferGeometry, ShaderMaterial>

  /**
   * @param cellPx edge of a picture in the atlas
   * @param order those with a higher one are drawn over the others
   */
  constructor(cellPx: number, order: number) {
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      transparent: true,
      depthTest: true,
      depthWrite: true,
      uniforms: {
        atlas: { value: null },
        texel0: { value: 1 / cellPx },
        side: { value: 1 },
        progress: { value: 1 },
        size: { value: 24 },
        pixelRatio: { value: 1 },
        farAlpha: { value: 0.25 },
        halfView: { value: new Vector2(1, 1) },
        eye: { value: new Vector3(0, 0, 4) },
        tile: { value: new Vector3() },
        accent: { value: new Vector3() },
        suspect: { value: new Vector3() },
      },
    })
    this.mesh = new Mesh(new InstancedBufferGeometry(), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = order
    this.mesh.visible = false
  }

  /** Hidden rows are left out. */
  setRows(rows: readonly ThumbRow[], look: ThumbLook): void {
    const seen = rows.filter(({ row }) => (look.colours[4 * row + 3] ?? 0) > 0)
    const n = seen.length
    this.mesh.visible = n > 0
    const start = new Float32Array(3 * n)
    const place = new Float32Array(3 * n)
    const colour = new Uint8Array(4 * n)
    const cell = new Float32Array(n)
    const mark = new Uint8Array(n)
    seen.forEach((thumb, i) => {
      const { row } = thumb
      start.set(look.start.subarray(3 * row, 3 * row + 3), 3 * i)
      place.set(look.positions.subarray(3 * row, 3 * row + 3), 3 * i)
      colour.set(look.colours.subarray(4 * row, 4 * row + 4), 4 * i)
      cell[i] = thumb.cell
      mark[i] = look.marks[row] ?? 0
    })
    this.mesh.geometry.dispose()
    const geometry = square()
    geometry.setAttribute('start', new InstancedBufferAttribute(start, 3))
    geometry.setAttribute('place', new InstancedBufferAttribute(place, 3))
    geometry.setAttribute('colour', new InstancedBufferAttribute(colour, 4, true))
    geometry.setAttribute('cell', new InstancedBufferAttribute(cell, 1))
    geometry.setAttribute('mark', new InstancedBufferAttribute(mark, 1))
    geometry.instanceCount = n
    this.mesh.geometry = geometry
  }

  setLook(look: SphereLook): void {
    this.set('tile', new Vector3(...look.ring))
    this.set('accent', new Vector3(...look.accent))
    this.set('suspect', new Vector3(...look.suspect))
  }

  set(name: string, value: number | Vector2 | Vector3 | Texture | null): void {
    setUniform(this.mesh.material.uniforms, name, value)
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}

function square(): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry()
  const corners = Float32Array.of(-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0)
  geometry.setAttribute('position', new BufferAttribute(corners, 3))
  geometry.setIndex([0, 1, 2, 0, 2, 3])
  return geometry
}
