import type { ShaderMaterial, WebGLRenderer } from 'three'
import { Vector2, Vector4 } from 'three'
import type { Eye } from './eye.ts'
import { discsOf } from './hemispheres.ts'
import type { Half } from './hemispheres.ts'
import { define } from './shaderParts.ts'

/** Between the halves from near by, where their discs fill the view. */
const seamPx = 4

/** What all shaders are told of the disc that is drawn, see `hemisphereGlsl.ts`. */
export class HalfDrawing {
  readonly #uniforms = {
    flatness: { value: 0 },
    whichHalf: { value: 1 },
    discMiddle: { value: new Vector2() },
    discReach: { value: new Vector2() },
  }
  readonly #materials: readonly ShaderMaterial[]

  /** Of everything that lies on the ball. */
  constructor(materials: readonly ShaderMaterial[]) {
    this.#materials = materials
    for (const material of materials) Object.assign(material.uniforms, this.#uniforms)
  }

  /** Programs of their own for flat discs, so that the ball costs nothing more. */
  setFlat(isFlat: boolean): void {
    for (const material of this.#materials) define(material, 'FLAT', isFlat)
  }

  /** Of the half that is drawn next. */
  set(eye: Eye, half: Half): void {
    const discs = discsOf(eye)
    const { x, y, facing } = discs[half]
    const [halfWidth, halfHeight] = [eye.width / 2, eye.height / 2]
    const { flatness, whichHalf, discMiddle, discReach } = this.#uniforms
    flatness.value = eye.flatness
    whichHalf.value = half === 'near' ? 1 : -1
    discMiddle.value.set(x / halfWidth, y / halfHeight)
    discReach.value.set(facing[0] / halfWidth, facing[1] / halfHeight).multiplyScalar(discs.radius)
  }
}

/** Draws within the part of the view that a half has once it lies flat: half of it, but for a seam. */
export function withinPart(
  renderer: WebGLRenderer,
  eye: Eye,
  { half, pixelRatio }: { readonly half: Half; readonly pixelRatio: number },
  draw: () => void,
): void {
  if (eye.flatness < 1) {
    draw()
    return
  }
  const { isBeside } = discsOf(eye)
  const width = isBeside ? (eye.width - seamPx) / 2 : eye.width
  const height = isBeside ? eye.height : (eye.height - seamPx) / 2
  // From the lower left corner: the near half is on the left, or above.
  const x = isBeside && half === 'far' ? eye.width - width : 0
  const y = !isBeside && half === 'near' ? eye.height - height : 0
  const part = new Vector4(x, y, width, height).multiplyScalar(pixelRatio).round()
  renderer.state.scissor(part)
  renderer.state.setScissorTest(true)
  draw()
  renderer.state.setScissorTest(false)
}
