import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright'
import type { Browser, Page } from 'playwright'
import { findChromium } from '../../e2e/chromium.mjs'

export interface GridTimes {
  /** From the page's address to thumbnails of a project that was scanned before. */
  readonly gridSeconds: number
  /** From a jump of the scroll bar to the frame that shows the pictures there, all of them. */
  readonly jumpMs: number
  readonly worstJumpMs: number
  /** To the frame that shows the tiles there, with pictures or not yet. */
  readonly jumpTilesMs: number
  /** From the key to the frame that shows the new label, in the middle of five and the slowest. */
  readonly windowLabelMs: number
  readonly worstWindowLabelMs: number
  readonly windowUndoMs: number
  readonly worstWindowUndoMs: number
  /** Of the page's own process after all of it: resident, and what it shares with no other. */
  readonly windowBytes: number
  readonly windowOwnBytes: number
  /** The part of it that is the heap of its scripts. */
  readonly windowHeapBytes: number
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
    const labels: number[] = []
    const undos: number[] = []
    for (let i = 0; i < 5; i++) {
      labels.push(await page.evaluate(pressAndWait, { key: '1', ctrlKey: false }))
      undos.push(await page.evaluate(pressAndWait, { key: 'z', ctrlKey: true }))
    }
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    const { residentBytes, ownBytes } = await rendererMemory(browser)
    return {
      gridSeconds,
      jumpMs: medianOf(jumps.map(({ picturesMs }) => picturesMs)),
      worstJumpMs: Math.max(...jumps.map(({ picturesMs }) => picturesMs)),
      jumpTilesMs: medianOf(jumps.map(({ tilesMs }) => tilesMs)),
      windowLabelMs: medianOf(labels),
      worstWindowLabelMs: Math.max(...labels),
      windowUndoMs: medianOf(undos),
      worstWindowUndoMs: Math.max(...undos),
      windowBytes: residentBytes,
      windowOwnBytes: ownBytes,
      windowHeapBytes: usedSize,
    }
  } finally {
    await browser.close()
    served.stop()
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/** Of the largest renderer, which is the page's: a spare one is small. From Linux's own accounts. */
async function rendererMemory(
  browser: Browser,
): Promise<{ readonly residentBytes: number; readonly ownBytes: number }> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const memories = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      const rollup = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8')
      const bytesOf = (name: string): number =>
        1024 * Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0)
      return {
        residentBytes: bytesOf('Rss'),
        ownBytes: bytesOf('Private_Clean') + bytesOf('Private_Dirty'),
      }
    })
  const [largest] = memories.sort((a, b) => b.residentBytes - a.residentBytes)
  if (largest === undefined) throw new Error('the browser says of no renderer')
  return largest
}

interface JumpTimes {
  readonly tilesMs: number
  readonly picturesMs: number
}

/** Runs in the page. */
async function jumpAround(): Promise<JumpTimes[]> {
  const scroller = document.querySelector('[data-testid=image-grid]')
  if (!scroller) throw new Error('there is no grid')
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  const isInView = (element: Element): boolean => {
    const [view, box] = [scroller.getBoundingClientRect(), element.getBoundingClientRect()]
    return box.bottom > view.top && box.top < view.bottom
  }
  const isShown = (): boolean => {
    const rows = [...scroller.querySelectorAll('.row')].filter(isInView)
    const pictures = rows.flatMap((row) => [...row.querySelectorAll('img')])
    return pictures.length > 0 && pictures.every((one) => one.complete && one.naturalWidth > 0)
  }
  const times: JumpTimes[] = []
  for (let i = 0; i < 40; i++) {
    const to = ((i * 0.618) % 1) * (scroller.scrollHeight - scroller.clientHeight)
    const startedAt = performance.now()
    scroller.scrollTop = to
    await nextFrame()
    const tilesMs = performance.now() - startedAt
    // Tiles keep their pictures until they are told of others, at the latest in the frame before.
    while (!isShown()) await new Promise((resolve) => setTimeout(resolve))
    await nextFrame()
    times.push({ tilesMs, picturesMs: performance.now() - startedAt })
    await new Promise((resolve) => setTimeout(resolve, 50))
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
  await page.waitForTimeout(200)
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
