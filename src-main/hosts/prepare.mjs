// Plain JavaScript for Node 20: it runs before anything is installed, and installs it.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json, with a separator at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Tells a person; stdout belongs to whoever asked for data. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}

/**
 * Runs `npm ci` when packages are missing or older than the lock file. Says so on stderr.
 *
 * @returns whether anything had to be installed
 */
export function installIfNeeded() {
  const installed = modifiedAt('node_modules/.package-lock.json')
  if (installed >= modifiedAt('package-lock.json') && existsSync(join(root, plainNode())))
    return false
  say('Installing packages (about a minute, once) …')
  // ONNX Runtime's own install script only fetches CUDA libraries that Antipode does not use.
  run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    ONNXRUNTIME_NODE_INSTALL: 'skip',
  })
  return true
}

/** Builds `out/` when a source file is newer than it. */
export function buildIfNeeded() {
  const sources = ['src-main', 'src-renderer', 'package.json', 'electron.vite.config.ts']
  const built = modifiedAt('out/renderer/index.html')
  if (sources.every((source) => newestIn(source) <= built)) return false
  say('Building …')
  rmSync(join(root, 'out'), { recursive: true, force: true })
  run(process.execPath, [
    join(root, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
    '--logLevel',
    'warn',
  ])
  return true
}

/** The Node that scripts and the compute process run on, relative to {@link root}. */
export function plainNode() {
  return process.platform === 'win32'
    ? 'node_modules/node/bin/node.exe'
    : 'node_modules/node/bin/node'
}

function run(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    // Whoever asked for JSON gets nothing else on stdout.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  })
  if (result.error) throw result.error
  if (result.status !== 0) {
    say(`${command} ${args[0]} failed with exit code ${result.status}; see above.`)
    process.exit(1)
  }
}

function modifiedAt(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function newestIn(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0
  const entries = readdirSync(join(root, path), { recursive: true, withFileTypes: true })
  return Math.max(
    0,
    ...entries
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  )
}
