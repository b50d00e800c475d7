/** The little of EXIF that people look for. */
export interface ExifFacts {
  /** When the picture was taken, in the camera's own time: `2024-05-01T18:03:11`; null if unsaid. */
  readonly takenAt: string | null
  /** Maker and model, such as `Canon EOS R5`. */
  readonly camera: string | null
}

const none: ExifFacts = { takenAt: null, camera: null }
const tags = {
  maker: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  changed: 0x0132,
  exif: 0x8769,
  taken: 0x9003,
} as const
const asciiType = 2
/** More entries than any camera writes: a damaged block is not followed for ever. */
const mostEntries = 1000

/**
 * Reads a block of EXIF (CIPA DC-008, section 4.6: a TIFF header and its directories). What is damaged
 * is left out.
 *
 * @param block with or without the leading `Exif\0\0`
 */
export function readExif(block: Uint8Array): ExifFacts {
  const reader = readerOf(block)
  if (reader === null) return none
  const main = reader.directoryAt(reader.uint32At(4))
  const inner = reader.directoryAt(main.get(tags.exif)?.value ?? 0)
  return {
    takenAt: dateOf(reader.textOf(inner.get(tags.taken)) ?? reader.textOf(main.get(tags.changed))),
    camera: cameraOf(reader.textOf(main.get(tags.maker)), reader.textOf(main.get(tags.model))),
  }
}

/**
 * How a picture is turned: 1 for upright, 2 to 8 for the other ways, as in the standard; 1 where it is
 * unsaid.
 *
 * @param block as for {@link readExif}
 */
export function orientationOf(block: Uint8Array): number {
  const reader = readerOf(block)
  const entry = reader?.directoryAt(reader.uint32At(4)).get(tags.orientation)
  return reader && entry ? reader.uint16At(entry.at) : 1
}

function readerOf(block: Uint8Array): TiffReader | null {
  const tiff = textAt(block, 0, 4) === 'Exif' ? block.subarray(6) : block
  const order = textAt(tiff, 0, 2)
  return order === 'II' || order === 'MM' ? new TiffReader(tiff, order === 'II') : null
}

interface TiffEntry {
  readonly type: number
  readonly count: number
  /** Where its four bytes of value lie. */
  readonly at: number
  /** Those bytes as a number: the value itself, or where it lies. */
  readonly value: number
}

class TiffReader {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly isLittle: boolean

  constructor(bytes: Uint8Array, isLittle: boolean) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.isLittle = isLittle
  }

  /** Zero outside of the block, which leads nowhere. */
  uint32At(at: number): number {
    return at + 4 <= this.view.byteLength ? this.view.getUint32(at, this.isLittle) : 0
  }

  /** Zero outside of the block. */
  uint16At(at: number): number {
    return at + 2 <= this.view.byteLength ? this.view.getUint16(at, this.isLittle) : 0
  }

  directoryAt(at: number): ReadonlyMap<number, TiffEntry> {
    const entries = new Map<number, TiffEntry>()
    if (at === 0 || at + 2 > this.view.byteLength) return entries
    const count = Math.min(mostEntries, this.view.getUint16(at, this.isLittle))
    for (let i = 0; i < count; i++) {
      const start = at + 2 + 12 * i
      if (start + 12 > this.view.byteLength) break
      entries.set(this.view.getUint16(start, this.isLittle), {
        type: this.view.getUint16(start + 2, this.isLittle),
        count: this.uint32At(start + 4),
        at: start + 8,
        value: this.uint32At(start + 8),
      })
    }
    return entries
  }

  /** Null for what is no text or nothing but spaces. */
  textOf(entry: TiffEntry | undefined): string | null {
    if (entry?.type !== asciiType) return null
    const { count, at, value } = entry
    const text = textAt(this.bytes, count <= 4 ? at : value, count)
    return text.replace(/\0.*$/s, '').trim() || null
  }
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length)).toString('latin1')
}

/** `2024:05:01 18:03:11`, as EXIF writes it; cameras whose clock was never set write zeros. */
function dateOf(text: string | null): string | null {
  const parts = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text ?? '')
  if (!parts || parts[1] === '0000') return null
  const [, year, month, day, hour, minute, second] = parts
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`
}

/** Most models start with their maker's name. */
function cameraOf(maker: string | null, model: string | null): string | null {
  if (maker === null || model === null) return model ?? maker
  const [first = ''] = maker.split(/\s/)
  return model.toLowerCase().startsWith(first.toLowerCase()) ? model : `${maker} ${model}`
}
