import type { IUniform, ShaderMaterial } from 'three'

/** Gives a uniform its value; one that the shader does not have is left alone. */
export function setUniform<Value>(
  uniforms: Readonly<Record<string, IUniform>>,
  name: string,
  value: Value,
): void {
  const uniform = uniforms[name]
  if (uniform !== undefined) uniform.value = value
}

/** With or without a part of the shader: each is a program of its own, made at the first time. */
export function define(material: ShaderMaterial, part: string, isWanted: boolean): void {
  material.defines ??= {}
  if (part in material.defines === isWanted) return
  if (isWanted) material.defines[part] = 1
  else Reflect.deleteProperty(material.defines, part)
  material.needsUpdate = true
}

/** Half a step of a colour's 255, either way, so that dark gradients show no bands. */
export const noiseGlsl = `
float noise(vec2 at) {
  return (fract(52.9829189 * fract(dot(at, vec2(0.06711056, 0.00583715)))) - 0.5) / 255.0;
}`
