import { app, session, shell } from 'electron'
import { appOrigin } from './protocols.ts'

/**
 * Holds every window to our own page: no other page is shown, no permission is given, nothing is
 * fetched from the network. Links to the web open in the person's browser.
 */
export function guardWindows(): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (event) => {
      if (!event.url.startsWith(`${appOrigin}/`)) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (url.startsWith('https://')) void shell.openExternal(url)
      return { action: 'deny' }
    })
  })
  session.defaultSession.setPermissionRequestHandler((_, __, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  session.defaultSession.webRequest.onBeforeRequest((details, answer) => {
    const isOurs = /^(app|media|blob|data|devtools|chrome-extension):/.test(details.url)
    answer({ cancel: !isOurs })
  })
}
