import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { SphereFrame } from '../../../src-main/contract/sphere.ts'
import { nowhere, octahedral, replayData } from '../../../src-renderer/film/replayData.ts'
import { replayPage } from '../../../src-renderer/film/replayPage.ts'

const viewer = readFileSync('src-renderer/film/replayViewer.mjs', 'utf8')

/** As the viewer reads them. */
function unfolded([u, v]: readonly [number, number]): readonly number[] {
  let [x, y] = [(2 * u) / (nowhere - 1) - 1, (2 * v) / (nowhere - 1) - 1]
  const z = 1 - Math.abs(x) - Math.abs(y)
  if (z < 0) [x, y] = [(1 - Math.abs(y)) * (x < 0 ? -1 : 1), (1 - Math.abs(x)) * (y < 0 ? -1 : 1)]
  const length = Math.hypot(x, y, z)
  return [x / length, y / length, z / length]
}

function made(count: number, epochs: number): readonly SphereFrame[] {
  return Array.from({ length: epochs }, (_, epoch) => ({
    run: 'r',
    epoch,
    view: 'linear',
    frameEpoch: 0,
    ids: Int32Array.from({ length: count }, (_, i) => i),
    positions: Float32Array.from({ length: 3 * count }, (_, i) => {
      const [j, d] = [Math.floor(i / 3), i % 3]
      const z = 1 - (2 * (j + 0.5)) / count
      const angle = 2.4 * j + 0.1 * epoch
      const radius = Math.sqrt(1 - z * z)
      return [radius * Math.cos(angle), radius * Math.sin(angle), z][d]!
    }),
    faithfulness: {
      isExact: false,
      lengthShare: 1,
      trustworthiness: 1,
      continuity: 1,
      neighboursKept: 1,
      k: 1,
    },
    ownMotionDegrees: null,
  }))
}

const sourceOf = (frames: readonly SphereFrame[]) => ({
  title: 'A run & more',
  turn: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  note: '',
  frames,
  paint: {
    colours: new Float32Array(3 * frames[0]!.ids.length).fill(0.5),
    alphas: null,
    keyOf: (id: number) => (id % 3 === 0 ? -1 : 10 * (id % 3)),
    nameOf: (key: number) => `label ${key}`,
    colourOf: () => '#ffffff',
  },
  nameOf: (id: number) => (id === 1 ? '</script><b>' : `image ${id}.png`),
})

describe('octahedral', () => {
  it('keeps directions to a hundredth of a degree, and marks what has none', () => {
    const [frame] = made(5000, 1)
    const positions = Float32Array.from([
      ...frame!.positions,
      ...[0, 0, 1, 0, 0, -1, 1, 0, 0, 0, -1, 0],
    ])
    const places = octahedral(positions)
    for (let i = 0; 3 * i < positions.length; i++) {
      const back = unfolded([places[2 * i]!, places[2 * i + 1]!])
      const off = Math.hypot(...back.map((value, d) => value - positions[3 * i + d]!))
      expect(off).toBeLessThan((0.01 * Math.PI) / 180)
      expect(places[2 * i]).toBeLessThan(nowhere)
    }
    expect([...octahedral(Float32Array.of(NaN, 0, 1, 0, 0, 0))]).toEqual(Array(4).fill(nowhere))
  })
})

describe('replayPage', () => {
  it('holds everything, asks for nothing, and lets no name break out', async () => {
    const data = replayData(sourceOf(made(7, 3)))
    expect(data.words.epochs).toEqual([0, 1, 2])
    expect(data.words.groups.map(({ name }) => name)).toEqual(['label 10', 'label 20'])
    expect(data.words.groupOf).toEqual([-1, 0, 1, -1, 0, 1, -1])
    const page = await replayPage(data, viewer).text()
    expect(page).toContain('<title>A run &amp; more</title>')
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/https?:|<link|<img|src=/)
    expect(page).not.toContain('<b>')
    const words = /id="words">(.*?)<\/script>/s.exec(page)![1]!
    expect(JSON.parse(words)).toEqual(data.words)
    const places = /id="places">(.*?)<\/script>/s.exec(page)![1]!
    const bytes = Uint8Array.from(atob(places), (c) => c.charCodeAt(0))
    expect(new Uint16Array(bytes.buffer)).toEqual(data.places)
  })

  it('takes less than 10 MB for 10,000 images and 30 epochs', () => {
    const page = replayPage(replayData(sourceOf(made(10_000, 30))), viewer)
    expect(page.size).toBeLessThan(10e6)
    expect(page.size).toBeGreaterThan(1.6e6)
  })
})
