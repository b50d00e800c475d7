/** What the choice and the check of a configuration need to know of the images. */
export interface ImageFacts {
  readonly images: number
  readonly labels: number
  /** Labels with two or more images: only those have positives and can be asked for. */
  readonly pairedLabels: number
  /** Images of the labels with two or more. */
  readonly pairedImages: number
}

/** @param labels one an image, −1 for none */
export function factsOf(labels: ArrayLike<number>): ImageFacts {
  const sizes = new Map<number, number>()
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? -1
    if (label >= 0) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  }
  const paired = [...sizes.values()].filter((size) => size > 1)
  return {
    images: labels.length,
    labels: sizes.size,
    pairedLabels: paired.length,
    pairedImages: paired.reduce((sum, size) => sum + size, 0),
  }
}

/** Facts of some of the images. */
export function factsOfSome(labels: Int32Array, images: Int32Array): ImageFacts {
  return factsOf(Array.from(images, (image) => labels[image] ?? -1))
}
