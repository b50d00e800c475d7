import { Mesh, PlaneGeometry, ShaderMaterial, Vector2, Vector3 } from 'three'
import type { Matrix3 } from 'three'
import type { Eye } from './eye.ts'
import { outlinePx } from './eye.ts'
import type { SphereLook } from './look.ts'

/** Room around the outline, in CSS pixels, for the faint light that the rim throws. */
const haloPx = 28

const vertexShader = `
uniform vec2 reach;
uniform vec2 rayReach;
varying vec2 ray;
void main() {
  ray = position.xy * 2.0 * rayReach;
  gl_Position = vec4(position.xy * 2.0 * reach, 0.0, 1.0);
}`

/** The ball is met by each pixel's ray, so its outline and its lines are exact at every zoom. */
const fragmentShader = `
uniform float distance0;
uniform float focal;
uniform float outline;
uniform float pixel;
uniform float opacity;
uniform mat3 toBall;
uniform vec3 canvas;
uniform vec3 ball;
uniform vec3 rim;
uniform vec3 ink;
varying vec2 ray;

const float step30 = 0.52359878;
const vec3 light = vec3(-0.4867, 0.6489, 0.5849);

float lineAt(float value, float perPixel) {
  float away = abs(mod(value + 0.5 * step30, step30) - 0.5 * step30) / perPixel;
  return clamp(1.0 - away, 0.0, 1.0);
}

/** Coverage by the meridians and parallels that lie each 30 degrees. */
float graticule(vec3 p) {
  vec3 px = dFdx(p);
  vec3 py = dFdy(p);
  float r2 = max(1e-6, p.x * p.x + p.z * p.z);
  float r = sqrt(r2);
  vec3 east = vec3(p.z, 0.0, -p.x) / r2;
  float perLongitude = length(vec2(dot(east, px), dot(east, py)));
  float perLatitude = length(vec2(px.y, py.y)) / r;
  float meridian = lineAt(atan(p.x, p.z), max(1e-7, perLongitude));
  float parallel = lineAt(asin(clamp(p.y, -1.0, 1.0)), max(1e-7, perLatitude));
  // Towards the poles only each third meridian goes on; the pole itself is no parallel.
  float third = abs(mod(atan(p.x, p.z) + 1.5 * step30, 3.0 * step30) - 1.5 * step30);
  float keep = third < 0.5 * step30 ? 1.0 : smoothstep(0.16, 0.26, r);
  return max(meridian * keep, parallel * step(0.2, r));
}

float noise(vec2 at) {
  return fract(52.9829189 * fract(dot(at, vec2(0.06711056, 0.00583715)))) - 0.5;
}

void main() {
  vec3 d = normalize(vec3(ray, -1.0));
  float b = d.z * distance0;
  float discriminant = b * b - (distance0 * distance0 - 1.0);
  float root = sqrt(max(0.0, discriminant));
  vec3 near = vec3(0.0, 0.0, distance0) - d * (b + root);
  vec3 far = vec3(0.0, 0.0, distance0) - d * (b - root);
  float inside = (outline - length(ray) * focal) / pixel;
  float coverage = clamp(inside + 0.5, 0.0, 1.0);

  vec3 n = normalize(near);
  float towards = max(0.0, -dot(n, d));
  float lit = 0.5 + 0.5 * dot(n, light);
  vec3 body = ball * mix(0.80, 1.16, lit * lit * (3.0 - 2.0 * lit));
  float edge = 1.0 - towards;
  float side = 0.30 + 0.70 * smoothstep(-0.55, 0.85, dot(normalize(n.xy + 1e-5), light.xy));
  body = mix(body, rim, 0.34 * side * edge * edge * edge * edge);

  vec3 back = mix(canvas, ball, 0.5);
  float seen = 1.0 - opacity;
  back = mix(back, ink, graticule(toBall * far) * 0.09 * seen);
  vec3 colour = mix(mix(canvas, back, step(0.2, seen)), body, opacity);
  colour = mix(colour, ink, graticule(toBall * n) * 0.085);

  float halo = exp(min(0.0, inside * pixel) / 9.0) * side;
  vec3 around = mix(canvas, rim, 0.045 * halo * smoothstep(${haloPx}.0, 0.0, -inside * pixel));
  gl_FragColor = vec4(mix(around, colour, coverage) + noise(gl_FragCoord.xy) / 255.0, 1.0);
}`

/** Matte ball with a graticule, drawn first and behind everything. */
export class Ball {
  readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>

  constructor() {
    const material = new ShaderMaterial({
      vertexShader,
      fragmentShader,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        reach: { value: new Vector2() },
        rayReach: { value: new Vector2() },
        distance0: { value: 1 },
        focal: { value: 1 },
        outline: { value: 1 },
        pixel: { value: 1 },
        opacity: { value: 0.96 },
        toBall: { value: null as Matrix3 | null },
        canvas: { value: new Vector3() },
        ball: { value: new Vector3() },
        rim: { value: new Vector3() },
        ink: { value: new Vector3() },
      },
    })
    this.mesh = new Mesh(new PlaneGeometry(1, 1), material)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 0
  }

  setLook(look: SphereLook): void {
    const { uniforms } = this.mesh.material
    for (const name of ['canvas', 'ball', 'rim', 'ink'] as const) {
      uniforms[name] = { value: new Vector3(...look[name]) }
    }
  }

  setOpacity(opacity: number): void {
    this.mesh.material.uniforms['opacity'] = { value: opacity }
  }

  place(eye: Eye, toBall: Matrix3, pixelRatio: number): void {
    const outline = outlinePx(eye)
    const reachX = Math.min(outline + haloPx, eye.width / 2)
    const reachY = Math.min(outline + haloPx, eye.height / 2)
    const values = {
      reach: new Vector2((2 * reachX) / eye.width, (2 * reachY) / eye.height),
      rayReach: new Vector2(reachX / eye.focal, reachY / eye.focal),
      distance0: eye.distance,
      focal: eye.focal,
      outline,
      pixel: 1 / pixelRatio,
      toBall,
    }
    for (const [name, value] of Object.entries(values)) {
      const uniform = this.mesh.material.uniforms[name]
      if (uniform !== undefined) uniform.value = value
    }
  }

  dispose(): void {
    this.mesh.geometry.dispose()
    this.mesh.material.dispose()
  }
}
