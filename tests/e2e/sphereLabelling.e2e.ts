import { expect, test } from 'playwright/test'
import type { Page } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { hoverSomePoint, openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('draws a lasso on the sphere, labels what is in it, and looks at clusters', async ({
  page,
}, info) => {
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Metric', 3)
  await openScreen(page, 'Sphere')
  await expect(page.getByTestId('sphere')).toHaveAttribute('data-epoch', '3')

  // A lasso around the middle, and a name that no label has.
  await page.getByTestId('sphere').locator('canvas').focus()
  await page.keyboard.press('l')
  await drawAround(page, 0.3)
  const selection = page.getByRole('complementary', { name: 'Selection' })
  await expect(selection.getByText(/\d+ images selected/)).toBeVisible()
  const heading = await selection.getByText(/\d+ images selected/).innerText()
  const count = Number(/\d+/.exec(heading)?.[0])
  expect(count).toBeGreaterThan(5)
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: 'Label' }).fill('in the middle')
  await page.keyboard.press('Enter')
  // How many labels are left, and whether their list can be searched, hangs on where the ball stood.
  await expect(
    page.getByRole('button', { name: `Undo “Label ${count} images as in the middle”` }),
  ).toBeEnabled()
  await page.keyboard.press('Escape')
  await picture(page, info, 'lasso')

  // The neighbours view says what it is, and how far it can be trusted.
  await page.getByRole('radio', { name: 'Neighbours' }).click()
  await expect(page.getByTestId('faithful')).toContainText('neighbours view', { timeout: 60_000 })

  // A cluster is selected by a click, and the same key labels it.
  await page.getByRole('radio', { name: 'Clusters' }).click()
  const clusters = page.getByRole('region', { name: 'Clusters' })
  const first = clusters.getByRole('button', { name: /^Select cluster/ }).first()
  await first.click()
  const size = Number(/(\d+) images/.exec((await first.getAttribute('aria-label')) ?? '')?.[1])
  await expect(selection.getByText(`${size} images selected`)).toBeVisible()
  await clusters.getByRole('button', { name: 'Make a label of it' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('one cluster')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^Undo “.*one cluster/ })).toBeEnabled()
  await picture(page, info, 'clusters')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeDisabled()
})

test('lays both halves of the ball flat, so that nothing hides', async ({ page }, info) => {
  await page.goto(served.url)
  await openScreen(page, 'Sphere')
  const sphere = page.getByTestId('sphere')
  await expect(sphere).toHaveAttribute('data-epoch', '3')
  const selection = page.getByRole('complementary', { name: 'Selection' })
  await sphere.locator('canvas').focus()
  // An untrained network puts everything into one corner: turned aside, some of it is behind.
  for (let turn = 0; turn < 6; turn++) await page.keyboard.press('ArrowRight')
  await page.waitForTimeout(600)
  await dragBox(page)
  const heading = await selection.getByText(/\d+ images selected/).innerText()
  expect(Number(/\d+/.exec(heading)?.[0])).toBeLessThan(300)

  await page.keyboard.press('h')
  await expect(page.getByText('far half')).toBeVisible()
  await dragBox(page)
  await expect(selection.getByText('300 images selected')).toBeVisible()
  await page.keyboard.press('Escape')
  await hoverSomePoint(page)
  await picture(page, info, 'halves')
  await page.keyboard.press('h')
  await expect(page.getByText('far half')).toBeHidden()
})

/** With Shift, from corner to corner of the sphere's view. */
async function dragBox(page: Page): Promise<void> {
  const box = await page.getByTestId('sphere').boundingBox()
  if (box === null) throw new Error('the sphere is not on the page')
  await page.keyboard.down('Shift')
  await page.mouse.move(box.x + 4, box.y + 4)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4, { steps: 4 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
}

/** A closed line around the middle of the sphere, its radius a share of the view's height. */
async function drawAround(page: Page, share: number): Promise<void> {
  const box = await page.getByTestId('sphere').boundingBox()
  if (box === null) throw new Error('the sphere is not on the page')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const radius = share * box.height
  await page.mouse.move(x + radius, y)
  await page.mouse.down()
  for (let step = 1; step <= 24; step++) {
    const angle = (2 * Math.PI * step) / 24
    await page.mouse.move(x + radius * Math.cos(angle), y + radius * Math.sin(angle))
  }
  await page.mouse.up()
}
