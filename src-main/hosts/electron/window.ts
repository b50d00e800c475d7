import { BrowserWindow } from 'electron'
import { appOrigin } from './protocols.ts'
import { keepWindowPlace, readWindowPlace } from './windowPlace.ts'

/** Opens the window, where it stood last. Its page sees nothing of Node. */
export function openWindow(options: {
  readonly preload: string
  /** Where the window's place is remembered. */
  readonly placeFile: string
  readonly log: (line: string) => void
}): void {
  const { bounds, isMaximized } = readWindowPlace(options.placeFile)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 900,
    minHeight: 600,
    show: false,
    backgroundColor: '#0e1013',
    title: 'Antipode',
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  keepWindowPlace(window, options.placeFile)
  if (isMaximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  // A page that died (a driver, memory) takes nothing with it: all that matters is in the workbench.
  window.webContents.on('render-process-gone', (_, { reason }) => {
    options.log(`the window's process is gone: ${reason}`)
    if (reason !== 'clean-exit') window.reload()
  })
  void window.loadURL(`${appOrigin}/index.html`)
}
