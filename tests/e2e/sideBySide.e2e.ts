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
  await page.keyboard.press('Escape')

  // A run beside itself, before training.
  await page.getByRole('combobox', { name: 'Run on the right' }).click()
  await page.getByRole('option', { name: 'This run' }).click()
  await expect(right).toHaveAttribute('data-epoch', '0')
  await page.setViewportSize({ width: 1100, height: 700 })
  await picture(page, info, 'side-by-side-small')

  await page.getByRole('button', { name: 'Close the comparison' }).click()
  await expect(page.getByTestId('sphere')).toHaveCount(1)
})

test('both balls show the same things by the same toggles, each of its own run', async ({
  page,
}, info) => {
  await page.goto(served.url)
  await openScreen(page, 'Sphere')
  await page.getByRole('button', { name: 'Side by side' }).click()
  const [left, right] = ['left', 'right'].map((side) =>
    page.getByTestId(side).getByTestId('sphere'),
  ) as [Locator, Locator]
  await expect(right).toHaveAttribute('data-points', '300', { timeout: 30_000 })
  const said = page.getByTestId('differences')
  await expect(said).toContainText('Regime Contrastive → Metric')
  await expect(said).toContainText('Epochs 2 → 4')
  await expect(said).toContainText(/Recall@1 [+−]/)
  for (const side of ['left', 'right'])
    await expect(page.getByTestId(side).getByTestId('faithful')).toContainText('trust')

  async function changes(what: string, toggle: () => Promise<void>): Promise<void> {
    const before = await stillPictureOf(page, right.locator('canvas'))
    await toggle()
    await expect
      .poll(async () => difference(before, await stillPictureOf(page, right.locator('canvas'))), {
        message: what,
        timeout: 30_000,
      })
      .toBeGreaterThan(0)
  }

  const shapes = page.getByRole('button', { name: 'A shape for each colour' })
  await changes('shapes', () => shapes.click())
  await changes('discs', () => shapes.click())
  await changes('tails', () => page.keyboard.press('p'))
  await changes('no tails', () => page.keyboard.press('p'))
  await changes('pictures', () => page.keyboard.press('t'))
  await changes('points', () => page.keyboard.press('t'))
  await changes('suspected pairs', () => page.keyboard.press('s'))
  await changes('none', () => page.keyboard.press('s'))
  await changes('clusters', () => page.getByRole('radio', { name: 'Clusters' }).click())
  await changes('no caps', () => page.getByRole('button', { name: 'Caps' }).click())
  await changes('labels', () => page.getByRole('radio', { name: 'Colours' }).click())
  await changes('distortion', async () => {
    await page.getByRole('combobox', { name: 'Colour by' }).click()
    await page.getByRole('option', { name: 'Distortion' }).click()
  })
  await changes('size', async () => {
    await page.getByRole('combobox', { name: 'Size by' }).click()
    await page.getByRole('option', { name: 'Outlier score' }).click()
  })
  await picture(page, info, 'side-by-side-measures')

  // The image under the pointer has its true neighbours on the other side too.
  await page.mouse.move(0, 0)
  for (const ball of [left, right]) await expect(ball).toHaveAttribute('data-arcs', '0')
  await hoverSomePoint(page, left)
  for (const ball of [left, right]) await expect(ball).toHaveAttribute('data-arcs', '8')
  await picture(page, info, 'side-by-side-neighbours')
})
