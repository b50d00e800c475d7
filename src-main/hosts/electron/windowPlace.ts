import { readFileSync, writeFileSync } from 'node:fs'
import { screen } from 'electron'
import type { BrowserWindow, Rectangle } from 'electron'

interface Place {
  readonly bounds: Rectangle
  readonly isMaximized: boolean
}

const firstSize = { width: 1440, height: 900 }

/** Where the window stood last, if that is still on a screen; else a size for a first time. */
export function readWindowPlace(path: string): {
  readonly bounds: Partial<Rectangle>
  readonly isMaximized: boolean
} {
  try {
    const place = JSON.parse(readFileSync(path, 'utf8')) as Place
    const { x, y, width, height } = place.bounds
    const isSane = [x, y, width, height].every(Number.isInteger) && width >= 400 && height >= 300
    const isOnScreen = screen.getAllDisplays().some(({ workArea }) => {
      const right = workArea.x + workArea.width
      const bottom = workArea.y + workArea.height
      return (
        x < right - 50 && x + width > workArea.x + 50 && y >= workArea.y - 20 && y < bottom - 50
      )
    })
    if (isSane && isOnScreen) return { bounds: place.bounds, isMaximized: place.isMaximized }
  } catch {
    // The first time there is no file, and a damaged one is worth no more.
  }
  return { bounds: firstSize, isMaximized: false }
}

/** Writes the window's place when it closes. */
export function keepWindowPlace(window: BrowserWindow, path: string): void {
  window.on('close', () => {
    const place: Place = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }
    writeFileSync(path, JSON.stringify(place))
  })
}
