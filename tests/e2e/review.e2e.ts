import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('twenty suspects are judged by keys, remembered, and what they change is seen', async ({
  page,
}, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Contrastive', 3)

  await openScreen(page, 'Review')
  const queue = page.getByTestId('queue').getByRole('button')
  await expect(queue.first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('Cosine over the epochs')).toBeVisible()
  const counts = page.getByLabel('Queue').getByRole('status')
  const open = Number(/(\d+) open/.exec(await counts.innerText())?.[1])
  await picture(page, info, 'review', { readme: true })
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
  await picture(page, info, 'difference')

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

  // Trained again with them and without, from the same start: what they change.
  await page.getByRole('button', { name: 'Replay with and without my verdicts' }).click()
  const dialog = page.getByRole('dialog', { name: 'Before and after' })
  await expect(dialog.getByRole('radio', { name: 'My verdicts' })).toBeChecked()
  await dialog.getByRole('button', { name: 'Replay both' }).click()
  const series = page.getByTestId('series')
  await expect(series).toContainText('Replay is done', { timeout: 120_000 })
  await series.getByRole('button', { name: 'Compare' }).click()
  const deltas = page.getByTestId('deltas')
  await expect(deltas).toContainText('false repulsion', { timeout: 30_000 })
  await expect(page.getByTestId('comparison')).toContainText('19')
  await picture(page, info, 'verdicts-replayed')
})
