import { expect, test } from 'playwright/test'
import type { Locator, Page } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { difference, openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('two runs stand side by side, turn as one and show one selection', async ({ page }, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Metric', 4)
  await train(page, 'Contrastive', 2)

  await openScreen(page, 'Sphere')
  await expect(page.getByTestId('epoch')).toHaveText('epoch 2 of 2')
  await page.getByRole('button', { name: 'Side by side' }).click()
  const [left, right] = ['left', 'right'].map((side) =>
    page.getByTestId(side).getByTestId('sphere'),
  ) as [Locator, Locator]
  await expect(right).toHaveAttribute('data-epoch', '4', { timeout: 30_000 })
  await expect(right).toHaveAttribute('data-points', '300')
  await expect(page.getByTestId('comparison')).toContainText('Recall@1')
  await expect(page.getByTestId('right').getByTestId('faithful')).toContainText('linear view')
  await expect(page.getByText('300 images on both sides')).toBeVisible()
  await picture(page, info, 'side-by-side')

  // One scrubber: half of the one is half of the other.
  await page.getByRole('button', { name: 'Epoch before' }).click()
  await expect(left).toHaveAttribute('data-epoch', '1')
  await expect(right).toHaveAttribute('data-epoch', '2')

  // One camera.
  const before = await still(right)
  await left.locator('canvas').focus()
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight')
  const turned = await still(right)
  expect(await difference(before, turned)).toBeGreaterThan(0.01)

  // One pointer, and one selection.
  const id = await hoverIn(page, left)
  await expect(right).toHaveAttribute('data-echo-id', id)
  await page.mouse.down()
  await page.mouse.up()
  await expect(page.getByRole('complementary', { name: 'Selection' })).not.toContainText('Nothing')
  await page.mouse.move(0, 0)
  await expect(right).not.toHaveAttribute('data-echo-id', /.+/)
  expect(await difference(turned, await still(right))).toBeGreaterThan(0)
  await picture(page, info, 'side-by-side-selected')

  // A run beside itself, before training.
  await page.getByRole('combobox', { name: 'Run on the right' }).click()
  await page.getByRole('option', { name: 'This run' }).click()
  await expect(right).toHaveAttribute('data-epoch', '0')
  await page.setViewportSize({ width: 1100, height: 700 })
  await picture(page, info, 'side-by-side-small')

  await page.getByRole('button', { name: 'Close the comparison' }).click()
  await expect(page.getByTestId('sphere')).toHaveCount(1)
})

/** A ball when nothing on it moves any more. */
async function still(sphere: Locator): Promise<Buffer> {
  const canvas = sphere.locator('canvas')
  await expect
    .poll(async () => difference(await canvas.screenshot(), await canvas.screenshot()), {
      intervals: [300],
    })
    .toBe(0)
  return canvas.screenshot()
}

/** Moves the mouse outwards from the middle until it is over a point. */
async function hoverIn(page: Page, sphere: Locator): Promise<string> {
  const box = await sphere.boundingBox()
  if (!box) throw new Error('the sphere is not on the page')
  for (let step = 0; step < 400; step++) {
    const radius = (Math.min(box.width, box.height) * 0.4 * step) / 400
    const angle = step * 2.4
    await page.mouse.move(
      box.x + box.width / 2 + radius * Math.cos(angle),
      box.y + box.height / 2 + radius * Math.sin(angle),
    )
    const id = await sphere.getAttribute('data-hover-id')
    if (id !== null && id !== '') return id
  }
  throw new Error('no point under the mouse anywhere on the sphere')
}
