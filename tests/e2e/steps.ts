import { join } from 'node:path'
import sharp from 'sharp'
import { expect } from 'playwright/test'
import type { Page, TestInfo } from 'playwright/test'

export async function openScreen(
  page: Page,
  name: 'Library' | 'Train' | 'Sphere' | 'Review' | 'Lab' | 'Export' | 'Losses',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByText(name).click()
}

/** The sample set, until all of it is read. */
export async function openSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try the sample' }).click()
  await expect(page.getByText('300 images').first()).toBeVisible({ timeout: 60_000 })
}

/** Starts a run from the form and waits for its end. */
export async function train(
  page: Page,
  regime: 'Metric' | 'Contrastive',
  epochs: number,
): Promise<void> {
  await openScreen(page, 'Train')
  const form = page.getByRole('form', { name: 'New run' })
  await form.getByText(regime, { exact: true }).click()
  await form.getByLabel('Epochs', { exact: true }).fill(String(epochs))
  await form.getByLabel('Epochs', { exact: true }).press('Tab')
  await form.getByRole('button', { name: 'Start' }).click()
  // The run before it is done too.
  const phase = page.getByTestId('run-phase')
  await expect(phase).not.toHaveAttribute('data-phase', 'done')
  await expect(phase).toHaveAttribute('data-phase', 'done', { timeout: 180_000 })
}

/** Into the results; into the README's pictures too when run with `--update-snapshots`. */
export async function picture(
  page: Page,
  info: TestInfo,
  name: string,
  { readme = false } = {},
): Promise<void> {
  await page.waitForTimeout(400)
  const path =
    readme && ['all', 'changed'].includes(info.config.updateSnapshots)
      ? join('resources/screenshots', `${name}.png`)
      : join(info.project.outputDir, `${name}.png`)
  await page.screenshot({ path })
}

/** The sphere, or one of several, when nothing on it moves any more. */
export async function stillPictureOf(
  page: Page,
  sphere = page.getByTestId('sphere'),
): Promise<Buffer> {
  await expect
    .poll(async () => difference(await sphere.screenshot(), await sphere.screenshot()), {
      intervals: [300],
    })
    .toBe(0)
  return sphere.screenshot()
}

/**
 * Moves the mouse outwards from the middle of the sphere until it is over a point.
 *
 * @returns the point's image
 */
export async function hoverSomePoint(
  page: Page,
  sphere = page.getByTestId('sphere'),
): Promise<string> {
  const box = await sphere.boundingBox()
  if (!box) throw new Error('the sphere is not on the page')
  for (let step = 0; step < 400; step++) {
    const radius = (Math.min(box.width, box.height) * 0.38 * step) / 400
    const angle = step * 2.4
    await page.mouse.move(
      box.x + box.width / 2 + radius * Math.cos(angle),
      box.y + box.height / 2 + radius * Math.sin(angle),
    )
    const id = await sphere.getAttribute('data-hover-id')
    if (id !== null && id !== '') return id
  }
  throw new Error('no point under the mouse anywhere on the sphere')
}

/** Share of the pixels that differ between two screenshots of one size. */
export async function difference(a: Buffer, b: Buffer): Promise<number> {
  const pixelsOf = async (image: Buffer) => sharp(image).removeAlpha().raw().toBuffer()
  const [first, second] = await Promise.all([pixelsOf(a), pixelsOf(b)])
  let different = 0
  for (let i = 0; i < first.length; i += 3)
    if (Math.abs(first[i]! - second[i]!) > 24) different += 1
  return different / (first.length / 3)
}
