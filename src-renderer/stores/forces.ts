import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ImageForces } from '../../src-main/contract/forces.ts'
import type { ImageId } from '../../src-main/contract/images.ts'
import { useConnection } from './connection.ts'
import { useNotices } from './notices.ts'
import { useSelection } from './selection.ts'
import { useSphere } from './sphere.ts'

/** Single forces that are asked for. */
const top = 40

/** Answers that are kept. */
const most = 200

/** Who pulls and who pushes the image under the pointer, or else the selected one. */
export const useForces = defineStore('forces', () => {
  const connection = useConnection()
  const notices = useNotices()
  const selection = useSelection()
  const sphere = useSphere()

  const isShown = ref(false)
  /** The pointer has rested on it. */
  const hovered = ref<ImageId | null>(null)
  const isAsking = ref(false)
  const answers = shallowRef<ReadonlyMap<string, ImageForces>>(new Map())

  const focus = computed(() => (isShown.value ? (hovered.value ?? selection.single) : null))
  const key = computed(() => {
    const { frame } = sphere
    return frame === null || focus.value === null
      ? null
      : `${frame.run} ${frame.epoch} ${focus.value}`
  })
  const found = computed(() => (key.value === null ? null : (answers.value.get(key.value) ?? null)))
  /** Arrows mean something only where the picture is a projection. */
  const isDrawable = computed(() => sphere.frame !== null && sphere.frame.view !== 'neighbours')

  /** One question under way; then the newest wish. */
  async function load(): Promise<void> {
    if (isAsking.value) return
    isAsking.value = true
    let refused = ''
    while (key.value !== null && found.value === null && key.value !== refused) {
      const asked = key.value
      const { frame } = sphere
      if (frame === null || focus.value === null) break
      const request = { run: frame.run, epoch: frame.epoch, image: focus.value, top }
      const answer = await notices.attempt(() => connection.api().forces(request))
      if (answer === null) refused = asked
      else answers.value = new Map([...answers.value, [asked, answer] as const].slice(-most))
    }
    isAsking.value = false
  }
  watch(key, load)

  function toggle(): void {
    isShown.value = !isShown.value
  }

  function reset(): void {
    answers.value = new Map()
    hovered.value = null
  }

  return { isShown, hovered, focus, found, isAsking, isDrawable, toggle, reset }
})
