/**
 * The pictures of a pack, as addresses that need no further request.
 *
 * @param pack for each picture its length as a little-endian uint32, and its bytes
 * @returns `data:` addresses; empty for a picture that is missing or cut off
 */
export function readThumbPack(pack: ArrayBuffer, count: number): readonly string[] {
  const view = new DataView(pack)
  let at = 0
  return Array.from({ length: count }, () => {
    const length = at + 4 <= pack.byteLength ? view.getUint32(at, true) : 0
    const start = at + 4
    at = start + length
    return length === 0 || at > pack.byteLength
      ? ''
      : addressOf(new Uint8Array(pack, start, length))
  })
}

function addressOf(picture: Uint8Array): string {
  let binary = ''
  // In pieces, since each byte becomes an argument.
  for (let from = 0; from < picture.length; from += 8192)
    binary += String.fromCharCode(...picture.subarray(from, from + 8192))
  return `data:image/${kindOf(picture)};base64,${btoa(binary)}`
}

function kindOf([first]: Uint8Array): string {
  if (first === 0x89) return 'png'
  return first === 0xff ? 'jpeg' : 'webp'
}
