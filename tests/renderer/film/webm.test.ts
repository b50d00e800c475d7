import { describe, expect, it } from 'vitest'
import type { FilmPicture } from '../../../src-renderer/film/webm.ts'
import { webmOf } from '../../../src-renderer/film/webm.ts'

interface Element {
  readonly id: number
  /** Of its first byte, and of the first one inside. */
  readonly start: number
  readonly data: Uint8Array
}

/** Elements one after the other (RFC 8794); the whole of the bytes has to be used. */
function elementsIn(bytes: Uint8Array): readonly Element[] {
  const found: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const start = at
    const width = Math.clz32(bytes[at]!) - 23
    let id = 0
    for (let i = 0; i < width; i++) id = id * 256 + bytes[at++]!
    const lengthWidth = Math.clz32(bytes[at]!) - 23
    let length = bytes[at++]! & (255 >> lengthWidth)
    for (let i = 1; i < lengthWidth; i++) length = length * 256 + bytes[at++]!
    found.push({ id, start, data: bytes.subarray(at, at + length) })
    at += length
  }
  expect(at).toBe(bytes.length)
  return found
}

const numberIn = ({ data }: Element) => data.reduce((sum, byte) => sum * 256 + byte, 0)
const inside = (element: Element, id: number) =>
  elementsIn(element.data).filter((child) => child.id === id)

const pictures: readonly FilmPicture[] = Array.from({ length: 7 }, (_, i) => ({
  data: Uint8Array.of(i, i + 1),
  timeMs: (1000 * i) / 30,
  isKey: i % 3 === 0,
}))
const facts = { codec: 'V_VP9', width: 640, height: 360, durationMs: 233.3 } as const

describe('webmOf', () => {
  it('says what is in it, and how long it is', async () => {
    const file = webmOf(pictures, facts)
    expect(file.type).toBe('video/webm')
    const [head, segment] = elementsIn(new Uint8Array(await file.arrayBuffer()))
    expect(new TextDecoder().decode(inside(head!, 0x4282)[0]!.data)).toBe('webm')
    const [info] = inside(segment!, 0x1549a966)
    const duration = inside(info!, 0x4489)[0]!.data.slice()
    expect(new DataView(duration.buffer).getFloat64(0)).toBe(233.3)
    const [track] = inside(inside(segment!, 0x1654ae6b)[0]!, 0xae)
    expect(new TextDecoder().decode(inside(track!, 0x86)[0]!.data)).toBe('V_VP9')
    const [video] = inside(track!, 0xe0)
    expect(numberIn(inside(video!, 0xb0)[0]!)).toBe(640)
    expect(numberIn(inside(video!, 0xba)[0]!)).toBe(360)
  })

  it('keeps every picture with its time, in clusters that an index finds', async () => {
    const bytes = new Uint8Array(await webmOf(pictures, facts).arrayBuffer())
    const segment = elementsIn(bytes)[1]!
    const clusters = inside(segment, 0x1f43b675)
    expect(clusters).toHaveLength(3)
    const seen = clusters.flatMap((cluster) => {
      const time = numberIn(inside(cluster, 0xe7)[0]!)
      return inside(cluster, 0xa3).map(({ data }) => ({
        time: time + data[1]! * 256 + data[2]!,
        isKey: data[3] === 0x80,
        data: [...data.subarray(4)],
      }))
    })
    expect(seen).toEqual(
      pictures.map(({ data, timeMs, isKey }) => ({
        time: Math.round(timeMs),
        isKey,
        data: [...data],
      })),
    )
    const [index] = inside(segment, 0x1c53bb6b)
    const places = inside(index!, 0xbb).map((point) =>
      numberIn(inside(inside(point, 0xb7)[0]!, 0xf1)[0]!),
    )
    expect(places).toEqual(clusters.map(({ start }) => start))
  })
})
