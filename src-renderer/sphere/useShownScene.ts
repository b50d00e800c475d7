import { useDocumentVisibility, usePreferredReducedMotion, useWindowFocus } from '@vueuse/core'
import type { ShallowRef } from 'vue'
import { watch } from 'vue'
import type { SphereProps } from './sphereProps.ts'
import type { SphereScene } from './SphereScene.ts'

/** Keeps the scene showing what the props say, from the moment there is one. */
export function useShownScene(
  scene: Readonly<ShallowRef<SphereScene | null>>,
  props: Readonly<Required<SphereProps>>,
): void {
  const motion = usePreferredReducedMotion()
  const visibility = useDocumentVisibility()
  const isFocused = useWindowFocus()

  /** One prop, one call; at the start too. */
  function show<T>(value: () => T, apply: (scene: SphereScene, value: T) => void): void {
    watch([scene, value] as const, ([made, now]) => {
      if (made !== null) apply(made, now)
    })
  }

  // A frame comes together with its colours; colours may also change alone.
  watch(
    () => [scene.value, props.frame, props.colours, props.alphas] as const,
    ([made, frame, colours, alphas], [madeBefore, frameBefore]) => {
      if (made === null) return
      const isNew = frame !== frameBefore || made !== madeBefore
      if (isNew) made.setFrame(frame?.ids ?? noIds, frame?.positions ?? noPositions)
      made.setColours(colours, alphas)
      if (!isNew) return
      made.setShapes(props.shapes)
      made.setSizes(props.sizes)
    },
  )
  show(
    () => props.autoRotate,
    (made, spins) => (made.trackball.isSpinning = spins),
  )
  show(
    () => props.selected,
    (made, ids) => made.setSelected([...ids]),
  )
  show(
    () => props.shapes,
    (made, shapes) => made.setShapes(shapes),
  )
  show(
    () => props.sizes,
    (made, sizes) => made.setSizes(sizes),
  )
  show(
    () => props.arcs,
    (made, arcs) => made.setPairs(arcs),
  )
  show(
    () => props.caps,
    (made, caps) => made.setCaps(caps),
  )
  show(
    () => props.tails,
    (made, tails) => made.setTails(tails),
  )
  show(
    () => props.thumbOf,
    (made, thumbOf) => made.setThumbs(thumbOf),
  )
  show(
    () => props.seeThrough,
    (made, isSeeThrough) => made.setSeeThrough(isSeeThrough),
  )
  show(
    () => props.flat,
    (made, isFlat) => made.setFlat(isFlat),
  )
  show(
    () => props.northUp,
    (made, isNorthUp) => {
      made.trackball.setNorthUp(isNorthUp)
      made.invalidate()
    },
  )
  watch(
    [scene, motion, visibility, isFocused],
    () => {
      const isWatched = visibility.value === 'visible' && isFocused.value
      scene.value?.setMotion({ isStill: motion.value === 'reduce', isWatched })
    },
    { flush: 'post', immediate: true },
  )
}

const noIds = new Int32Array(0)
const noPositions = new Float32Array(0)
