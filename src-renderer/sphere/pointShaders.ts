import { placeGlsl, sideGlsl } from './hemisphereGlsl.ts'

/** On the great circle from `a` to `b`; opposite ends take the way that `slerpRows` takes. */
export const slerpGlsl = `
vec3 slerp(vec3 a, vec3 b, float t) {
  float cosine = clamp(dot(a, b), -1.0, 1.0);
  float angle = acos(cosine);
  if (3.14159265 - angle < 1e-3) {
    vec3 side = normalize(abs(a.x) < 0.8 ? vec3(0.0, a.z, -a.y) : vec3(-a.z, 0.0, a.x));
    return a * cos(3.14159265 * t) + side * sin(3.14159265 * t);
  }
  if (angle < 1e-3) return normalize(mix(a, b, t));
  return normalize(a * sin((1.0 - t) * angle) + b * sin(t * angle));
}`

export const pointVertexShader = `
attribute vec3 start;
attribute vec4 colour;
attribute float mark;
uniform float progress;
uniform float size;
uniform float ring;
uniform float pixelRatio;
uniform float farAlpha;
uniform vec3 eye;
uniform int hovered;
flat varying vec4 vColour;
flat varying vec4 vShape;
flat varying vec3 vMark;
${slerpGlsl}
${placeGlsl}
${sideGlsl}
void main() {
  vec3 p = progress < 1.0 ? slerp(start, position, progress) : position;
  float side = sideOf(p, eye);
  bool isHovered = gl_VertexID == hovered;
#ifdef SIZES
  float sizeStep = floor((mark + 0.5) / 15.0);
  float rest = mark - 15.0 * sizeStep;
  float large = sizeStep > 0.5 ? mix(0.6, 2.3, (sizeStep - 1.0) / 14.0) : 1.0;
#else
  float rest = mark;
  const float large = 1.0;
#endif
  float shape = floor((rest + 0.5) / 3.0);
  float ringing = rest - 3.0 * shape;
  bool isMarked = isHovered || ringing > 0.5;
  float radius = 0.5 * size * large * pixelRatio * mix(0.86, 1.0, side) * (isHovered ? 1.3 : 1.0) * (shape > 0.5 ? 1.15 : 1.0);
  float gap = isMarked ? 1.5 * pixelRatio : ring * pixelRatio * side;
  bool isSuspect = ringing > 1.5 && ringing < 2.5 && !isHovered;
  float line = isMarked ? (isHovered ? 2.0 : isSuspect ? 1.25 : 1.75) * pixelRatio : 0.0;
  float extent = 2.0 * (radius + gap + line) + 1.0;
  vColour = vec4(colour.rgb, colour.a * mix(farAlpha, 1.0, side));
  if (isMarked) vColour.a = max(vColour.a, mix(max(0.6, farAlpha), 1.0, side));
  vShape = vec4(radius, gap, line, extent);
  vMark = vec3(isHovered ? 1.0 : isSuspect ? 2.0 : 0.0, side, shape);
  gl_Position = placed(p);
  // Layers instead of depths: within a layer later points lie over earlier ones, so nothing flickers
  // as the ball turns, and no faint point hides a full one.
  bool isFull = colour.a > 0.5 || isMarked;
  bool isNear = dot(p, eye) > 1.0;
  float layer = isHovered ? 0.1 : isFull ? (isNear ? 0.2 : 0.4) : (isNear ? 0.6 : 0.8);
  gl_Position.z = (2.0 * layer - 1.0) * gl_Position.w;
  gl_PointSize = extent;
#ifdef FLAT
  // Of the other half: drawn on its own disc, and off the view here.
  if (insideOf(p) < 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#endif
}`

export const pointFragmentShader = `
uniform vec3 ringColour;
uniform vec3 ink;
uniform vec3 accent;
uniform vec3 suspect;
flat varying vec4 vColour;
flat varying vec4 vShape;
flat varying vec3 vMark;
#ifdef SHAPES
/** As a distance from the middle that is the radius at the border of the shape. */
float shapeAway(vec2 a, float y, float radius) {
  if (vMark.z < 1.5) return max(a.x, a.y) * 1.13;
  if (vMark.z < 2.5) return radius + max(0.87 * a.x - 0.5 * y, y) - 0.5 * radius;
  if (vMark.z < 3.5) return (a.x + a.y) * 0.82;
  float arm = 0.38 * radius;
  return max(max(a.x, a.y) * 0.95, radius + min(a.x, a.y) - arm);
}
#endif
void main() {
  float radius = vShape.x;
  float gap = vShape.y;
  float line = vShape.z;
  vec2 at = (gl_PointCoord - 0.5) * vShape.w;
  float away = length(at);
#ifdef SHAPES
  if (vMark.z > 0.5) away = shapeAway(abs(at), at.y, radius);
#endif
  // Straight edges a pixel wide: in software, smooth ones take half as long again.
  float disc = clamp(radius + 0.5 - away, 0.0, 1.0);
  float dark = clamp(radius + gap + 0.5 - away, 0.0, 1.0);
  float alpha = max(disc, 0.82 * dark);
  if (line == 0.0) {
    if (alpha * vColour.a < 0.004) discard;
    gl_FragColor = vec4(mix(ringColour, vColour.rgb, disc / alpha), alpha * vColour.a);
    return;
  }
  float outer = clamp(radius + gap + line + 0.5 - away, 0.0, 1.0) - dark;
  vec3 colour = mix(ringColour, vColour.rgb, alpha > 0.0 ? disc / alpha : 0.0);
  colour = mix(colour, vMark.x > 1.5 ? suspect : vMark.x > 0.5 ? ink : accent, outer);
  alpha = max(alpha, outer) * vColour.a;
  if (alpha < 0.004) discard;
  gl_FragColor = vec4(colour, alpha);
}`
