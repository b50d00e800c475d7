import { expect, test } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('a verdict is given to similar pairs, contradicted, imported and resolved', async ({
  page,
}, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Contrastive', 3)

  // What “same” would bring with it is said before it is given.
  await openScreen(page, 'Review')
  const counts = page.getByLabel('Queue').getByRole('status')
  await expect(page.getByTestId('preview')).toContainText(/joins 2 images/, { timeout: 60_000 })
  await expect(page.getByTestId('effect').first()).toContainText('%')

  // To all similar pairs with one key, and back in one step.
  const offer = page.getByTestId('offer')
  for (let tries = 0; tries < 10 && !(await offer.isVisible()); tries++) {
    await page.keyboard.press('m')
    await page.waitForTimeout(100)
  }
  const same = async (): Promise<number> =>
    Number(/(\d+)\s*same/.exec(await counts.innerText())?.[1])
  const before = await same()
  const similar = Number(/Apply to (\d+)/.exec(await offer.innerText())?.[1])
  expect(similar).toBeGreaterThan(0)
  await picture(page, info, 'similar-pairs')
  await page.keyboard.press('a')
  await expect(offer).toBeHidden()
  await expect.poll(same).toBe(before + similar)
  await page.keyboard.press('Control+z')
  await expect.poll(same).toBe(before)

  // A table that contradicts itself: told by line before anything is taken in.
  await page.getByRole('radio', { name: 'Verdicts' }).click()
  await page.getByRole('button', { name: 'Import…' }).click()
  const text = [
    'verdict,first,second',
    'same,avocado/fluent-3d.png,avocado/fluent-flat.png',
    'same,avocado/fluent-flat.png,avocado/noto.png',
    'different,avocado/fluent-3d.png,avocado/noto.png',
    'same,avocado/twemoji.png,apple/twemoji.png',
  ].join('\n')
  await page
    .getByLabel('Table of verdicts')
    .setInputFiles({ name: 'verdicts.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await expect(page.getByLabel('Lines that are left out')).toContainText(
    /line 4.*chain of “same”.*line 2, line 3/,
  )
  await picture(page, info, 'verdict-import')
  await page.getByRole('button', { name: 'Take in 3 verdicts' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()

  // One of them joins two labels: a contradiction with two ways out.
  const list = page.getByTestId('contradictions')
  const between = list.getByRole('listitem').filter({ hasText: 'two labels' })
  const count = await between.count()
  expect(count).toBeGreaterThan(0)
  await picture(page, info, 'contradictions')
  await between.first().getByRole('button', { name: 'Take back' }).click()
  await expect(between).toHaveCount(count - 1)
  await page.keyboard.press('Control+z')
  await expect(between).toHaveCount(count)
})
