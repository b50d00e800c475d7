// Plain JavaScript: tests/run.mjs calls it before it knows which Node it has.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

/** Where a Chromium may be, best first. */
function candidates() {
  return [
    process.env.CHROMIUM,
    chromium.executablePath(),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ].filter(Boolean)
}

/** @returns {string | undefined} the path of a Chromium on this machine */
export function findChromium() {
  return candidates().find((path) => existsSync(path))
}

/** As {@link findChromium}, but on Debian as root a missing one is installed first. */
export function findOrInstallChromium() {
  const found = findChromium()
  if (found || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return found
  console.error('Installing Debian’s chromium for the end-to-end tests …')
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  return findChromium()
}
