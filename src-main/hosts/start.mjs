// `npm start`: plain JavaScript for Node 20, because it runs before anything is installed. Installs and
// builds what is missing, then opens Electron, or the same workbench in a browser where there is none.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfNeeded, installIfNeeded, plainNode, root, say } from './prepare.mjs'

/** Electron is about 120 MB. */
const longestDownloadMs = 300_000

installIfNeeded()
buildIfNeeded()

const electron = electronBinary()
if (electron.path === null) {
  say(`Opening the workbench in your browser: ${electron.reason}.`)
  await hand(join(root, plainNode()), [
    join(root, 'src-main/hosts/cli/main.ts'),
    'serve',
    ...rest(),
  ])
} else {
  await hand(electron.path, [...sandboxFlags(), root, ...rest()])
}

/** @returns {{ path: string | null, reason: string }} why there is none, in words */
function electronBinary() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { path: null, reason: 'there is no display for a window of its own' }
  const path = installedElectron()
  if (path !== null) return { path, reason: '' }
  say('Fetching Electron (once) …')
  const script = join(root, 'node_modules/electron/install.js')
  const options = { cwd: root, stdio: 'ignore', timeout: longestDownloadMs }
  spawnSync(join(root, plainNode()), [script], options)
  return { path: installedElectron(), reason: 'the Electron binary could not be downloaded' }
}

function installedElectron() {
  const folder = join(root, 'node_modules/electron')
  const names = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile)
    ? readFileSync(pathFile, 'utf8')
    : (names[process.platform] ?? 'electron')
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
  return existsSync(path) ? path : null
}

/** Chromium refuses to start as root with its sandbox on. */
function sandboxFlags() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return []
  say('Running as root, so without the sandbox of Chromium; another user is safer.')
  return ['--no-sandbox']
}

function rest() {
  return process.argv.slice(2)
}

/** Runs a program in this one's place: Ctrl-C reaches it by itself, other signals are passed on. */
async function hand(command, args) {
  const child = spawn(command, args, { cwd: process.cwd(), stdio: 'inherit' })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.exitCode = await new Promise((resolve) => {
    child.on('error', (error) => {
      say(error.message)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}
