// Apart from the decoder, so that a host can ask without loading one.

const readableExtensions = new Set(
  'jpg jpeg jpe jfif png apng webp gif avif tif tiff svg'.split(' '),
)

/**
 * Images to a person, but not to sharp as it is shipped. They are refused by name: raw photographs are
 * TIFF inside, and would be decoded as the small preview that they carry.
 */
const refusedExtensions = new Set(
  'heic heif bmp ico jxl jp2 j2k psd tga exr hdr dng cr2 cr3 nef arw orf rw2 raf'.split(' '),
)

/** Whether a file is taken for an image, by its extension; not all of them can be read. */
export function hasImageName(name: string): boolean {
  const extension = extensionOf(name)
  return readableExtensions.has(extension) || refusedExtensions.has(extension)
}

/** Why an image with this name is not even opened; null if it is. */
export function refusalOf(name: string): string | null {
  const extension = extensionOf(name)
  if (!refusedExtensions.has(extension)) return null
  return `Antipode cannot read ${extension.toUpperCase()} files. Save it as JPEG, PNG or WebP.`
}

/** In lower case; empty for a name that has none. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : ''
}
