/**
 * All that a window of Electron gets beyond a browser's: the path of what is dropped on it, and the
 * port to the workbench. The page asks with the message `antipode-port-wanted` and is answered with
 * `antipode-port` and the port. Runs in a sandbox: nothing of Node is here.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

/** The part of the page's window that is used here; the program of this folder knows no DOM. */
declare const window: {
  readonly location: { readonly origin: string }
  readonly addEventListener: (
    name: 'message',
    listener: (event: { readonly source: unknown; readonly data: unknown }) => void,
  ) => void
  readonly postMessage: (data: string, origin: string, ports: readonly unknown[]) => void
}

contextBridge.exposeInMainWorld('antipode', {
  pathForFile: (file: Parameters<typeof webUtils.getPathForFile>[0]) =>
    webUtils.getPathForFile(file),
})

window.addEventListener('message', ({ source, data }) => {
  if (source === window && data === 'antipode-port-wanted') ipcRenderer.send('antipode-port-wanted')
})

ipcRenderer.on('antipode-port', ({ ports }) => {
  window.postMessage('antipode-port', window.location.origin, ports)
})
