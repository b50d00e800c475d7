import { useLocalStorage, usePreferredDark } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, watchEffect } from 'vue'

const themeChoices = ['dark', 'light', 'system'] as const
type ThemeChoice = (typeof themeChoices)[number]

/** What a person likes, kept on this machine. */
export const usePreferences = defineStore('preferences', () => {
  const theme = useLocalStorage<ThemeChoice>('antipode.theme', 'dark')
  const thumbSize = useLocalStorage('antipode.thumbSize', 88)
  const isLossSmoothed = useLocalStorage('antipode.lossSmoothed', true)
  const isLossLog = useLocalStorage('antipode.lossLog', false)
  const prefersDark = usePreferredDark()

  /** What `system` comes to now. */
  const shownTheme = computed<'dark' | 'light'>(() => {
    if (theme.value === 'system') return prefersDark.value ? 'dark' : 'light'
    return theme.value === 'light' ? 'light' : 'dark'
  })

  watchEffect(() => {
    document.documentElement.dataset.theme = shownTheme.value
  })

  function cycleTheme(): void {
    const next = (themeChoices.indexOf(theme.value) + 1) % themeChoices.length
    theme.value = themeChoices[next] ?? 'dark'
  }

  return { theme, shownTheme, cycleTheme, thumbSize, isLossSmoothed, isLossLog }
})
