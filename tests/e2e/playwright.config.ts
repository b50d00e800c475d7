import { fileURLToPath } from 'node:url'
import { defineConfig } from 'playwright/test'
import { findChromium } from './chromium.mjs'

const executablePath = findChromium()

/** One browser, one worker: each test starts its own workbench on a free port. */
export default defineConfig({
  testDir: fileURLToPath(new URL('.', import.meta.url)),
  testMatch: '*.e2e.ts',
  outputDir: fileURLToPath(new URL('./results', import.meta.url)),
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  // The JSON report goes to the file that tests/run.mjs names; by hand there is none.
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
    trace: 'off',
  },
})
