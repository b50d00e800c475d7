import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('the last epochs are replayed with and without, and stand side by side', async ({
  page,
}, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Contrastive', 6)

  await openScreen(page, 'Review')
  await page.getByRole('button', { name: 'Replay with and without my verdicts' }).click()
  const dialog = page.getByRole('dialog', { name: 'Before and after' })
  // There is no verdict yet: what is left is the policy on suspects.
  await expect(dialog.getByRole('radio', { name: 'My verdicts' })).toBeDisabled()
  await expect(dialog.getByTestId('replay-cost')).toContainText('Two runs of 6 epochs')
  await dialog.getByRole('combobox', { name: 'Epochs that are replayed' }).click()
  await page.getByRole('option', { name: 'The last 1 epoch, from epoch 5' }).click()
  await expect(dialog.getByTestId('replay-cost')).toContainText('Two runs of 1 epoch')
  await picture(page, info, 'replay-dialog')
  await dialog.getByRole('button', { name: 'Replay both' }).click()

  const series = page.getByTestId('series')
  await expect(series).toContainText('of 2')
  await expect(series).toContainText('Replay is done', { timeout: 120_000 })
  await series.getByRole('button', { name: 'Compare' }).click()

  const [left, right] = ['left', 'right'].map((side) =>
    page.getByTestId(side).getByTestId('sphere'),
  )
  await expect(left!).toHaveAttribute('data-epoch', '6')
  await expect(right!).toHaveAttribute('data-epoch', '6')
  const deltas = page.getByTestId('deltas')
  await expect(deltas).toContainText('false repulsion', { timeout: 30_000 })
  // The first search is where the fork begins, so that even one epoch goes by it.
  await expect(page.getByTestId('comparison')).toContainText(/eliminate \d/)
  await page.getByText('How this was measured').click()
  await expect(page.getByText('suspects policy on the right only')).toBeVisible()
  await picture(page, info, 'replay')
  await page.setViewportSize({ width: 1100, height: 700 })
  await picture(page, info, 'replay-small')

  // Both are ordinary runs, and say what they are.
  await openScreen(page, 'Train')
  const list = page.getByRole('region', { name: 'Runs' })
  await expect(list).toContainText('with suspects policy')
  await expect(list).toContainText('without suspects policy')
})
