import { expect, test } from 'playwright/test'
import type { Locator } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import {
  difference,
  hoverSomePoint,
  openSample,
  openScreen,
  picture,
  stillPictureOf,
  train,
} from './steps.ts'

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
  const before = await stillPictureOf(page, right.locator('canvas'))
  await left.locator('canvas').focus()
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight')
  const turned = await stillPictureOf(page, right.locator('canvas'))
  expect(await difference(before, turned)).toBeGreaterThan(0.01)

  // One pointer, and one selection.
  const id = await hoverSomePoint(page, left)
  await expect(right).toHaveAttribute('data-echo-id', id)
  await page.mouse.down()
  await page.mouse.up()
  await expect(page.getByRole('complementary', { name: 'Selection' })).not.toContainText('Nothing')
  await page.mouse.move(0, 0)
  await expect(right).not.toHaveAttribute('data-echo-id', /.+/)
  expect(
    await difference(turned, await stillPictureOf(page, right.locator('canvas'))),
  ).toBeGreaterThan(0)
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
