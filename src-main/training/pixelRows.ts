/** Side of the picture that stands for an image's raw pixels. */
const side = 16

/** Dimensions of a row. */
export const pixelRowDim = side * side * 3

/**
 * What retrieval can do without any network: each image shrunk to 16 × 16 by averaging, centred on the
 * mean of all images, at unit length.
 *
 * @param options.size side of the pixels, at least 16 px; their bytes are RGB, row by row
 * @returns `[images, 768]`
 */
export function pixelRows(options: {
  readonly images: number
  readonly size: number
  readonly pixelsOf: (image: number) => Uint8Array
}): Float32Array {
  const { images, size, pixelsOf } = options
  const rows = new Float32Array(images * pixelRowDim)
  for (let i = 0; i < images; i++)
    shrink(pixelsOf(i), size, rows.subarray(i * pixelRowDim, (i + 1) * pixelRowDim))
  centre(rows, images)
  for (let i = 0; i < images; i++) normalise(rows.subarray(i * pixelRowDim, (i + 1) * pixelRowDim))
  return rows
}

function shrink(pixels: Uint8Array, size: number, row: Float32Array): void {
  const counts = new Float32Array(side * side)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const cell = Math.floor((y * side) / size) * side + Math.floor((x * side) / size)
      counts[cell] = (counts[cell] ?? 0) + 1
      for (let c = 0; c < 3; c++)
        row[cell * 3 + c] = (row[cell * 3 + c] ?? 0) + (pixels[(y * size + x) * 3 + c] ?? 0)
    }
  for (let i = 0; i < row.length; i++)
    row[i] = (row[i] ?? 0) / Math.max(counts[Math.floor(i / 3)] ?? 1, 1)
}

function centre(rows: Float32Array, images: number): void {
  const mean = new Float64Array(pixelRowDim)
  for (let i = 0; i < rows.length; i++)
    mean[i % pixelRowDim] = (mean[i % pixelRowDim] ?? 0) + (rows[i] ?? 0) / images
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] ?? 0) - (mean[i % pixelRowDim] ?? 0)
}

function normalise(row: Float32Array): void {
  let squares = 0
  for (const value of row) squares += value * value
  const norm = Math.max(Math.sqrt(squares), 1e-12)
  for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) / norm
}
