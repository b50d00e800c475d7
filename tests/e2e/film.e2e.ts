import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'playwright/test'
import type { Download, Page } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { difference, openSample, openScreen, picture, stillPictureOf, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('saves a run as a film and as a page that plays it without a network', async ({
  page,
  browser,
}, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Metric', 3)
  await openScreen(page, 'Sphere')
  await expect(page.getByTestId('sphere')).toHaveAttribute('data-epoch', '3')

  // From event to event on the scrubber.
  await page.keyboard.press('Shift+ArrowLeft')
  await expect(page.getByTestId('sphere')).not.toHaveAttribute('data-epoch', '3')

  await page.getByRole('button', { name: 'Save as film or replay' }).click()
  await picture(page, info, 'film-dialog')

  // A film that is cancelled hands nothing over; one that is not lasts as long as was asked for.
  await page.getByRole('slider', { name: 'Length' }).press('Home')
  await page.getByRole('button', { name: 'Make the film' }).click()
  await expect(page.getByRole('progressbar')).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('progressbar')).toBeHidden()
  await expect(page.getByTestId('film-made')).toBeHidden()
  const film = await downloadOf(page, 'Make the film')
  expect(film.suggestedFilename()).toMatch(/\.webm$/)
  const shown = await playedIn(await page.context().newPage(), await readFile(await film.path()))
  expect(shown.duration).toBeCloseTo(4, 2)
  expect([shown.width, shown.height]).toEqual([1280, 720])
  expect(shown.jumpedTo).toBeCloseTo(2, 1)

  await page.getByRole('radio', { name: 'Replay (one HTML file)' }).click()
  const replay = await downloadOf(page, 'Save the replay')
  const path = info.outputPath('replay.html')
  await replay.saveAs(path)

  const context = await browser.newContext({
    offline: true,
    viewport: { width: 1100, height: 700 },
  })
  const alone = await context.newPage()
  const faults: string[] = []
  const asked: string[] = []
  alone.on('pageerror', (error) => faults.push(error.message))
  alone.on('console', (said) => {
    if (['error', 'warning'].includes(said.type())) faults.push(said.text())
  })
  alone.on('request', (request) => asked.push(request.url()))
  await alone.goto(pathToFileURL(path).href)
  await expect(alone.getByRole('status')).toHaveText('epoch 3 of 3', { timeout: 20_000 })
  const canvas = alone.locator('canvas')
  // It plays to its end, and says the last epoch while the points are still on their way there.
  const last = await stillPictureOf(alone, canvas)
  await picture(alone, info, 'replay')

  // It scrubs, turns, says names and hides groups.
  await alone.getByRole('slider', { name: 'Epoch' }).press('ArrowLeft')
  await expect(alone.getByRole('status')).toHaveText('epoch 2 of 3')
  expect(await difference(last, await canvas.screenshot())).toBeGreaterThan(0.002)
  await alone.getByRole('slider', { name: 'Epoch' }).press('ArrowRight')
  await expect.poll(async () => difference(last, await canvas.screenshot())).toBe(0)
  await canvas.press('ArrowRight')
  expect(await difference(last, await canvas.screenshot())).toBeGreaterThan(0.002)
  await overSomePoint(alone)
  await expect(alone.locator('#tip')).toContainText('.')
  const group = alone.getByRole('list', { name: 'Groups' }).getByRole('button').first()
  await group.click()
  await expect(group).toHaveAttribute('aria-pressed', 'false')
  expect(faults).toEqual([])
  expect(asked).toEqual([pathToFileURL(path).href])
  await context.close()
})

async function downloadOf(page: Page, button: string): Promise<Download> {
  const download = page.waitForEvent('download', { timeout: 120_000 })
  await page.getByRole('button', { name: button }).click()
  return download
}

/** What a browser makes of a film: its length, its size, and where it is after a jump to 2 s. */
async function playedIn(page: Page, film: Buffer) {
  await page.goto('about:blank')
  return page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
    const video = document.createElement('video')
    video.src = URL.createObjectURL(new Blob([bytes], { type: 'video/webm' }))
    await new Promise((resolve, reject) => {
      video.addEventListener('loadeddata', resolve, { once: true })
      video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true })
    })
    video.currentTime = 2
    await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }))
    const { duration, videoWidth: width, videoHeight: height, currentTime: jumpedTo } = video
    return { duration, width, height, jumpedTo }
  }, film.toString('base64'))
}

/** Moves the mouse outwards from the middle until it is over a point. */
async function overSomePoint(page: Page): Promise<void> {
  const box = await page.locator('canvas').boundingBox()
  if (box === null) throw new Error('the replay has no canvas')
  for (let step = 0; step < 400; step++) {
    const radius = (Math.min(box.width, box.height) * 0.38 * step) / 400
    const [x, y] = [radius * Math.cos(step * 2.4), radius * Math.sin(step * 2.4)]
    await page.mouse.move(box.x + box.width / 2 + x, box.y + box.height / 2 + y)
    const found = await page.locator('canvas').getAttribute('data-hover')
    if (found !== null && found !== '-1') return
  }
  throw new Error('no point under the mouse anywhere')
}
