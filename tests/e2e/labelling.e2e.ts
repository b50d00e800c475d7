import { expect, test } from 'playwright/test'
import type { Page } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, picture } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

const row = (page: Page, label: string) =>
  page.getByTestId('labels').getByRole('button', { name: `Show only ${label},` })
const undoButton = (page: Page) => page.getByRole('button', { name: /^Undo “/ })

test('labels by drag, by key and by name, and takes all of it back', async ({ page }, info) => {
  await page.goto(served.url)
  await openSample(page)
  await expect(page.getByTestId('scan-progress')).toBeHidden()
  const tiles = page.getByTestId('image-grid').getByRole('gridcell')
  const labels = page.getByTestId('labels').getByRole('button')
  const [first, second] = [await nameOf(page, 0), await nameOf(page, 1)]

  // Two images of the first label onto the second.
  await tiles.nth(0).click()
  await tiles.nth(1).click({ modifiers: ['Shift'] })
  await tiles.nth(1).dragTo(labels.nth(1))
  await expect(row(page, second)).toHaveAttribute('aria-label', /, 7 images/)
  await expect(undoButton(page)).toHaveAttribute('aria-label', `Undo “Label 2 images as ${second}”`)

  // The label onto the selection is the other way round.
  await labels.nth(0).dragTo(page.getByTestId('image-grid').locator('.tile.selected').first())
  await expect(row(page, first)).toHaveAttribute('aria-label', /, 5 images/)

  // By key, by name, and a name that no label has.
  await page.keyboard.press('3')
  await expect(undoButton(page)).toHaveAttribute('aria-label', /Label 2 images as/)
  await page.keyboard.press('/')
  const field = page.getByRole('combobox', { name: 'Label' })
  await field.fill('a new label')
  await picture(page, info, 'picker')
  await field.press('Enter')
  await expect(row(page, 'a new label')).toHaveAttribute('aria-label', /, 2 images/)

  await page.keyboard.press('x')
  await expect(page.locator('.tile.faded')).toHaveCount(2)
  await page.keyboard.press('Delete')
  await expect(page.getByText('2 images in the trash')).toBeVisible()
  await page.getByRole('button', { name: 'All that was done' }).click()
  await expect(page.getByLabel('Journal').getByRole('listitem')).toHaveCount(6)
  await picture(page, info, 'timeline')
  await page.keyboard.press('Escape')

  for (let step = 0; step < 6; step++) {
    const title = await undoButton(page).getAttribute('aria-label')
    await page.keyboard.press('Control+z')
    await expect(page.getByRole('button', { name: title ?? '', exact: true })).toHaveCount(0)
  }
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeDisabled()
  await expect(row(page, first)).toHaveAttribute('aria-label', /, 5 images/)
  await expect(row(page, 'a new label')).toHaveCount(0)

  // Nothing is forgotten by a reload.
  await page.keyboard.press('Control+Shift+Z')
  await expect(row(page, second)).toHaveAttribute('aria-label', /, 7 images/)
  await page.reload()
  await expect(row(page, second)).toHaveAttribute('aria-label', /, 7 images/)
  await expect(undoButton(page)).toBeEnabled()

  await page.getByRole('searchbox', { name: 'Search' }).fill(`label:"${second}"`)
  await expect(page.getByText('7 of 300 images')).toBeVisible()
  await tiles.nth(2).click()
  await picture(page, info, 'search')
})

/** Of the label at a place of the list. */
async function nameOf(page: Page, place: number): Promise<string> {
  return page.getByTestId('labels').locator('.name').nth(place).innerText()
}
