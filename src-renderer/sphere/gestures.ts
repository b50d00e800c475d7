import type { SphereScene } from './SphereScene.ts'
import type { Area, SweepMode } from './sweeping.ts'
import { boxOf } from './sweeping.ts'

export interface GestureEvents {
  /** Where the pointer is, or null when it is away or turns the ball. */
  point(place: { readonly x: number; readonly y: number } | null): void
  click(x: number, y: number, isToggle: boolean): void
  /** The next drag draws a lasso instead of turning the ball. */
  isLasso(): boolean
  /** The area that is being drawn, or null when it is given up. */
  outline(area: Area | null): void
  sweep(area: Area, mode: SweepMode): void
}

const clickPx = 4

/** Pointer, wheel and pinch turn and zoom the ball. Returns its stop. */
export function listenGestures(
  canvas: HTMLCanvasElement,
  scene: SphereScene,
  events: GestureEvents,
): () => void {
  const ball = scene.trackball
  const fingers = new Map<number, { x: number; y: number }>()
  let begin: { x: number; y: number; isDrag: boolean } | null = null
  let lastMs = 0
  let stroke: { readonly isBox: boolean; readonly places: [number, number][] } | null = null
  const stop = new AbortController()
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listen: (event: HTMLElementEventMap[K]) => void,
    isPassive = true,
  ): void => canvas.addEventListener(type, listen, { signal: stop.signal, passive: isPassive })

  on('pointerdown', (event) => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    const place = placeOf(canvas, event)
    if (fingers.size === 0 && (event.shiftKey || events.isLasso())) {
      stroke = { isBox: !events.isLasso(), places: [[place.x, place.y]] }
      events.point(null)
      return
    }
    fingers.set(event.pointerId, place)
    begin = { ...place, isDrag: fingers.size > 1 }
    lastMs = event.timeStamp
    const middle = middleOf(fingers)
    ball.grab(middle.x, middle.y)
  })

  on('pointermove', (event) => {
    const place = placeOf(canvas, event)
    if (stroke !== null) {
      stroke.places.push([place.x, place.y])
      events.outline(areaOf(stroke))
      return
    }
    const before = fingers.get(event.pointerId)
    if (before === undefined) {
      if (fingers.size === 0) events.point(place)
      return
    }
    if (begin !== null && !begin.isDrag) {
      if (Math.hypot(place.x - begin.x, place.y - begin.y) < clickPx) return
      begin.isDrag = true
      events.point(null)
    }
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    fingers.set(event.pointerId, place)
    const middle = middleOf(fingers)
    if (other !== undefined) {
      ball.drag(middle.x, middle.y, event.timeStamp - lastMs)
      const was = { x: before.x - other.x, y: before.y - other.y }
      const is = { x: place.x - other.x, y: place.y - other.y }
      const factor = Math.hypot(is.x, is.y) / Math.max(1, Math.hypot(was.x, was.y))
      ball.twist(Math.atan2(was.x * -is.y + was.y * is.x, was.x * is.x + was.y * is.y))
      ball.zoomAt(middle.x, middle.y, factor)
      ball.grab(middle.x, middle.y)
    } else ball.drag(middle.x, middle.y, event.timeStamp - lastMs)
    lastMs = event.timeStamp
    scene.invalidate()
  })

  const lift = (event: PointerEvent): void => {
    if (stroke !== null) {
      const area = areaOf(stroke)
      const isBox = stroke.isBox
      const isClick = stroke.places.every((place) => isNear(place, stroke?.places[0]))
      stroke = null
      events.outline(null)
      if (event.type !== 'pointerup') return
      const { x, y } = placeOf(canvas, event)
      if (isClick) events.click(x, y, event.ctrlKey || event.metaKey || event.shiftKey)
      else if (event.ctrlKey || event.metaKey) events.sweep(area, 'remove')
      else events.sweep(area, isBox || event.shiftKey ? 'add' : 'replace')
      return
    }
    if (!fingers.delete(event.pointerId)) return
    const { x, y } = placeOf(canvas, event)
    if (fingers.size > 0) {
      const rest = middleOf(fingers)
      ball.grab(rest.x, rest.y)
      return
    }
    ball.release(event.timeStamp - lastMs)
    const isClick = begin !== null && !begin.isDrag && event.type === 'pointerup'
    begin = null
    if (isClick) events.click(x, y, event.ctrlKey || event.metaKey)
    else if (event.pointerType === 'mouse') events.point({ x, y })
    scene.invalidate()
  }
  on('pointerup', lift)
  on('pointercancel', lift)
  on('pointerleave', () => {
    if (fingers.size === 0) events.point(null)
  })

  on('dblclick', (event) => {
    const { x, y } = placeOf(canvas, event)
    scene.centre(x, y)
  })

  on(
    'wheel',
    (event) => {
      event.preventDefault()
      const { x, y } = placeOf(canvas, event)
      // Lines and pages to pixels; a pinch on a trackpad comes as a wheel with Ctrl and small steps.
      const pixels = event.deltaY * ([1, 16, 400][event.deltaMode] ?? 1)
      const speed = event.ctrlKey ? 0.01 : 0.0018
      ball.zoomAt(x, y, Math.exp(-Math.max(-240, Math.min(240, pixels)) * speed))
      scene.invalidate()
    },
    false,
  )
  return () => stop.abort()
}

function areaOf(stroke: { readonly isBox: boolean; readonly places: [number, number][] }): Area {
  const [first] = stroke.places
  const last = stroke.places.at(-1)
  if (!stroke.isBox || first === undefined || last === undefined) return [...stroke.places]
  return boxOf(...first, ...last)
}

function isNear(a: readonly [number, number], b: readonly [number, number] = a): boolean {
  return Math.hypot(a[0] - b[0], a[1] - b[1]) < clickPx
}

function placeOf(canvas: HTMLCanvasElement, event: MouseEvent): { x: number; y: number } {
  const box = canvas.getBoundingClientRect()
  return { x: event.clientX - box.left, y: event.clientY - box.top }
}

function middleOf(fingers: ReadonlyMap<number, { x: number; y: number }>): {
  x: number
  y: number
} {
  let x = 0
  let y = 0
  for (const finger of fingers.values()) {
    x += finger.x / fingers.size
    y += finger.y / fingers.size
  }
  return { x, y }
}
