import { useLocalStorage, usePreferredDark } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, watchEffect } from 'vue'
import type { Ref } from 'vue'
import { groupings, sortings } from '../library/arrange.ts'
import type { GroupBy, SortBy } from '../library/arrange.ts'

const themeChoices = ['dark', 'light', 'system'] as const
type ThemeChoice = (typeof themeChoices)[number]

/** What a person likes, kept on this machine. */
export const usePreferences = defineStore('preferences', () => {
  const theme = useLocalStorage<ThemeChoice>('antipode.theme', 'dark')
  const thumbSize = useLocalStorage('antipode.thumbSize', 88)
  const groupBy = useLocalStorage<GroupBy>('antipode.groupBy', 'label')
  const sortBy = useLocalStorage<SortBy>('antipode.sortBy', 'added')
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

  return {
    theme,
    shownTheme,
    cycleTheme,
    thumbSize,
    groupBy: oneOf<GroupBy>(groupBy, groupings),
    sortBy: oneOf<SortBy>(sortBy, sortings),
    isLossSmoothed,
    isLossLog,
  }
})

/** What another version has stored may mean nothing here: the first choice then stands for it. */
function oneOf<T extends string>(stored: Ref<T>, choices: readonly [T, ...T[]]): Ref<T> {
  return computed({
    get: () => (choices.includes(stored.value) ? stored.value : choices[0]),
    set: (value) => {
      stored.value = value
    },
  })
}
