import { useEventListener } from '@vueuse/core'
import { useNavigation } from '../stores/navigation.ts'
import type { Screen } from '../stores/navigation.ts'
import { useLabelling } from '../stores/labelling.ts'
import { useRuns } from '../stores/runs.ts'
import { useSelection } from '../stores/selection.ts'

const screensByLetter: Readonly<Record<string, Screen>> = {
  l: 'library',
  t: 'train',
  s: 'sphere',
  e: 'export',
  r: 'review',
  a: 'laboratory',
  o: 'losses',
}
const screensByDigit: Readonly<Record<string, Screen>> = {
  1: 'library',
  2: 'train',
  3: 'sphere',
  4: 'export',
  5: 'losses',
}

/** G and then a letter go to a screen within this time. */
const goPauseMs = 1200

/** Keys that work on every screen; whatever has a meaning of its own for a key comes first. */
export function useShortcuts(): void {
  const navigation = useNavigation()
  const selection = useSelection()
  const runs = useRuns()
  const labelling = useLabelling()
  let goUntil = 0

  // Before anything else, as the letter after G may mean something to what has the focus.
  useEventListener(document, 'keydown', goWithKeys, { capture: true })
  useEventListener(document, 'keydown', actOnKeys)

  function goWithKeys(event: KeyboardEvent): void {
    const isAfterG = performance.now() < goUntil
    goUntil = 0
    const isCommand = event.ctrlKey || event.metaKey
    if (event.altKey || (!isCommand && isTaken(event.target))) return
    const key = event.key.toLowerCase()
    if (key === 'g' && !isCommand) goUntil = performance.now() + goPauseMs
    const screen = isCommand ? screensByDigit[key] : isAfterG ? screensByLetter[key] : undefined
    if (screen === undefined) return
    event.preventDefault()
    event.stopPropagation()
    navigation.go(screen)
  }

  function actOnKeys(event: KeyboardEvent): void {
    if (isUndo(event)) {
      event.preventDefault()
      void (event.shiftKey || event.key.toLowerCase() === 'y' ? labelling.redo() : labelling.undo())
      return
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTaken(event.target)) return
    switch (event.key) {
      case '?':
        event.preventDefault()
        navigation.isKeySheetOpen = true
        break
      case 'Escape':
        selection.clear()
        break
      case '[':
        selection.walk(-1)
        break
      case ']':
        selection.walk(1)
        break
      case ' ':
        // A button that has the focus is pressed by Space.
        if (runs.active === null || isPressable(event.target)) return
        event.preventDefault()
        void runs.togglePause()
    }
  }
}

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y; in a field they undo what was typed. */
function isUndo(event: KeyboardEvent): boolean {
  const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey
  return isCommand && /^[zy]$/i.test(event.key) && !isTaken(event.target)
}

/** Keys belong to what is written in, and to a dialog or list that is open. */
export function isTaken(target: EventTarget | null): boolean {
  return isWritten(target) || isInDialog(target)
}

function isWritten(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="listbox"]') !== null
}

function isPressable(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('button, a, [role="slider"], [role="radio"], [role="grid"]') !== null
  )
}
