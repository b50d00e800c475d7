import { expect, test } from 'playwright/test'
import type { Page } from 'playwright/test'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, openScreen, picture, train } from './steps.ts'

let served: Served
test.beforeAll(async ({ browser }) => {
  served = await serve()
  const page = await browser.newPage()
  await page.goto(served.url)
  await openSample(page)
  await train(page, 'Contrastive', 3)
  await page.close()
})
test.afterAll(() => served.stop())

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(served.url)
  await openScreen(page, 'Sphere')
  await expect(page.getByTestId('sphere')).toHaveAttribute('data-epoch', '3')
})

const selectionOf = (page: Page) => page.getByRole('complementary', { name: 'Selection' })

test('goes from the matrix of labels to when two of them parted, and to that epoch', async ({
  page,
}, info) => {
  await page.keyboard.press('m')
  const matrix = page.getByRole('dialog', { name: 'Labels against labels' })
  const mostAlike = matrix.getByRole('listitem').first()
  const [first = '', second = ''] =
    /^(.+) – (.+?)\s/.exec(await mostAlike.innerText())?.slice(1) ?? []
  expect(second).not.toBe('')
  await mostAlike.getByRole('button').click()
  const selection = selectionOf(page)
  await expect(selection.getByText('10 images selected')).toBeVisible()
  const history = selection.getByRole('region', { name: 'When did they part?' })
  await expect(history.getByRole('heading')).toContainText(/^When did .+ and .+ part\?$/)
  for (const name of [first, second]) await expect(history).toContainText(name)
  await expect(history).toContainText(/arted .*\d\.\d\d → \d\.\d\d/)
  await picture(page, info, 'labels-parted')

  // The start of the curve is the untrained network; the two stay chosen there.
  const curve = history.getByRole('img', { name: 'Cosine of their middles' })
  await curve.click({ position: { x: 6, y: 20 } })
  await expect(page.getByTestId('sphere')).toHaveAttribute('data-epoch', '0')
  await expect(history).toBeVisible()
})

test('cuts a cluster into parts, labels one, takes both back, and has the cluster reviewed', async ({
  page,
}, info) => {
  await page.getByRole('radio', { name: 'Clusters' }).click()
  const clusters = page.getByRole('region', { name: 'Clusters' })
  const rows = clusters.getByRole('button', { name: /^Select cluster/ })
  const names = () => rows.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  await rows.first().click()
  const before = await names()
  const size = Number(/(\d+) images/.exec(before[0] ?? '')?.[1])

  await clusters.getByRole('button', { name: 'Split' }).click()
  const undo = clusters.getByRole('button', { name: 'Undo the split' })
  await expect(undo).toBeVisible()
  await expect(clusters).toContainText('1 split')
  const cut = await names()
  const parts = cut.filter((name) => !before.includes(name))
  expect(parts.length).toBeGreaterThan(1)
  const sizes = parts.map((name) => Number(/(\d+) images/.exec(name ?? '')?.[1]))
  expect(sizes.reduce((sum, of) => sum + of, 0)).toBe(size)
  await picture(page, info, 'cluster-split')

  // The parts are the same images at another epoch.
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByTestId('sphere')).toHaveAttribute('data-epoch', '2')
  await expect(clusters).toContainText(/cluster/)
  await page.keyboard.press('ArrowRight')
  await expect(page.getByTestId('sphere')).toHaveAttribute('data-epoch', '3')
  await expect.poll(names).toEqual(cut)

  await clusters.getByRole('button', { name: 'Make a label of it' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('one part')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^Undo “.*one part/ })).toBeEnabled()
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('button', { name: 'Nothing to undo' })).toBeDisabled()
  await undo.click()
  await expect.poll(names).toEqual(before)

  // Of a small cluster, all pairs are in the queue, and no others.
  await rows.last().click()
  const few = Number(/(\d+) images/.exec((await rows.last().getAttribute('aria-label')) ?? '')?.[1])
  await clusters.getByRole('button', { name: 'Review' }).click()
  const scope = page.getByRole('button', { name: /^Only cluster .+; ask about all images again$/ })
  await expect(scope).toContainText(`${few} images`)
  const open = page.getByRole('complementary', { name: 'Queue' }).getByText(/^\d+ open$/)
  await expect(open).toHaveText(`${(few * (few - 1)) / 2} open`, { timeout: 30_000 })
  await picture(page, info, 'cluster-in-review')
  await scope.click()
  await expect(open).toHaveText('500 open')
})

test('draws who pulls and who pushes a selected image, and how much of it no view shows', async ({
  page,
}, info) => {
  await page.keyboard.press('a')
  const selection = selectionOf(page)
  const outside = selection.getByText('Outside this view')
  const untouched = selection.getByText('it is held out')
  await page.getByTestId('sphere').locator('canvas').focus()
  // From image to image, until one is not held out.
  await expect(async () => {
    await page.keyboard.press('Alt+ArrowRight')
    await page.keyboard.press('Enter')
    await expect(outside.or(untouched)).toBeVisible({ timeout: 30_000 })
    await expect(outside).toBeVisible({ timeout: 1 })
  }).toPass({ intervals: [0] })
  await expect(selection).toContainText(/\d+ % of its gradient/)
  await expect(selection).toContainText(/One step.+°/)
  await expect(selection.getByRole('heading', { name: /^Pushes \d+ %$/ })).toBeVisible()
  const arrows = page.getByTestId('force-arrows')
  await expect(arrows.locator('[data-kind=all]')).toHaveCount(1)
  // Pushes that are next to nothing each are one arrow together.
  expect(await arrows.locator('[data-kind=pull]').count()).toBeGreaterThan(0)
  expect(await arrows.locator('[data-kind=push]').count()).toBeGreaterThan(0)
  await picture(page, info, 'force-arrows')

  // Where the picture is no projection, an arrow would mean nothing.
  await page.getByRole('radio', { name: 'Neighbours' }).click()
  await expect(selection.getByRole('button', { name: 'Show the linear view' })).toBeVisible({
    timeout: 60_000,
  })
  await expect(arrows).toHaveCount(0)
  await selection.getByRole('button', { name: 'Show the linear view' }).click()
  await expect(arrows.locator('[data-kind=all]')).toHaveCount(1)
})
