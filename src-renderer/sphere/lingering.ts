import type { ShallowRef } from 'vue'
import { onScopeDispose, shallowRef, watch } from 'vue'

export interface Lingering<T> {
  readonly shown: Readonly<ShallowRef<T | null>>
  /** Keeps what is shown while the pointer is on it. */
  readonly hold: () => void
  readonly release: () => void
}

const appearMs = 125
const graceMs = 260

/** Follows a value that comes and goes: shows it after a pause, and lets it stay a while. */
export function useLingering<T>(value: () => T | null): Lingering<T> {
  const shown = shallowRef<T | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let isHeld = false

  function settle(): void {
    clearTimeout(timer)
    const next = value()
    if (next === null && (isHeld || shown.value === null)) return
    timer = setTimeout(() => (shown.value = next), next === null ? graceMs : appearMs)
  }
  watch(value, settle, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
  return {
    shown,
    hold: () => {
      isHeld = true
      clearTimeout(timer)
    },
    release: () => {
      isHeld = false
      settle()
    },
  }
}
