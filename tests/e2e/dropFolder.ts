import type { Locator, Page } from 'playwright/test'

/** Drops a folder from outside of the browser onto an element, as a file manager would. */
export async function dropFolder(page: Page, folder: string, onto: Locator): Promise<void> {
  const box = await onto.boundingBox()
  if (!box) throw new Error('there is nothing to drop onto')
  const cdp = await page.context().newCDPSession(page)
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = { items: [], files: [folder], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, ...place, data })
  await cdp.detach()
}
