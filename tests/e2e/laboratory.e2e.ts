import { expect, test } from 'playwright/test'
import type { Page } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('the laboratory shows whose push lands where, and teaches it', async ({ page }, info) => {
  await page.goto(served.url)
  await openSample(page)
  await openScreen(page, 'Lab')
  await expect(page.getByRole('heading', { name: 'Nothing to look into yet' })).toBeVisible()

  // In a metric run nothing of one label is pushed apart: there is no lesson to be had from it.
  await train(page, 'Metric', 2)
  await openScreen(page, 'Lab')
  await page.getByRole('button', { name: 'Lesson' }).click()
  await expect(page.getByTestId('lesson')).toContainText('positives of each other')
  await train(page, 'Contrastive', 12)

  await openScreen(page, 'Lab')
  const bars = page.getByTestId('negatives').getByRole('listitem')
  await expect(bars.first()).toBeVisible({ timeout: 60_000 })
  const share = page.getByTestId('push-suspects').locator('b')
  const effective = page.getByTestId('push-effective').locator('b')
  const thumb = page.getByRole('slider', { name: 'Temperature τ' })
  const [before, spread] = [await numberOf(share), await numberOf(effective)]
  expect(before).toBeGreaterThan(0)
  await picture(page, info, 'laboratory', { readme: true })

  // A smaller τ sees the nearest only, and those are the suspected ones.
  await page.keyboard.press('c')
  await thumb.focus()
  for (let i = 0; i < 20; i++) await thumb.press('ArrowLeft')
  await expect.poll(() => numberOf(share)).toBeGreaterThan(before + 5)
  await expect.poll(() => numberOf(effective)).toBeLessThan(spread)
  await expect(page.getByTestId('push-suspects')).toContainText(`${before.toFixed(1)} %`)
  await picture(page, info, 'laboratory-compare')

  // A larger one spreads the push.
  await page.keyboard.press('c')
  for (let i = 0; i < 60; i++) await thumb.press('ArrowRight')
  await expect.poll(() => numberOf(share)).toBeLessThan(before)
  await expect.poll(() => numberOf(effective)).toBeGreaterThan(spread)

  await page.getByRole('radio', { name: 'All', exact: true }).click()
  await expect(page.getByText('The numbers are means over these')).toBeVisible()
  await picture(page, info, 'laboratory-all')

  await page.getByRole('button', { name: 'Lesson' }).click()
  const lesson = page.getByTestId('lesson')
  await expect(lesson).toContainText('false negatives')
  for (const words of ['times an even share', 'The pair’s share went', 'cosine', 'Yellow']) {
    await lesson.getByRole('button', { name: 'Next' }).click()
    await expect(lesson).toContainText(words)
    await picture(page, info, `lesson-${words.split(' ')[0] ?? ''}`)
  }
  await lesson.getByRole('button', { name: 'Train a fork that eliminates them' }).click()
  const form = page.getByRole('form', { name: 'New run' })
  await expect(form).toBeVisible()
  await expect(form.getByLabel('Epochs', { exact: true })).toHaveValue('12')
})

async function numberOf(of: ReturnType<Page['locator']>): Promise<number> {
  return Number.parseFloat((await of.textContent()) ?? '')
}
