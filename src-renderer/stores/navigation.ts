import { defineStore } from 'pinia'
import { ref } from 'vue'

const screens = ['library', 'train', 'sphere', 'review', 'laboratory', 'export', 'losses'] as const
export type Screen = (typeof screens)[number]

/** Which screen is shown; the address keeps it over a reload. */
export const useNavigation = defineStore('navigation', () => {
  const screen = ref<Screen>(screenOf(location.hash))
  const isKeySheetOpen = ref(false)

  function go(to: Screen): void {
    screen.value = to
    history.replaceState(null, '', `#${to}`)
  }

  return { screen, isKeySheetOpen, go }
})

function screenOf(hash: string): Screen {
  return screens.find((screen) => hash === `#${screen}`) ?? 'library'
}
