/** Two pictures as one, left and right, as a PNG. */
export async function sideBySide(left: Blob, right: Blob): Promise<Blob> {
  const pictures = await Promise.all([left, right].map((blob) => createImageBitmap(blob)))
  const canvas = document.createElement('canvas')
  canvas.width = pictures.reduce((sum, { width }) => sum + width, 0)
  canvas.height = Math.max(...pictures.map(({ height }) => height))
  const pen = canvas.getContext('2d')
  let x = 0
  for (const picture of pictures) {
    pen?.drawImage(picture, x, 0)
    x += picture.width
    picture.close()
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The picture could not be made.'))
      else resolve(blob)
    }, 'image/png')
  })
}
