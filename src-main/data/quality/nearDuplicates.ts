import type { Looks } from '../../contract/quality.ts'
import { hashDistance } from './perceptualHash.ts'

/** Hashes so near belong to one picture: scaled, recompressed, slightly retouched. */
export const nearBits = 6

/**
 * Mean luma of one picture differs less, whatever was done to its size or file. A plain shape has few
 * frequencies, and would be taken for any other of its form: an orange disc for a black one.
 */
const nearBrightness = 0.04

/** Bits of a band; four bands make a hash. */
const bandBits = 16

/**
 * Groups of images that are as bright as each other and whose perceptual hashes lie within
 * {@link nearBits}, directly or in a chain. Exact: of two such hashes at least one of four bands differs in one bit at most, so looking up
 * each band and its 16 neighbours finds every pair.
 *
 * @param isWanted images without a picture to speak of look like each other and are left out
 * @returns indices of images, groups of two and more, in the order of their first image
 */
export function nearDuplicates(
  { perceptual, brightness }: Pick<Looks, 'perceptual' | 'brightness'>,
  isWanted: (image: number) => boolean,
): readonly Int32Array[] {
  const count = perceptual.length / 2
  const images = Array.from({ length: count }, (_, image) => image).filter(isWanted)
  const parents = Int32Array.from({ length: count }, (_, image) => image)
  const rootOf = (image: number): number => {
    let at = image
    while ((parents[at] ?? at) !== at) {
      parents[at] = parents[parents[at] ?? at] ?? at
      at = parents[at] ?? at
    }
    return at
  }
  const halves = (image: number) =>
    [perceptual[2 * image] ?? 0, perceptual[2 * image + 1] ?? 0] as const
  for (let band = 0; band < 4; band++) {
    const buckets = new Map<number, number[]>()
    for (const image of images) {
      const key = bandOf(halves(image), band)
      const [a0, a1] = halves(image)
      for (let bit = -1; bit < bandBits; bit++)
        for (const other of buckets.get(bit < 0 ? key : key ^ (1 << bit)) ?? []) {
          const [b0, b1] = halves(other)
          if (rootOf(other) === rootOf(image)) continue
          const contrast = Math.abs((brightness[image] ?? 0) - (brightness[other] ?? 0))
          if (contrast <= nearBrightness && hashDistance(a0, a1, b0, b1) <= nearBits)
            parents[Math.max(rootOf(other), rootOf(image))] = Math.min(rootOf(other), rootOf(image))
        }
      const bucket = buckets.get(key)
      if (bucket) bucket.push(image)
      else buckets.set(key, [image])
    }
  }
  const groups = new Map<number, number[]>()
  for (const image of images) {
    const root = rootOf(image)
    const group = groups.get(root)
    if (group) group.push(image)
    else groups.set(root, [image])
  }
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((group) => Int32Array.from(group))
}

function bandOf([low, high]: readonly [number, number], band: number): number {
  const half = band < 2 ? low : high
  return (half >>> (bandBits * (band % 2))) & 0xffff
}
