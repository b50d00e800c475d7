import type { SphereScene } from './SphereScene.ts'

export interface KeyEvents {
  /** To the next image in a direction: right and down, as seen. */
  step(right: number, down: number): void
  /** Picks the image under the ring. */
  pick(isToggle: boolean): void
  clear(): void
  toggleLasso(): void
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
const stepAngle = Math.PI / 15

/** Arrows turn, Alt with arrows goes from image to image, + - zoom, 0 and Home reset, F, L, Enter. */
export function listenKeys(
  element: HTMLElement,
  scene: SphereScene,
  events: KeyEvents,
): () => void {
  const stop = new AbortController()
  const handle = (event: KeyboardEvent): boolean => {
    const arrow = arrows[event.key]
    if (arrow !== undefined) {
      if (event.altKey) events.step(...arrow)
      else scene.trackball.turnBy(-arrow[0] * stepAngle, arrow[1] * stepAngle)
      return true
    }
    if (event.key === 'Enter') {
      events.pick(event.ctrlKey || event.metaKey)
      return true
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    const { width, height } = scene.trackball.eye
    switch (event.key) {
      case '+':
      case '=':
        scene.trackball.zoomAt(width / 2, height / 2, 1.35)
        return true
      case '-':
        scene.trackball.zoomAt(width / 2, height / 2, 1 / 1.35)
        return true
      case '0':
      case 'Home':
        scene.trackball.reset()
        return true
      case 'f':
      case 'F':
        scene.focusSelected()
        return true
      case 'l':
      case 'L':
        events.toggleLasso()
        return true
      case 'Escape':
        events.clear()
        return false
      default:
        return false
    }
  }
  element.addEventListener(
    'keydown',
    (event) => {
      if (!handle(event)) return
      // The rest of the workbench has its own meaning for some of these keys, such as 1–9 and 0.
      event.preventDefault()
      event.stopPropagation()
      scene.invalidate()
    },
    { signal: stop.signal },
  )
  return () => stop.abort()
}
