import { useMutationObserver, usePreferredColorScheme } from '@vueuse/core'
import type { ShallowRef } from 'vue'
import { watch } from 'vue'
import type { Rgb } from './look.ts'
import { darkLook, rgbOf } from './look.ts'
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
      canvas: read(style.backgroundColor, darkLook.canvas),
      ball: read(style.borderTopColor, darkLook.ball),
      rim: read(style.borderRightColor, darkLook.rim),
      ink: read(style.color, darkLook.ink),
      accent: read(style.borderBottomColor, darkLook.accent),
      suspect: read(style.outlineColor, darkLook.suspect),
      ring: read(style.borderLeftColor, darkLook.ring),
    })
  }
  useMutationObserver(document.documentElement, readLook, {
    attributeFilter: ['class', 'style', 'data-theme'],
  })
  watch([scene, usePreferredColorScheme()], readLook, { flush: 'post' })
  return readLook
}
