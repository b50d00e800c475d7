import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('a sweep trains one run a temperature and shows them side by side', async ({ page }, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Contrastive', 2)
  await openScreen(page, 'Lab')
  await page.getByRole('button', { name: 'Sweep τ' }).click()
  const dialog = page.getByRole('dialog', { name: 'Sweep of τ' })
  await expect(dialog.getByLabel('Temperature 3')).toHaveValue('0.1')
  await dialog.getByLabel('Temperature 5').fill('0.1')
  await expect(dialog.getByText('Two of them are the same')).toBeVisible()
  await dialog.getByLabel('Temperature 5').fill('0.6')
  await expect(dialog.getByTestId('sweep-cost')).toContainText('5 runs of 2 epochs')
  await dialog.getByLabel('Epochs of each').fill('1')
  await expect(dialog.getByTestId('sweep-cost')).toContainText('5 runs of 1 epoch,')
  await picture(page, info, 'sweep-dialog')
  await dialog.getByRole('button', { name: 'Train 5 runs' }).click()

  const series = page.getByTestId('series')
  await expect(series).toContainText('Sweep of τ: run')
  await expect(series).toContainText('Sweep of τ is done', { timeout: 180_000 })
  await series.getByRole('button', { name: 'Compare' }).click()
  const balls = page.getByTestId('sweep-ball')
  await expect(balls).toHaveCount(5)
  for (const ball of await balls.all())
    await expect(ball.getByTestId('sphere')).toHaveAttribute('data-points', '300', {
      timeout: 60_000,
    })
  const table = page.getByTestId('sweep-table')
  await expect(table.getByRole('row')).toHaveCount(6)
  await expect(table).not.toContainText('–', { timeout: 60_000 })
  await expect(table).toContainText('as the run')
  await expect(page.getByRole('combobox', { name: 'Which sweep' })).toHaveText('Sweep of 5 runs')
  await picture(page, info, 'sweep')
  await page.setViewportSize({ width: 1100, height: 700 })
  await picture(page, info, 'sweep-small')

  await page.getByRole('button', { name: 'Close the sweep' }).click()
  await expect(page.getByRole('button', { name: 'Show sweeps' })).toBeVisible()
})
