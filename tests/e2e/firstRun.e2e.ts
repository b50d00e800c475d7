import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'playwright/test'
import type { Page } from 'playwright/test'
import { modelReader } from '../../src-main/export/modelFiles.ts'
import { openEngine } from '../../src-main/numeric/engines/ladder.ts'
import { readNpy } from '../../src-main/numeric/npy.ts'
import * as tf from '../../src-main/numeric/tf.ts'
import { dropFolder } from './dropFolder.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'
import { difference, hoverSomePoint, openScreen, stillPictureOf } from './steps.ts'

const labels = 12
const imageSize = 32

let served: Served
let folder: string

test.beforeAll(async () => {
  served = await serve()
  folder = await mkdtemp(join(tmpdir(), 'antipode-photos-'))
  const sample = 'resources/sample/emoji'
  const names = (await readdir(sample)).sort().slice(0, labels)
  for (const name of names) await cp(join(sample, name), join(folder, name), { recursive: true })
  await mkdir(join(folder, 'broken'))
  await writeFile(join(folder, 'broken', 'cut.png'), 'no picture at all')
})
test.afterAll(async () => {
  await served.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a folder becomes a trained embedding on a live sphere, and a model that gives the same numbers', async ({
  page,
}) => {
  await page.goto(served.url)
  await expect(page.getByRole('heading', { name: 'Antipode' })).toBeVisible()

  await test.step('drop a folder on the page', async () => {
    await dropFolder(page, folder, page.locator('body'))
    const grid = page.getByTestId('image-grid')
    await expect(grid.locator('img').first()).toBeVisible({ timeout: 60_000 })
    await expect(page.getByText(/1 file skipped/).first()).toBeVisible({ timeout: 60_000 })
  })

  await test.step('train two epochs and see the sphere move', async () => {
    await openScreen(page, 'Train')
    const form = page.getByRole('form', { name: 'New run' })
    await form.getByLabel('Epochs', { exact: true }).fill('2')
    await form.getByLabel('Epochs', { exact: true }).press('Tab')
    const seen = await watchEpochs(page)
    await form.getByRole('button', { name: 'Start' }).click()

    const sphere = page.getByTestId('sphere')
    await expect(sphere).toHaveAttribute('data-epoch', '2', { timeout: 120_000 })
    await expect(sphere).toHaveAttribute('data-points', String(await imagesIn(folder)))
    await expect(page.getByTestId('run-phase')).toHaveAttribute('data-phase', 'done')
    await expect(page.getByTestId('loss-curve')).not.toHaveAttribute('data-steps', '0')
    await expect(page.getByTestId('verdict')).toBeVisible()
    // Frames that a window cannot keep up with are left out; the first and the last never are.
    expect(await seen()).toEqual(expect.arrayContaining(['0', '2']))
  })

  await test.step('go back to the untrained network: the points stand elsewhere', async () => {
    await openScreen(page, 'Sphere')
    const sphere = page.getByTestId('sphere')
    await expect(sphere).toHaveAttribute('data-epoch', '2')
    // The first touch ends the slow turning.
    await page.mouse.click(420, 120)
    const trained = await stillPictureOf(page)
    for (const epoch of ['1', '0']) {
      await page.getByRole('button', { name: 'Epoch before' }).click()
      await expect(sphere).toHaveAttribute('data-epoch', epoch)
    }
    expect(await difference(trained, await stillPictureOf(page))).toBeGreaterThan(0.002)
  })

  await test.step('hover a point: its image and its true neighbours', async () => {
    // Untrained, all points lie in one corner, which may be the far one; after training they are in front.
    for (const epoch of ['1', '2']) {
      await page.getByRole('button', { name: 'Epoch after' }).click()
      await expect(page.getByTestId('sphere')).toHaveAttribute('data-epoch', epoch)
    }
    await stillPictureOf(page)
    const card = page.getByTestId('hover-card')
    await hoverSomePoint(page)
    await expect(card).toBeVisible()
    await expect(card.locator('img').first()).toBeVisible()
    await expect(card.getByText(/[01]?\.\d\d/).first()).toBeVisible()
  })

  await test.step('export, reload elsewhere, get the same embedding', async () => {
    await openScreen(page, 'Export')
    const target = join(served.home, 'exported')
    await page.getByRole('textbox', { name: 'Folder' }).fill(target)
    await page.getByRole('form', { name: 'Export' }).getByRole('button').click()
    await expect(page.getByTestId('parity')).toBeVisible({ timeout: 60_000 })
    expect(await largestDifference(target)).toBeLessThan(1e-4)
  })
})

/** Notes every epoch that the sphere shows from now on; the returned function tells which. */
async function watchEpochs(page: Page): Promise<() => Promise<string[]>> {
  const seen = await page.evaluateHandle(() => {
    const epochs: string[] = []
    const sphere = document.querySelector<HTMLElement>('[data-testid=sphere]')
    const note = () => {
      const epoch = sphere?.dataset.epoch
      if (epoch !== undefined && epochs.at(-1) !== epoch) epochs.push(epoch)
    }
    if (sphere) new MutationObserver(note).observe(sphere, { attributeFilter: ['data-epoch'] })
    return epochs
  })
  return () => seen.jsonValue()
}

async function imagesIn(root: string): Promise<number> {
  const files = await readdir(root, { recursive: true })
  return files.filter((name) => name.endsWith('.png') && !name.includes('broken')).length
}

/**
 * Loads the exported model as any program would, asks it for the images of the folder, and compares
 * with the exported embedding.
 */
async function largestDifference(exported: string): Promise<number> {
  const engine = await openEngine('wasm')
  const model = await tf.loadLayersModel(modelReader(exported))
  const { data, shape } = await readNpy(join(exported, 'embeddings.npy'))
  const csv = await readFile(join(exported, 'embeddings.csv'), 'utf8')
  const dim = shape[1]!
  let largest = 0
  try {
    for (const [row, line] of csv.trimEnd().split('\r\n').slice(1).entries()) {
      const [name = ''] = line.split(',')
      const bytes = await sharp(join(folder, await pathIn(name)))
        .flatten({ background: '#ffffff' })
        .resize(imageSize, imageSize, { fit: 'cover', kernel: 'lanczos3' })
        .toColourspace('srgb')
        .removeAlpha()
        .raw()
        .toBuffer()
      const input = tf.tensor4d(Float32Array.from(bytes), [1, imageSize, imageSize, 3])
      const values = (model.predict(input) as tf.Tensor).dataSync()
      values.forEach((value, d) => {
        largest = Math.max(largest, Math.abs(value - data[row * dim + d]!))
      })
    }
  } finally {
    model.dispose()
    engine.dispose()
  }
  return largest
}

/** An upload keeps the folder's own name in front of the path. */
async function pathIn(name: string): Promise<string> {
  const parts = name.split('/')
  const known = new Set(await readdir(folder))
  return known.has(parts[0] ?? '') ? name : parts.slice(1).join('/')
}
