import { useMutationObserver, usePreferredColorScheme } from '@vueuse/core'
import type { ShallowRef } from 'vue'
import { watch } from 'vue'
import type { Rgb } from './look.ts'
import { rgbOf } from './look.ts'
import type { SphereScene } from './SphereScene.ts'

/**
 * Gives the scene the theme's colours, as the browser resolves them on a swatch that nobody sees.
 * Returns a function that reads them once more.
 */
export function useSceneLook(
  scene: Readonly<ShallowRef<SphereScene | null>>,
  swatch: Readonly<ShallowRef<HTMLElement | null>>,
): () => void {
  function readLook(): void {
    if (swatch.value === null) return
    const style = getComputedStyle(swatch.value)
    const read = (colour: string, otherwise: Rgb): Rgb => rgbOf(colour) ?? otherwise
    scene.value?.setLook({
      canvas: read(style.backgroundColor, [0.055, 0.063, 0.075]),
      ball: read(style.borderTopColor, [0.082, 0.094, 0.114]),
      rim: read(style.borderRightColor, [0.62, 0.72, 0.84]),
      ink: read(style.color, [0.9, 0.91, 0.92]),
      accent: read(style.borderBottomColor, [0.337, 0.706, 0.914]),
      suspect: read(style.outlineColor, [0.941, 0.894, 0.259]),
      ring: read(style.borderLeftColor, [0.055, 0.063, 0.075]),
    })
  }
  useMutationObserver(document.documentElement, readLook, {
    attributeFilter: ['class', 'style', 'data-theme'],
  })
  watch([scene, usePreferredColorScheme()], readLook, { flush: 'post' })
  return readLook
}
