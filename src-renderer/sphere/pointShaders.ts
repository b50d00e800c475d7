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

/**
 * A device in software runs both ways of every branch, so what a picture does not need is left out
 * beforehand: TRAVELS for points on their way, SHAPES and SIZES where they differ, and MARKED for
 * points with a ring.
 */
export const pointVertexShader = `
attribute vec4 colour;
uniform vec3 eye;
uniform float farAlpha;
/** Of the square that a point fills on the far side and on the near one. */
uniform vec2 widths;
uniform float hairline;
flat varying vec4 vColour;
#ifdef TRAVELS
attribute vec3 start;
uniform float progress;
${slerpGlsl}
#endif
#if defined(SHAPES) || defined(MARKED)
/** Radii of the disc, of the dark around it and of the ring around that, and the whole width. */
flat varying vec4 vRadii;
#else
/** Of the disc and of the dark: what the square of the distance is taken from, and how often. */
flat varying vec4 vEdges;
#endif
#if defined(SHAPES) || defined(SIZES) || defined(MARKED)
#define VARIED
attribute float mark;
#endif
#ifdef SHAPES
flat varying float vShape;
#endif
#ifdef MARKED
uniform float pixelRatio;
uniform int hovered;
/** Whose ring it is: 0 of what is selected, 1 hovered, 2 suspected. */
flat varying float vMark;
#endif
${placeGlsl}
${sideGlsl}
void main() {
#ifdef TRAVELS
  vec3 p = slerp(start, position, progress);
#else
  vec3 p = position;
#endif
  float side = sideOf(p, eye);
  float dark = hairline * side;
  float line = 0.0;
  float disc = 0.5 * mix(widths.x, widths.y, side) - 0.5 - dark;
  vColour = vec4(colour.rgb, colour.a * mix(farAlpha, 1.0, side));
#ifdef VARIED
  float sizeStep = floor((mark + 0.5) / 15.0);
  float rest = mark - 15.0 * sizeStep;
  float shape = floor((rest + 0.5) / 3.0);
  if (sizeStep > 0.5) disc *= mix(0.6, 2.3, (sizeStep - 1.0) / 14.0);
  if (shape > 0.5) disc *= 1.15;
#endif
#ifdef SHAPES
  vShape = shape;
#endif
#ifdef MARKED
  bool isHovered = gl_VertexID == hovered;
  bool isSuspect = rest - 3.0 * shape > 1.5 && !isHovered;
  if (isHovered) disc *= 1.3;
  dark = 1.5 * pixelRatio;
  line = (isHovered ? 2.0 : isSuspect ? 1.25 : 1.75) * pixelRatio;
  vMark = isHovered ? 1.0 : isSuspect ? 2.0 : 0.0;
  vColour.a = max(vColour.a, mix(max(0.6, farAlpha), 1.0, side));
#endif
  vColour.rgb *= vColour.a;
  vec3 radii = vec3(disc, disc + dark, disc + dark + line);
  gl_PointSize = 2.0 * radii.z + 1.0;
#if defined(SHAPES) || defined(MARKED)
  vRadii = vec4(radii, gl_PointSize);
#else
  vec2 slopes = 0.5 / radii.xy;
  vEdges = vec4(0.5 + 0.5 * radii.xy, slopes * gl_PointSize * gl_PointSize);
#endif
  gl_Position = placed(p);
#ifdef FLAT
  // Of the other half: drawn on its own disc, and off the view here.
  if (insideOf(p) < 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#endif
}`

/** Colours leave it multiplied by their alpha. */
export const pointFragmentShader = `
uniform vec3 ringColour;
flat varying vec4 vColour;
#ifdef SHAPES
flat varying float vShape;
/** As a distance from the middle that is the radius at the border of the shape. */
float shapeAway(vec2 a, float y, float radius) {
  if (vShape < 1.5) return max(a.x, a.y) * 1.13;
  if (vShape < 2.5) return radius + max(0.87 * a.x - 0.5 * y, y) - 0.5 * radius;
  if (vShape < 3.5) return (a.x + a.y) * 0.82;
  float arm = 0.38 * radius;
  return max(max(a.x, a.y) * 0.95, radius + min(a.x, a.y) - arm);
}
#endif
#if defined(SHAPES) || defined(MARKED)
flat varying vec4 vRadii;
#else
flat varying vec4 vEdges;
#endif
#ifdef MARKED
uniform vec3 ink;
uniform vec3 accent;
uniform vec3 suspect;
flat varying float vMark;
#endif
void main() {
  // Straight edges a pixel wide: in software, smooth ones take half as long again.
  vec2 at = gl_PointCoord - 0.5;
#if defined(SHAPES) || defined(MARKED)
  at *= vRadii.w;
  float away = length(at);
#ifdef SHAPES
  if (vShape > 0.5) away = shapeAway(abs(at), at.y, vRadii.x);
#endif
  vec3 inside = clamp(vRadii.xyz + 0.5 - away, 0.0, 1.0);
#else
  // Near a border the square of the distance falls as evenly as the distance, and needs no root.
  vec2 inside = clamp(vEdges.xy - vEdges.zw * dot(at, at), 0.0, 1.0);
#endif
  float shade = 0.82 * vColour.a * (inside.y - inside.x);
  gl_FragColor = vColour * inside.x + vec4(ringColour, 1.0) * shade;
#ifdef MARKED
  vec3 line = vMark > 1.5 ? suspect : vMark > 0.5 ? ink : accent;
  gl_FragColor += vec4(line, 1.0) * (vColour.a * (inside.z - inside.y));
#endif
}`
