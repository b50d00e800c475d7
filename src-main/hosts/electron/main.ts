import { join } from 'node:path'
import { app, BrowserWindow, dialog, ipcMain, MessageChannelMain, shell } from 'electron'
import { serveWorkbench } from '../../contract/rpc.ts'
import { Workbench } from '../../workbench/Workbench.ts'
import { findAppFiles, homeFolder } from '../appFiles.ts'
import { computeStarter } from '../compute/spawn.ts'
import { guardWindows } from './guards.ts'
import { setMenu } from './menu.ts'
import { portChannel } from './portChannel.ts'
import { appOrigin, declareProtocols, serveProtocols } from './protocols.ts'
import { openWindow } from './window.ts'

/** The desktop host: one window on one workbench. */
function main(): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.setName('Antipode')
  declareProtocols()
  const files = findAppFiles()
  const workbench = new Workbench({
    host: 'electron',
    version: files.version,
    home: homeFolder(),
    sampleFolder: files.sampleFolder,
    startCompute: computeStarter(log, { servesPerson: true }),
    chooseFolder,
    showInFolder: (path) => shell.showItemInFolder(path),
    now: () => new Date(),
  })

  servePorts(workbench)
  quitAfter(() => workbench.dispose())
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open()
  })
  void app.whenReady().then(() => {
    guardWindows()
    serveProtocols(files.rendererFolder, workbench)
    setMenu()
    open()
  })

  function open(): void {
    openWindow({
      preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
      placeFile: join(app.getPath('userData'), 'window.json'),
      log,
    })
  }
}

/** Each time our page asks for one, it gets a port to the workbench. */
function servePorts(workbench: Workbench): void {
  ipcMain.on('antipode-port-wanted', ({ senderFrame }) => {
    if (senderFrame === null || !senderFrame.url.startsWith(`${appOrigin}/`)) return
    const { port1, port2 } = new MessageChannelMain()
    serveWorkbench(workbench, portChannel(port1), (error) =>
      log(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    )
    senderFrame.postMessage('antipode-port', null, [port2])
  })
}

async function chooseFolder(): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog({
    title: 'Open a folder of images',
    properties: ['openDirectory'],
  })
  return filePaths[0] ?? null
}

/** A run that goes on is stopped at its next step first, so that it can be continued. */
function quitAfter(dispose: () => Promise<void>): void {
  let isDisposing = false
  app.on('before-quit', (event) => {
    event.preventDefault()
    if (isDisposing) return
    isDisposing = true
    void dispose().finally(() => app.exit(0))
  })
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

main()
