import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { makeImages } from '../main/hosts/madeImages.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { openSample, picture } from './steps.ts'

let served: Served
test.beforeAll(async () => {
  served = await serve()
})
test.afterAll(() => served.stop())

test('labels go out as a table, come back changed, and a folder is added', async ({
  page,
}, info) => {
  const home = await mkdtemp(join(tmpdir(), 'antipode-labels-'))
  await page.goto(served.url)
  await openSample(page)
  await expect(page.getByTestId('scan-progress')).toBeHidden()

  await page.getByRole('button', { name: 'Labels out' }).click()
  const out = page.getByRole('dialog', { name: 'Labels out' })
  await out.getByText('Folders', { exact: true }).click()
  await expect(out.getByRole('button', { name: 'Write 300 files' })).toBeEnabled()
  await picture(page, info, 'out')
  await out.getByText('CSV', { exact: true }).click()
  await out.getByLabel('Folder').fill(home)
  await out.getByRole('button', { name: 'Write 1 file' }).click()
  await expect(out.getByText('1 file written')).toBeVisible()
  await out.getByRole('button', { name: 'Close' }).first().click()

  const table = await readFile(join(home, 'labels.csv'), 'utf8')
  const changed = table
    .replace(/^(apple\/.*?),apple,,/gm, '$1,fruit,food,')
    .concat('nowhere.png,apple,,,,,\n')
  await writeFile(join(home, 'changed.csv'), changed)
  await page.getByRole('button', { name: 'Labels from a table' }).click()
  const taken = page.getByRole('dialog', { name: 'Labels from a table' })
  await taken.getByLabel('Table of labels').setInputFiles(join(home, 'changed.csv'))
  await expect(taken.getByText('301 rows: 5 images would change')).toBeVisible()
  await expect(taken.getByText('nowhere.png is no image of this project.')).toBeVisible()
  await picture(page, info, 'table')
  await taken.getByRole('button', { name: 'Change 5 images' }).click()
  await expect(taken).toBeHidden()
  const labels = page.getByTestId('labels')
  await page.getByRole('searchbox', { name: 'Find a label' }).fill('fruit')
  await expect(labels.getByText('food')).toBeVisible()
  await expect(labels.getByRole('button', { name: 'Show only fruit, 5 images' })).toBeVisible()

  const more = join(home, 'kittens')
  await makeImages(more, { labels: 1, imagesPerLabel: 4 })
  await page.getByRole('button', { name: 'Project' }).click()
  await page.getByRole('menuitem', { name: 'Add folder…' }).click()
  const adding = page.getByRole('dialog', { name: 'Add a folder of images' })
  await adding.getByRole('textbox', { name: 'Folder' }).fill(more)
  await adding.getByRole('button', { name: 'Add' }).click()
  await expect(page.getByText('304 images').first()).toBeVisible({ timeout: 20_000 })
})
