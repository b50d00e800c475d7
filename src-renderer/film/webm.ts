/** One encoded picture. */
export interface FilmPicture {
  readonly data: Uint8Array
  readonly timeMs: number
  /** Can be shown without those before it. The first one has to be. */
  readonly isKey: boolean
}

export interface FilmFacts {
  readonly codec: 'V_VP9' | 'V_VP8'
  readonly width: number
  readonly height: number
  readonly durationMs: number
}

/** Times of a cluster's pictures are 16-bit numbers from its own. */
const mostInCluster = 30_000

/**
 * A WebM file of encoded pictures that knows its duration and can be jumped about in (Matroska,
 * RFC 9559; EBML, RFC 8794).
 */
export function webmOf(pictures: readonly FilmPicture[], facts: FilmFacts): Blob {
  const clusters = clustersOf(pictures)
  const head = join([infoOf(facts), tracksOf(facts)])
  // Each place takes eight bytes whatever it is, so places can be told before they are known.
  const indexLength = indexOf(clusters, 0).length
  const index = indexOf(clusters, head.length + indexLength)
  const segment = element(0x18538067, [head, index, ...clusters.map(({ bytes }) => bytes)])
  return new Blob([headerOf(), segment], { type: 'video/webm' })
}

interface Cluster {
  readonly timeMs: number
  readonly bytes: Uint8Array
}

function clustersOf(pictures: readonly FilmPicture[]): readonly Cluster[] {
  const groups: FilmPicture[][] = []
  for (const picture of pictures) {
    const open = groups.at(-1)
    const isFull = picture.timeMs - (open?.[0]?.timeMs ?? 0) > mostInCluster
    if (open === undefined || picture.isKey || isFull) groups.push([picture])
    else open.push(picture)
  }
  return groups.map((group) => {
    const timeMs = Math.round(group[0]?.timeMs ?? 0)
    const blocks = group.map((picture) => {
      const after = Math.round(picture.timeMs) - timeMs
      const flags = picture.isKey ? 0x80 : 0
      const intro = Uint8Array.of(0x81, (after >> 8) & 255, after & 255, flags)
      return element(0xa3, [intro, picture.data])
    })
    return { timeMs, bytes: element(0x1f43b675, [whole(0xe7, timeMs), ...blocks]) }
  })
}

function headerOf(): Uint8Array<ArrayBuffer> {
  return element(0x1a45dfa3, [
    whole(0x4286, 1),
    whole(0x42f7, 1),
    whole(0x42f2, 4),
    whole(0x42f3, 8),
    text(0x4282, 'webm'),
    whole(0x4287, 4),
    whole(0x4285, 2),
  ])
}

function infoOf({ durationMs }: FilmFacts): Uint8Array {
  const duration = new Uint8Array(8)
  new DataView(duration.buffer).setFloat64(0, durationMs)
  return element(0x1549a966, [
    whole(0x2ad7b1, 1_000_000),
    element(0x4489, [duration]),
    text(0x4d80, 'Antipode'),
    text(0x5741, 'Antipode'),
  ])
}

function tracksOf({ codec, width, height }: FilmFacts): Uint8Array {
  const video = element(0xe0, [whole(0xb0, width), whole(0xba, height)])
  const track = [whole(0xd7, 1), whole(0x73c5, 1), whole(0x83, 1), text(0x86, codec), video]
  return element(0x1654ae6b, [element(0xae, track)])
}

/** Where each cluster is, counted from the segment's first byte. */
function indexOf(clusters: readonly Cluster[], start: number): Uint8Array {
  let at = start
  const points = clusters.map(({ timeMs, bytes }) => {
    const place = element(0xb7, [whole(0xf7, 1), whole(0xf1, at)])
    at += bytes.length
    return element(0xbb, [whole(0xb3, timeMs), place])
  })
  return element(0x1c53bb6b, points)
}

/** A whole number in eight bytes. */
function whole(id: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return element(id, [bytes])
}

function text(id: number, value: string): Uint8Array {
  return element(id, [new TextEncoder().encode(value)])
}

/** An identifier, the length in eight bytes, and what is inside. */
function element(id: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const size = new Uint8Array(8)
  new DataView(size.buffer).setBigUint64(0, (1n << 56n) | BigInt(length))
  const name = [24, 16, 8, 0].map((shift) => (id >>> shift) & 255)
  const first = name.findIndex((byte) => byte > 0)
  return join([Uint8Array.from(name.slice(first)), size, ...parts])
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
