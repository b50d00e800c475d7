import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { hoverSomePoint, openScreen, picture, stillPictureOf } from './steps.ts'

/** Enough for clusters that a person sees; the recipe itself takes more. */
const epochs = 60

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('the sample set, one click away, learns to tell unseen labels apart', async ({
  page,
}, info) => {
  await page.goto(served.url)
  await page.getByRole('button', { name: 'Try the sample' }).click()
  const grid = page.getByTestId('image-grid')
  await expect(grid.locator('img').nth(20)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('300 images').first()).toBeVisible({ timeout: 60_000 })
  await grid.locator('img').nth(7).click()
  await expect(page.getByTestId('scan-progress')).toBeHidden()
  await picture(page, info, 'library', { readme: true })

  await openScreen(page, 'Train')
  const form = page.getByRole('form', { name: 'New run' })
  await form.getByText('Metric', { exact: true }).click()
  await form.getByLabel('Epochs', { exact: true }).fill(String(epochs))
  await form.getByLabel('Epochs', { exact: true }).press('Tab')
  await form.getByRole('button', { name: 'Start' }).click()
  const sphere = page.getByTestId('sphere')
  // The newest frame wins: on a fast machine no single epoch is sure to be drawn.
  await expect
    .poll(async () => Number(await sphere.getAttribute('data-epoch')), { timeout: 200_000 })
    .toBeGreaterThanOrEqual(Math.round(epochs * 0.8))
  await picture(page, info, 'train', { readme: true })
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'done', {
    timeout: 60_000,
  })
  // The verdict compares with raw pixels too, which do well on drawings; here, with the start.
  await expect(page.getByTestId('verdict')).toBeVisible()
  const mapAtR = page.locator('figure', { hasText: 'MAP@R' })
  await expect(mapAtR.locator('.gain.better')).toBeVisible()

  await openScreen(page, 'Sphere')
  await expect(sphere).toHaveAttribute('data-epoch', String(epochs))
  await page.mouse.click(420, 120)
  await stillPictureOf(page)
  await hoverSomePoint(page)
  await expect(page.getByTestId('hover-card').locator('img').nth(3)).toBeVisible()
  await picture(page, info, 'sphere', { readme: true })

  await openScreen(page, 'Export')
  await page.getByRole('form', { name: 'Export' }).getByRole('button').click()
  await expect(page.getByTestId('parity')).toBeVisible({ timeout: 60_000 })
  await picture(page, info, 'export', { readme: true })
})
