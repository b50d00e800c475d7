import { mkdtempSync, rmSync } from 'node:fs'
import { cp, mkdir, readdir, stat, symlink } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { computeStarter } from '../../src-main/hosts/compute/spawn.ts'
import { Workbench } from '../../src-main/workbench/Workbench.ts'
import { measureGrid } from './library/grid.ts'
import type { GridTimes } from './library/grid.ts'
import { measurePhotos } from './library/photos.ts'
import type { PhotoTimes } from './library/photos.ts'

/** Debian's `fonts-cns11643-pixmaps`: 110,997 glyphs of 24 × 24 px. */
const glyphs = '/usr/share/pixmaps/cns11643'
const wanted = 100_000

interface LibraryTimes {
  readonly images: number
  /** From asking until the first images can be shown. */
  readonly firstImagesSeconds: number
  readonly scanSeconds: number
  readonly scanImagesPerSecond: number
  /** From asking for a known project until all its images can be shown. */
  readonly reopenSeconds: number
  readonly label10000Ms: number
  readonly undo10000Ms: number
  readonly qualitySeconds: number
  /** Resident memory of the host, bytes. */
  readonly hostBytes: number
}

/** What a library of 100,000 images costs; needs the glyphs of a Debian package, and says so. */
export async function run({ json }: { readonly json: boolean }): Promise<void> {
  if (!(await stat(glyphs).catch(() => null))) {
    const reason = `${glyphs} is missing: install Debian's fonts-cns11643-pixmaps`
    process.stdout.write(json ? `${JSON.stringify({ skipped: reason })}\n` : `Skipped: ${reason}\n`)
    return
  }
  const home = mkdtempSync(join(tmpdir(), 'antipode-library-'))
  try {
    const source = await linkGlyphs(join(home, 'glyphs'))
    const times = await measureWorkbench(home, source)
    const photos = await measurePhotos(home)
    const grid = await measureGrid(home, source, times.images)
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`
    if (json) process.stdout.write(`${JSON.stringify({ machine, ...times, ...grid, photos })}\n`)
    else print(machine, times, grid, photos)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Links to single files, so that exactly as many images as wanted are seen. */
async function linkGlyphs(folder: string): Promise<string> {
  let left = wanted
  for (const plane of (await readdir(glyphs)).sort()) {
    const from = join(glyphs, plane)
    if (!(await stat(from)).isDirectory() || left <= 0) continue
    const names = (await readdir(from)).filter((name) => name.endsWith('.png')).sort()
    if (names.length <= left) {
      await mkdir(folder, { recursive: true })
      await symlink(from, join(folder, plane))
    } else {
      await mkdir(join(folder, plane), { recursive: true })
      for (const name of names.slice(0, left)) await cp(join(from, name), join(folder, plane, name))
    }
    left -= Math.min(left, names.length)
  }
  return folder
}

async function measureWorkbench(home: string, source: string): Promise<LibraryTimes> {
  const open = () =>
    new Workbench({
      host: 'web',
      version: 'bench',
      home,
      sampleFolder: source,
      startCompute: computeStarter(() => undefined),
      now: () => new Date(),
    })
  const first = open()
  const startedAt = performance.now()
  let firstImages = Infinity
  const ended = new Promise<void>((resolve, reject) => {
    first.listen((name, event) => {
      if (name !== 'scan') return
      if (event.kind === 'failed') reject(new Error(event.message))
      else if (event.kind === 'ended') resolve()
      else if (event.progress.done > 0) firstImages = Math.min(firstImages, performance.now())
    })
  })
  await first.openFolder({ folder: source })
  await ended
  const scannedAt = performance.now()
  const { ids } = await first.images()
  const chosen = ids.slice(0, 10_000)
  const label10000Ms = await timed(() =>
    first.changeLibrary({ kind: 'createLabel', name: 'chosen', parent: null, images: chosen }),
  )
  const undo10000Ms = await timed(() => first.undo())
  const qualityMs = await timed(() => first.checkQuality())
  await first.dispose()

  const second = open()
  const reopenMs = await timed(async () => {
    await second.openFolder({ folder: source })
    await second.images()
  })
  const hostBytes = process.memoryUsage().rss
  await second.dispose()
  const scanSeconds = (scannedAt - startedAt) / 1000
  return {
    images: ids.length,
    firstImagesSeconds: (firstImages - startedAt) / 1000,
    scanSeconds,
    scanImagesPerSecond: ids.length / scanSeconds,
    reopenSeconds: reopenMs / 1000,
    label10000Ms,
    undo10000Ms,
    qualitySeconds: qualityMs / 1000,
    hostBytes,
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function print(
  machine: string,
  times: LibraryTimes,
  grid: GridTimes,
  photos: readonly PhotoTimes[],
): void {
  const s = (value: number): string => `${value.toFixed(2)} s`
  const ms = (value: number): string => `${value.toFixed(0)} ms`
  const mb = (value: number): string => `${(value / 1e6).toFixed(0)} MB`
  const lines = [
    `${times.images.toLocaleString('en')} images of 24 × 24 px; ${machine}`,
    `first images                 ${s(times.firstImagesSeconds)}`,
    `scan                         ${s(times.scanSeconds)}, ${times.scanImagesPerSecond.toFixed(0)} images/s`,
    ...photos.map(
      ({ width, height, kilobytes, thumbnailsPerSecond, cpuMs }) =>
        `photos of ${`${width} × ${height} px`.padEnd(17)} ${thumbnailsPerSecond.toFixed(0)} thumbnails/s ` +
        `(${kilobytes.toFixed(0)} kB, ${cpuMs.toFixed(1)} ms of a core each)`,
    ),
    `reopening                    ${s(times.reopenSeconds)}`,
    `label for 10,000             ${ms(times.label10000Ms)}, undone in ${ms(times.undo10000Ms)}`,
    `quality of all               ${s(times.qualitySeconds)}`,
    `window: usable grid          ${s(grid.gridSeconds)}`,
    `window: jump anywhere        ${ms(grid.jumpMs)} to all pictures there (median of 40), at worst ${ms(grid.worstJumpMs)}; tiles ${ms(grid.jumpTilesMs)}`,
    `window: label for 10,000     ${ms(grid.windowLabelMs)} (median of 5), at worst ${ms(grid.worstWindowLabelMs)}`,
    `window: that undone          ${ms(grid.windowUndoMs)}, at worst ${ms(grid.worstWindowUndoMs)}`,
    `memory                       host ${mb(times.hostBytes)}; window's process ${mb(grid.windowBytes)}, of which ` +
      `${mb(grid.windowOwnBytes)} its own and ${mb(grid.windowHeapBytes)} its scripts'`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
