/** What Electron's preload gives the window; missing in a browser. */
export interface Bridge {
  /** Absolute path of a file or folder that was dropped on the window. */
  readonly pathForFile: (file: File) => string
}

declare global {
  interface Window {
    readonly antipode?: Bridge
  }
}

/** Null in a browser. */
export function bridge(): Bridge | null {
  return window.antipode ?? null
}
