import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('every loss explains itself, and moves points as training would', async ({ page }, info) => {
  await page.goto(served.url)
  await openSample(page)
  await expect(page.getByTestId('image-grid').locator('img').first()).toBeVisible({
    timeout: 60_000,
  })
  await openScreen(page, 'Losses')

  const list = page.getByRole('listbox', { name: 'Losses' })
  const panel = page.getByRole('region', { name: 'Pull and push' })
  const loss = panel.locator('output')
  await expect(page.getByRole('heading', { name: 'NT-Xent' })).toBeVisible()
  await expect(loss).not.toHaveText('–')
  expect(await panel.locator('.arrow.pull').count()).toBeGreaterThan(3)
  expect(await panel.locator('.arrow.push').count()).toBeGreaterThan(3)
  const formula = page.getByRole('math')
  expect(await formula.locator('mfrac').count()).toBeGreaterThan(0)
  await picture(page, info, 'losses', { readme: true })

  // A point can be turned by keys, and says what acts on it.
  const point = panel.getByRole('slider', { name: 'Point of label 1' }).first()
  const before = Number(await loss.textContent())
  await point.focus()
  for (let i = 0; i < 5; i++) await point.press('Shift+ArrowLeft')
  await expect(point).toHaveAttribute('aria-valuenow', '62')
  await expect.poll(async () => Number(await loss.textContent())).not.toBe(before)
  expect(await panel.locator('.tie').count()).toBeGreaterThan(2)
  await picture(page, info, 'losses-point')

  // The temperature changes the arrows.
  await page.getByLabel('Temperature τ', { exact: true }).fill('1')
  await page.getByLabel('Temperature τ', { exact: true }).press('Tab')
  await expect.poll(async () => Number(await loss.textContent())).toBeLessThan(before)

  // Gradient descent on the circle brings labels together.
  const started = Number(await loss.textContent())
  await panel.getByRole('button', { name: 'Let it run' }).click()
  await expect
    .poll(async () => Number(await loss.textContent()), { timeout: 30_000 })
    .toBeLessThan(started - 0.3)
  await panel.getByRole('button', { name: 'Pause' }).click()
  await picture(page, info, 'losses-run')

  for (const title of await list.getByRole('option').allTextContents()) {
    await list.getByRole('option', { name: title, exact: true }).click()
    await expect(page.getByRole('heading', { level: 1, name: title.trim() })).toBeVisible()
    await expect(panel.getByRole('alert')).toHaveCount(0)
    // A loss of lengths alone has nothing to say of points on a circle, and says so.
    await expect(panel.locator('.arrow, .calm').first()).toBeAttached()
  }
  for (const name of ['Triplet margin', 'Debiased contrastive', 'Proxy anchor', 'Circle']) {
    const option = list.getByRole('option', { name })
    await option.first().click()
    await page.waitForTimeout(400)
    await picture(page, info, `losses-${name.toLowerCase().replaceAll(' ', '-')}`)
  }

  await list.getByRole('option', { name: 'Circle', exact: true }).click()
  await page.getByRole('button', { name: 'Train with this loss' }).click()
  const form = page.getByRole('form', { name: 'New run' })
  await expect(form.getByRole('combobox', { name: 'Loss', exact: true })).toHaveText('Circle')
  await form.getByText('What it does').click()
  await expect(form.getByRole('math')).toBeVisible()
  await picture(page, info, 'losses-form')
  await form.getByRole('button', { name: 'Explain this loss' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Circle' })).toBeVisible()
})
