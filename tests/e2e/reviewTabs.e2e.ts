import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('suspects are measured, audited by keys, and doubted labels judged', async ({
  page,
}, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Contrastive', 3)

  // Against labels: every method, and chance is what it is thought to be.
  await openScreen(page, 'Review')
  await page.getByRole('radio', { name: 'Quality', exact: true }).click()
  const table = page.getByTestId('quality-table')
  await expect(table).toBeVisible({ timeout: 120_000 })
  await expect(table.getByRole('row')).toHaveCount(11)
  await expect(table.getByRole('row', { name: /At random/ })).toContainText('.01')
  await picture(page, info, 'quality')

  // By fifty questions: yes to all of them is a precision of one, as far as fifty can tell.
  await page.getByRole('radio', { name: 'By fifty questions' }).click()
  await page.getByRole('button', { name: 'Begin' }).click()
  const place = page.getByTestId('audit-place')
  await expect(place).toHaveText('1 of 50', { timeout: 60_000 })
  await page.keyboard.press('n')
  await expect(place).toHaveText('2 of 50')
  await page.keyboard.press('Backspace')
  await expect(place).toHaveText('1 of 50')
  for (let i = 0; i < 50; i++) await page.keyboard.press('y')
  await expect(page.getByTestId('audit-precision')).toContainText(/^100 % \(\d\d\.\d % – 100 %\)$/)
  await picture(page, info, 'audit')

  // A label that is doubted is changed by a key, and the change is one step of undo.
  await page.getByRole('radio', { name: 'Label errors' }).click()
  const doubts = page.getByTestId('doubts').getByRole('button')
  await expect(doubts.first()).toBeVisible({ timeout: 120_000 })
  await expect(page.getByTestId('doubt-words')).toContainText('of its 10 nearest')
  const count = await doubts.count()
  const first = (await doubts.first().textContent()) ?? ''
  await page.keyboard.press('a')
  await expect(doubts).toHaveCount(count - 1)
  await page.keyboard.press('k')
  await expect(doubts).toHaveCount(count - 2)
  await picture(page, info, 'label-errors')
  await page.keyboard.press('Control+z')
  await expect(doubts).toHaveCount(count - 1)
  await expect(doubts.first()).toHaveText(first)
})
