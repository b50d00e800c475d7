// `npm test`: everything, cheapest first, on a machine that has only Node and npm. Each check counts
// as one test; the last line adds up all runners.
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { installIfNeeded, root } from '../src-main/hosts/prepare.mjs'

const total = { passed: 0, failed: 0, skipped: 0 }
const scratch = mkdtempSync(join(tmpdir(), 'antipode-test-'))
const env = {
  ...process.env,
  // Scripts of packages start `node`: they get the one of package.json.
  PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
}

installIfNeeded()

check('format', ['prettier', '--check', '--log-level', 'warn', '.'])
check('types of the contract', ['tsc', '-p', '.'])
check('types of main', ['tsc', '-p', 'src-main'])
check('types of the renderer', ['vue-tsc', '-p', 'src-renderer'])
check('types of the tests', ['tsc', '-p', 'tests'])
check('lint', ['eslint', '--max-warnings', '0', '.'])
check('unused files, exports and dependencies', ['knip', '--no-progress'])
check('build', ['electron-vite', 'build', '--logLevel', 'warn'])
golden()
unit()
await endToEnd()

rmSync(scratch, { recursive: true, force: true })
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
process.exit(total.failed > 0 ? 1 : 0)

function check(title, command) {
  const started = performance.now()
  const status = run(command)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? '✓' : '✗'} ${title} (${seconds} s)`)
  if (status === 0) total.passed += 1
  else total.failed += 1
}

/** Each case counts once on each backend; its last line adds them up. */
function golden() {
  const file = join(scratch, 'golden.txt')
  const output = openSync(file, 'w')
  const status = run(['node', 'tests/goldenRunner/run.ts'], {}, output)
  closeSync(output)
  const text = readFileSync(file, 'utf8')
  const [, passed = 0, failed = 0] = /(\d+) passed, (\d+) failed\s*$/.exec(text) ?? []
  if (status !== 0) console.log(text)
  console.log(`${status === 0 ? '✓' : '✗'} golden fixtures: ${passed} passed, ${failed} failed`)
  add('golden fixtures', status, { passed: Number(passed), failed: Number(failed), skipped: 0 })
}

function unit() {
  const file = join(scratch, 'unit.json')
  const status = run([
    'vitest',
    'run',
    '-c',
    'tests/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  const report = readReport(file)
  add('unit tests', status, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  })
}

async function endToEnd() {
  const { findOrInstallChromium } = await import('./e2e/chromium.mjs')
  const chromium = findOrInstallChromium()
  if (!chromium) {
    console.log(
      '✗ end-to-end tests: no Chromium found. Install one (`npx playwright install chromium`, or ' +
        'Chrome), or name it in the environment variable CHROMIUM.',
    )
    total.failed += 1
    return
  }
  const file = join(scratch, 'e2e.json')
  const status = run(['playwright', 'test', '-c', 'tests/e2e/playwright.config.ts'], {
    CHROMIUM: chromium,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  })
  const stats = readReport(file)?.stats
  add('end-to-end tests', status, {
    passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
    failed: stats?.unexpected ?? 0,
    skipped: stats?.skipped ?? 0,
  })
}

/** A runner that failed without a failed test (no report, a crash, no test at all) counts as one. */
function add(title, status, { passed, failed, skipped }) {
  const silent = failed === 0 && (status !== 0 || passed === 0)
  if (silent) console.log(`✗ ${title}: the runner ended with exit code ${status}`)
  total.passed += passed
  total.failed += silent ? 1 : failed
  total.skipped += skipped
}

function run([name, ...args], extra = {}, output = 'inherit') {
  const bin = join(root, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name)
  const result = spawnSync(bin, args, {
    cwd: root,
    env: { ...env, ...extra },
    stdio: ['ignore', output, 'inherit'],
    shell: process.platform === 'win32',
  })
  return result.status ?? 1
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
