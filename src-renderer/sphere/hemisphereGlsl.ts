/**
 * `placed(p)`: where a point, given in the ball's coordinates, is drawn: `screenOf` for the graphics
 * device. With FLAT, on the way to the disc of one half, see `hemispheres.ts`; each half is drawn by
 * itself.
 */
export const placeGlsl = `
#ifdef FLAT
uniform float flatness;
/** 1 for the near half, −1 for the far one. */
uniform float whichHalf;
/** Of the disc, in units of the view. */
uniform vec2 discMiddle;
uniform vec2 discReach;
varying float vInside;
float insideOf(vec3 p) {
  return whichHalf * (mat3(modelViewMatrix) * p).z;
}
#endif
vec4 placed(vec3 p) {
  vec4 clip = projectionMatrix * (modelViewMatrix * vec4(p, 1.0));
#ifdef FLAT
  vec3 seen = mat3(modelViewMatrix) * p;
  float depth = whichHalf * seen.z / length(p);
  vec2 disc = discMiddle + discReach * seen.xy * inversesqrt(max(1e-6, 1.0 + depth));
  clip.xy = mix(clip.xy, disc * clip.w, flatness);
#endif
  return clip;
}
/** For what may cross the rim: the part beyond it is dropped. */
void cutAtRim(vec3 p) {
#ifdef FLAT
  vInside = insideOf(p);
#endif
}`

/** In the fragment shader of whatever is cut at the rim. */
export const rimGlsl = `
#ifdef FLAT
varying float vInside;
#endif
void dropBeyondRim() {
#ifdef FLAT
  if (vInside < 0.0) discard;
#endif
}`

/** 1 on the near side, 0 on the far side, and a short dusk between; on flat discs all is near. */
export const sideGlsl = `
float sideOf(vec3 p, vec3 eye) {
  float horizon = 1.0 / length(eye);
  float side = smoothstep(horizon - 0.14, horizon + 0.02, dot(p, eye) * horizon);
#ifdef FLAT
  return mix(side, 1.0, flatness);
#else
  return side;
#endif
}`
