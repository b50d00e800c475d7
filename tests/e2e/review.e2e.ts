import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openScreen } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('twenty suspects are judged by keys, remembered, and undone', async ({ page }, info) => {
  await page.goto(served.url)
  await page.getByRole('button', { name: 'Try the sample' }).click()
  await expect(page.getByText('300 images').first()).toBeVisible({ timeout: 60_000 })
  await openScreen(page, 'Train')
  const form = page.getByRole('form', { name: 'New run' })
  await form.getByText('Contrastive', { exact: true }).click()
  await form.getByLabel('Epochs', { exact: true }).fill('3')
  await form.getByLabel('Epochs', { exact: true }).press('Tab')
  await form.getByRole('button', { name: 'Start' }).click()
  await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'done', {
    timeout: 120_000,
  })

  await openScreen(page, 'Review')
  const queue = page.getByTestId('queue').getByRole('button')
  await expect(queue.first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('Cosine over the epochs')).toBeVisible()
  const counts = page.getByLabel('Queue').getByRole('status')
  const open = Number(/(\d+) open/.exec(await counts.innerText())?.[1])
  await page.screenshot({ path: info.outputPath('review.png') })
  // As fast as the keys go: each verdict is for another pair.
  for (let i = 0; i < 10; i++) {
    await page.keyboard.press('m')
    await page.keyboard.press('d')
  }
  await expect(counts).toHaveText(
    new RegExp(`${open - 20}\\s*open\\s*10\\s*same\\s*10\\s*different`),
  )
  await page.keyboard.press('z')
  await page.keyboard.press('z')
  await page.screenshot({ path: info.outputPath('difference.png') })

  await page.keyboard.press('Control+z')
  await expect(counts).toContainText('9 different')
  await page.reload()
  await openScreen(page, 'Review')
  await expect(counts).toHaveText(
    new RegExp(`${open - 19}\\s*open\\s*10\\s*same\\s*9\\s*different`),
    {
      timeout: 60_000,
    },
  )
})
