import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { Page } from 'playwright/test'
import { makeImages } from '../main/hosts/madeImages.ts'
import { dropFolder } from './dropFolder.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { picture } from './steps.ts'

let served: Served
let home: string
test.beforeEach(async () => {
  served = await serve()
  home = await mkdtemp(join(tmpdir(), 'antipode-folders-'))
})
test.afterEach(async () => {
  await served.stop()
  await rm(home, { recursive: true, force: true })
})

const row = (page: Page, label: string) =>
  page.getByTestId('labels').getByRole('button', { name: `Show only ${label},` })

/** A folder of the host's own disk, by its path: what is dropped in a browser would be copied. */
async function openFolder(page: Page, folder: string, images: number): Promise<void> {
  await page.goto(served.url)
  await page.getByRole('button', { name: 'Open folder…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(folder)
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  await expect(page.getByText(`${images} images`).first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByTestId('scan-progress')).toBeHidden()
}

test('folders are dropped from outside, on the window and on a label', async ({ page }, info) => {
  const animals = join(home, 'drop', 'animals')
  await makeImages(join(animals, 'pets'), { labels: 2, imagesPerLabel: 3 })
  const kittens = join(home, 'drop', 'kittens')
  await makeImages(kittens, { labels: 1, imagesPerLabel: 2 })
  await page.goto(served.url)
  await dropFolder(page, animals, page.locator('body'))
  await expect(page.getByText('6 images').first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByTestId('scan-progress')).toBeHidden()
  // Folders above labels become their groups.
  await expect(page.getByTestId('labels').getByText('pets')).toBeVisible()
  await expect(row(page, 'label 1')).toHaveAttribute('aria-label', /, 3 images/)

  await dropFolder(page, kittens, row(page, 'label 1'))
  await expect(row(page, 'label 1')).toHaveAttribute('aria-label', /, 5 images/, {
    timeout: 20_000,
  })
  await picture(page, info, 'dropped')
})

test('what changes in a folder is offered quietly, and read on demand', async ({ page }, info) => {
  const folder = join(home, 'watched')
  await makeImages(folder, { labels: 2, imagesPerLabel: 3 })
  await openFolder(page, folder, 6)
  await makeImages(join(folder, 'later'), { labels: 1, imagesPerLabel: 3 })
  await rm(join(folder, 'label 0', '0.png'))
  await expect(page.getByText('3 new files, 1 gone')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('6 images').first()).toBeVisible()
  await picture(page, info, 'offer')
  await page.getByRole('button', { name: 'Read them' }).click()
  await expect(page.getByText('8 images').first()).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('3 new files, 1 gone')).toBeHidden()
})

test('a folder can be opened while the dialog still waits for what lies around it', async ({
  page,
}) => {
  const folder = join(home, 'slow disk')
  await makeImages(folder, { labels: 1, imagesPerLabel: 2 })
  let delayMs = 0
  await page.routeWebSocket(/rpc/, (socket) => {
    const host = socket.connectToServer()
    host.onMessage((frame) => void setTimeout(() => socket.send(frame), delayMs))
  })
  await page.goto(served.url)
  const choose = page.getByRole('button', { name: 'Open folder…' })
  await expect(choose).toBeEnabled()
  delayMs = 1500
  await choose.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Folder' }).fill(folder)
  const open = dialog.getByRole('button', { name: 'Open', exact: true })
  const before = await open.boundingBox()
  // The list comes between the two halves of a click, and must not take the button away from under it.
  await open.hover()
  await page.mouse.down()
  await expect(dialog.getByRole('list', { name: 'Folders' }).getByRole('button')).not.toHaveCount(0)
  expect(await open.boundingBox()).toEqual(before)
  await page.mouse.up()
  await expect(page.getByText('2 images').first()).toBeVisible()
})

test('labels are renamed, deleted, merged and grouped by keys and by drag', async ({
  page,
}, info) => {
  const folder = join(home, 'sorted')
  await makeImages(folder, { labels: 4, imagesPerLabel: 3 })
  await makeImages(join(folder, 'more'), { labels: 1, imagesPerLabel: 2 })
  await openFolder(page, folder, 14)

  await row(page, 'label 1').focus()
  await page.keyboard.press('ArrowDown')
  await expect(row(page, 'label 2')).toBeFocused()
  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'Name of the label' }).fill('wren')
  await page.keyboard.press('Enter')
  await expect(row(page, 'wren')).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(row(page, 'wren')).toHaveCount(0)
  await expect(row(page, 'without a label')).toHaveAttribute('aria-label', /, 3 images/)

  await row(page, 'label 1').dragTo(row(page, 'label 3'))
  const offer = page.getByRole('dialog', { name: 'Merge label 1 into label 3?' })
  await expect(offer).toBeVisible()
  await picture(page, info, 'merge')
  await offer.getByRole('button', { name: 'Merge' }).click()
  await expect(row(page, 'label 3')).toHaveAttribute('aria-label', /, 6 images/)
  await expect(row(page, 'label 1')).toHaveCount(0)

  // The inspector shows one image and all that can be done with it.
  const tiles = page.getByTestId('image-grid').getByRole('gridcell')
  await tiles.nth(0).click()
  const inspector = page.getByRole('complementary', { name: 'Inspector' })
  await inspector.getByRole('button', { name: 'Change the label' }).click()
  await page.getByRole('combobox', { name: 'Label' }).fill('robin')
  await page.keyboard.press('Enter')
  await expect(inspector.getByText('Label 1 image as robin')).toBeVisible()
  await expect(inspector.getByText(/PNG · /)).toBeVisible()
  await page.getByRole('button', { name: 'What can be searched for' }).click()
  await picture(page, info, 'inspector')
  await page.getByText('images without a label').click()
  await expect(page.getByText('3 of 14 images')).toBeVisible()
})
