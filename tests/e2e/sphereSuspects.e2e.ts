import { readFileSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import type { Page } from 'playwright/test'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { difference, openSample, openScreen, picture, stillPictureOf, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('goes from an arc to Review and back, saves the picture, and survives a lost context', async ({
  page,
}, info) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Contrastive', 3)
  await openScreen(page, 'Sphere')
  const sphere = page.getByTestId('sphere')
  await expect(sphere).toHaveAttribute('data-epoch', '3')

  // Arcs, as many as the slider says, and one of them under the pointer.
  await page.keyboard.press('s')
  const bar = page.getByRole('region', { name: 'Suspected pairs' })
  await expect(bar).toContainText(/40 of \d+ pairs/, { timeout: 30_000 })
  await picture(page, info, 'suspects-on-the-sphere')
  await clickSomeArc(page)
  const card = page.getByRole('region', { name: 'Suspected pair', exact: true })
  await expect(card.getByRole('img')).toHaveCount(2)
  const paths = await card
    .getByRole('img')
    .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).alt))

  // There and back: the same pair, with its way through the epochs.
  await page.keyboard.press('r')
  for (const path of paths) await expect(page.getByText(path).first()).toBeVisible()
  await page.keyboard.press('s')
  await expect(card.getByRole('img')).toHaveCount(2)
  await expect(page.getByRole('button', { name: 'Tails over earlier epochs: all' })).toBeVisible()
  await picture(page, info, 'pair-on-the-sphere')

  // A picture has the background of the screen, and none where it is transparent: nothing in the corner
  // then, the ball in the middle.
  const plain = await savedPicture(page, 'PNG')
  const [r, g, b] = await plain.removeAlpha().raw().toBuffer()
  const canvas = await sphere.evaluate((element) => getComputedStyle(element).backgroundColor)
  expect(`rgb(${r}, ${g}, ${b})`).toBe(canvas)
  const saved = await savedPicture(page, 'PNG, transparent')
  const { width, height } = await saved.metadata()
  const box = await sphere.boundingBox()
  expect([width, height]).toEqual([2 * (box?.width ?? 0), 2 * (box?.height ?? 0)])
  const bytes = await saved.ensureAlpha().raw().toBuffer()
  expect(bytes[3]).toBe(0)
  expect(bytes[4 * (width * (height >> 1) + (width >> 1)) + 3]).toBeGreaterThan(240)

  // The graphics device goes away and comes back.
  await page.mouse.move(5, 5)
  const before = await stillPictureOf(page)
  const lose = (isLost: boolean) =>
    sphere.locator('canvas').evaluate((canvas, gone) => {
      const kept = canvas as HTMLCanvasElement & { lost?: WEBGL_lose_context | null | undefined }
      kept.lost ??= kept.getContext('webgl2')?.getExtension('WEBGL_lose_context')
      if (gone) kept.lost?.loseContext()
      else kept.lost?.restoreContext()
    }, isLost)
  await lose(true)
  await expect(sphere.getByText('The graphics device went away.')).toBeVisible()
  await lose(false)
  await expect(sphere.getByText('The graphics device went away.')).toBeHidden()
  // A tip of a button may have gone; points and arcs alone are more than a hundredth of the picture.
  await expect.poll(async () => difference(before, await stillPictureOf(page))).toBeLessThan(0.004)
})

async function savedPicture(page: Page, form: string): Promise<Sharp> {
  await page.getByRole('button', { name: 'Save the picture' }).click()
  await page.getByText(form, { exact: true }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save', exact: true }).click(),
  ])
  return sharp(readFileSync(await file.path()))
}

/** Outwards from the middle of the sphere until an arc lies under the mouse, then a click. */
async function clickSomeArc(page: Page): Promise<void> {
  const sphere = page.getByTestId('sphere')
  const box = await sphere.boundingBox()
  if (box === null) throw new Error('the sphere is not on the page')
  for (let step = 0; step < 900; step++) {
    const radius = Math.min(box.width, box.height) * 0.4 * Math.sqrt(step / 900)
    const angle = step * 2.4
    await page.mouse.move(
      box.x + box.width / 2 + radius * Math.cos(angle),
      box.y + box.height / 2 + radius * Math.sin(angle),
    )
    if ((await sphere.getAttribute('data-hover-pair')) === null) continue
    await page.mouse.down()
    await page.mouse.up()
    return
  }
  throw new Error('no arc under the mouse anywhere on the sphere')
}
