import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { Quaternion } from 'three'
import { createServer } from 'vite'
import { eyeOf, poseOf } from '../../src-renderer/sphere/eye.ts'
import { rowsOf } from '../../src-renderer/sphere/frameRows.ts'
import { pickRow } from '../../src-renderer/sphere/picking.ts'
import { gridOf } from '../../src-renderer/sphere/pointGrid.ts'
import { slerpRows } from '../../src-renderer/sphere/transition.ts'
import { numbers, spread } from '../renderer/sphere/made.ts'
import type { Ratio, SphereTimes } from './spherePage/page.ts'

/**
 * Points evenly spread, 800 × 800 px: what a hover, a new frame and a picture cost. Pictures are timed
 * in turn with three's bare points, as wide as the sphere's are with their hairline, on one canvas.
 */
export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const hover = [10_000, 100_000, 1_000_000].map(hoverTimes)
  const { drawing, emptyMs, frame } = await pageTimes()
  if (json) {
    process.stdout.write(`${JSON.stringify({ hover, drawing, emptyMs, frame })}\n`)
    return
  }
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 3 : 1)} ms`
  const times = ({ median: middle, from, to }: Ratio): string =>
    `${middle.toFixed(2)}× (${from.toFixed(2)}–${to.toFixed(2)})`
  const lines = [
    ...hover.map(
      ({ points, pickMs, worstPickMs, gridMs, restartMs }) =>
        `${points} points: pick ${ms(pickMs)} (99th percentile ${ms(worstPickMs)}), grid ${ms(gridMs)}, interrupted frame ${ms(restartMs)}`,
    ),
    ...drawing.map(
      ({ points, rounds, sphereMs, travellingMs, bareMs, ratio, travellingRatio, noise }) =>
        `${points} points, ${rounds} rounds: drawn in ${ms(sphereMs)}, ${ms(travellingMs)} on the way, bare points ${ms(bareMs)}: ${times(ratio)}, ${times(travellingRatio)} on the way; bare points against themselves ${times(noise)}`,
    ),
    `ball and graticule alone: ${ms(emptyMs)}`,
    `a frame of ${frame.points} points that arrives: on the device after ${ms(frame.readyMs)}, finished after ${ms(frame.finishedMs)}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

interface HoverTimes {
  readonly points: number
  readonly pickMs: number
  readonly worstPickMs: number
  readonly gridMs: number
  readonly restartMs: number
}

function hoverTimes(n: number): HoverTimes {
  const next = numbers(n)
  const ids = Int32Array.from({ length: n }, (_, i) => i)
  const { positions } = rowsOf(ids, spread(n, next))
  const other = spread(n, next)
  const alphas = new Uint8Array(n).fill(255)
  const gridMs = median(9, () => void gridOf(positions))
  const restartMs = median(9, () => void slerpRows(positions, other, 0.4))
  const grid = gridOf(positions)
  const pose = poseOf(eyeOf(800, 800, 4.45), new Quaternion())
  const times = Array.from({ length: 4000 }, () => {
    const place = [60 + 680 * next(), 60 + 680 * next()] as const
    const begin = performance.now()
    pickRow(grid, pose, place, { radiusPx: 14, isSeeThrough: true, alphas })
    return performance.now() - begin
  }).sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(share * times.length)] ?? NaN
  return { points: n, pickMs: at(0.5), worstPickMs: at(0.99), gridMs, restartMs }
}

function median(times: number, work: () => void): number {
  const taken = Array.from({ length: times }, () => {
    const begin = performance.now()
    work()
    return performance.now() - begin
  })
  return taken.sort((a, b) => a - b)[times >> 1] ?? NaN
}

async function pageTimes(): Promise<SphereTimes> {
  const server = await createServer({
    root: fileURLToPath(new URL('spherePage', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    server: { fs: { strict: false }, hmr: false },
  })
  await server.listen()
  const installed = '/usr/bin/chromium'
  const browser = await chromium.launch({
    ...(existsSync(installed) ? { executablePath: installed } : {}),
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(server.resolvedUrls?.local[0] ?? '', { waitUntil: 'commit' })
    const times = await page.waitForFunction(() => window.sphereTimes, null, { timeout: 300_000 })
    const found = await times.jsonValue()
    if (found === undefined) throw new TypeError('the page has measured nothing')
    return found
  } finally {
    await browser.close()
    await server.close()
  }
}
