import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { resolveConfig } from 'electron-vite'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeImages } from './madeImages.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const out = join(root, 'node_modules', '.cache', 'antipode', 'electron-main-test')
const scratch = mkdtempSync(join(tmpdir(), 'antipode-electron-'))

beforeAll(async () => {
  await makeImages(join(scratch, 'photos'), { labels: 2, imagesPerLabel: 3 })
  const configFile = join(root, 'electron.vite.config.ts')
  const { config } = await resolveConfig({ configFile, root }, 'build', 'production')
  for (const part of ['main', 'preload'] as const) {
    const options = config?.[part]
    await build({
      ...options,
      configFile: false,
      logLevel: 'error',
      build: { ...options?.build, outDir: join(out, part), emptyOutDir: true },
    })
  }
})

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
  rmSync(out, { recursive: true, force: true })
})

test('the built main process serves a window, and only ours', async () => {
  const driver = fileURLToPath(new URL('./electronDriver.ts', import.meta.url))
  const args = [driver, join(out, 'main', 'index.js'), join(scratch, 'photos')]
  const env = { ...process.env, ANTIPODE_HOME: join(scratch, 'home') }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: 25_000 })
  const facts = JSON.parse(stdout) as Record<string, unknown>
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  expect(facts).toMatchObject({
    portsForOthers: 0,
    hello: { host: 'electron', version },
    project: { images: 6, labels: 2, skipped: 0 },
    window: {
      webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false },
    },
    loaded: ['app://antipode/index.html'],
    popup: { action: 'deny' },
    permissions: 2,
    answers: {
      thumbnail: { status: 200, type: 'image/png' },
      thumbnails: { status: 200, type: 'application/octet-stream' },
      image: { status: 200, type: 'image/png' },
      refused: [404, 404, 404, 404, 404],
    },
    cancelled: [{ cancel: true }, { cancel: true }, { cancel: true }],
    exitCode: 0,
    revealed: [true, expect.stringMatching(/\.png$/)],
  })
})

test('the preload is one script that asks for nothing but Electron', () => {
  const script = readFileSync(join(out, 'preload', 'preload.cjs'), 'utf8')
  expect([...script.matchAll(/require\((.*?)\)/g)].map(([, name]) => name)).toEqual(['"electron"'])
  expect(script).not.toMatch(/^import /m)
})
