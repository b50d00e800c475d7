import { spawn } from 'node:child_process'
import { chromium } from 'playwright'
import type { Page } from 'playwright'
import { findChromium } from '../../e2e/chromium.mjs'

export interface GridTimes {
  /** From the page's address to thumbnails of a project that was scanned before. */
  readonly gridSeconds: number
  /** From a jump of the scroll bar to the frame that shows the tiles there. */
  readonly jumpMs: number
  readonly worstJumpMs: number
  /** From the key to the frame that shows the new label. */
  readonly windowLabelMs: number
  readonly windowUndoMs: number
  /** Heap of the page after all of it. */
  readonly windowBytes: number
}

/** Drives the library in Chromium, over the web host. */
export async function measureGrid(
  home: string,
  source: string,
  images: number,
): Promise<GridTimes> {
  const served = await serve(home, source)
  const executablePath = findChromium()
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const startedAt = performance.now()
    await page.goto(served.url)
    const grid = page.getByTestId('image-grid')
    await grid.locator('img').nth(20).waitFor({ timeout: 120_000 })
    await page
      .getByText(`${images.toLocaleString('en')} images`)
      .first()
      .waitFor()
    const gridSeconds = (performance.now() - startedAt) / 1000
    await page.getByTestId('scan-progress').waitFor({ state: 'hidden', timeout: 300_000 })

    const jumps = await page.evaluate(jumpAround)
    await selectTenThousand(page)
    const windowLabelMs = await page.evaluate(pressAndWait, { key: '1', ctrlKey: false })
    const windowUndoMs = await page.evaluate(pressAndWait, { key: 'z', ctrlKey: true })
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    const sorted = jumps.toSorted((a, b) => a - b)
    return {
      gridSeconds,
      jumpMs: sorted[Math.floor(sorted.length / 2)] ?? NaN,
      worstJumpMs: sorted.at(-1) ?? NaN,
      windowLabelMs,
      windowUndoMs,
      windowBytes: usedSize,
    }
  } finally {
    await browser.close()
    served.stop()
  }
}

/** Runs in the page. */
async function jumpAround(): Promise<number[]> {
  const scroller = document.querySelector('[data-testid=image-grid]')
  if (!scroller) throw new Error('there is no grid')
  const times: number[] = []
  for (let i = 0; i < 40; i++) {
    const to = ((i * 0.618) % 1) * (scroller.scrollHeight - scroller.clientHeight)
    const startedAt = performance.now()
    scroller.scrollTop = to
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    times.push(performance.now() - startedAt)
  }
  return times
}

/** Runs in the page: a key, and the time until the undo button says another thing. */
async function pressAndWait({ key, ctrlKey }: { key: string; ctrlKey: boolean }): Promise<number> {
  const said = () => document.querySelector('[aria-label^=Undo],[aria-label^=Nothing]')?.ariaLabel
  const before = said()
  const startedAt = performance.now()
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true }))
  while (said() === before) await new Promise((resolve) => setTimeout(resolve))
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  return performance.now() - startedAt
}

/** As a person would: the first, then the ten-thousandth with Shift, found by the keys. */
async function selectTenThousand(page: Page): Promise<void> {
  const grid = page.getByTestId('image-grid')
  await grid.evaluate((scroller) => scroller.scrollTo(0, 0))
  await grid.locator('[role=gridcell]').first().click()
  const columns = await grid.evaluate((scroller) =>
    [...scroller.querySelectorAll('.row')].map(
      (row) => row.querySelectorAll('[role=gridcell]').length,
    ),
  )
  const height = await grid
    .locator('[role=gridcell]')
    .first()
    .evaluate((tile) => tile.clientHeight)
  const rows = Math.floor(10_000 / Math.max(...columns))
  await grid.evaluate((scroller, to) => scroller.scrollTo(0, to), rows * (height + 6))
  await page.waitForTimeout(200)
  await grid
    .locator('[role=gridcell]')
    .nth(20)
    .click({ modifiers: ['Shift'] })
}

async function serve(home: string, source: string): Promise<{ url: string; stop: () => void }> {
  const child = spawn(
    process.execPath,
    ['src-main/hosts/cli/main.ts', 'serve', '--port', '0', '--no-open', source],
    { env: { ...process.env, ANTIPODE_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const found = /http:\/\/\S+/.exec(said)?.[0]
      if (found) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', (code) => reject(new Error(`serve ended with exit code ${code}: ${said}`)))
  })
  return { url, stop: () => child.kill('SIGTERM') }
}
