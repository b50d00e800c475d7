/** Its signature, and the head of the first chunk, which holds the size. */
const start = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]

/** Size that the header of a PNG claims, px; null for anything else. */
export function pngSizeOf(
  image: Uint8Array,
): { readonly width: number; readonly height: number } | null {
  if (image.length < start.length + 8 || start.some((byte, i) => image[i] !== byte)) return null
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength)
  return { width: view.getUint32(start.length), height: view.getUint32(start.length + 4) }
}
