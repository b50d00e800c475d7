import { WorkbenchError } from '../contract/errors.ts'
import { handSplits } from '../contract/journal.ts'
import { random } from '../numeric/random.ts'

/** Which images training may see, and which only score it. */
export interface ImageSplit {
  /** Indices of images, ascending. */
  readonly training: Int32Array
  readonly heldOut: Int32Array
  /** Images that held-out ones are looked for among. */
  readonly gallery: Int32Array
  /** In words, for a person who reads a score. */
  readonly protocol: string
}

export interface SplitRequest {
  /** One an image, −1 for none. Images without a label always train and are never scored. */
  readonly labels: Int32Array
  readonly labelCount: number
  /** Images with the same one stay on one side: they have the same bytes, or are near duplicates. */
  readonly hashes: readonly string[]
  /** Index into `handSplits`: where a person placed an image, which beats the draw. `[n]` */
  readonly hands?: Uint8Array | undefined
  /**
   * `open`: whole labels are held out, as in the CUB and SOP benchmarks; `closed`: a part of each
   * label's images.
   */
  readonly kind: 'open' | 'closed'
  /** Share that is held out, in [0, 1). */
  readonly holdout: number
  readonly seed: number
}

/**
 * Splits images so that nothing that is scored was trained on: of files with the same bytes, those
 * on the training side are dropped when another one is held out.
 *
 * @throws WorkbenchError `bad-request` when `holdout` is out of range or leaves nothing to train on
 */
export function splitImages(request: SplitRequest): ImageSplit {
  const { holdout, hashes, kind } = request
  if (!(holdout >= 0 && holdout < 1))
    throw new WorkbenchError(
      'bad-request',
      `holdout is ${holdout}, but must be at least 0 and less than 1.`,
    )
  const isHeldOut = kind === 'open' ? heldOutLabels(request) : heldOutImages(request)
  const placed = placeByHand(isHeldOut, request)
  const heldOutHashes = new Set(hashes.filter((_, image) => isHeldOut[image] === 1))
  const heldOut: number[] = []
  const training: number[] = []
  let dropped = 0
  hashes.forEach((hash, image) => {
    if (isHeldOut[image] === 1) heldOut.push(image)
    else if (heldOutHashes.has(hash)) dropped++
    else training.push(image)
  })
  if (training.length === 0)
    throw new WorkbenchError(
      'bad-request',
      `Holding out ${percent(holdout)} leaves no image to train on. Hold out less.`,
    )
  return {
    training: Int32Array.from(training),
    heldOut: Int32Array.from(heldOut),
    gallery: Int32Array.from(kind === 'open' ? heldOut : [...training, ...heldOut].sort(ascending)),
    protocol: protocolOf(request, { heldOut, dropped, placed }),
  }
}

/** Moves images to where a person wants them. @returns how many were placed so */
function placeByHand(isHeldOut: Uint8Array, { hands, labels }: SplitRequest): number {
  let placed = 0
  hands?.forEach((hand, image) => {
    const side = handSplits[hand] ?? 'auto'
    // What has no label cannot be scored.
    if (side === 'auto' || (side === 'heldOut' && (labels[image] ?? -1) < 0)) return
    isHeldOut[image] = side === 'heldOut' ? 1 : 0
    placed += 1
  })
  return placed
}

/** One byte an image. Labels are drawn as a whole. */
function heldOutLabels({ labels, labelCount, holdout, seed }: SplitRequest): Uint8Array {
  const present = new Set(labels)
  const order = Int32Array.from({ length: labelCount }, (_, label) => label).filter((label) =>
    present.has(label),
  )
  // Of fewer than two labels, none can be held out and another be trained on.
  if (order.length < 2) return new Uint8Array(labels.length)
  random(seed, 'open split').shuffle(order)
  const drawn = new Set(order.subarray(0, Math.round(holdout * order.length)))
  return Uint8Array.from(labels, (label) => (drawn.has(label) ? 1 : 0))
}

/** One byte an image. Of each label the same share, files with the same bytes together. */
function heldOutImages({ labels, labelCount, hashes, holdout, seed }: SplitRequest): Uint8Array {
  const isHeldOut = new Uint8Array(labels.length)
  const groups = Array.from({ length: labelCount }, () => new Map<string, number[]>())
  labels.forEach((label, image) => {
    const hash = hashes[image] ?? ''
    const group = groups[label]
    if (group) group.set(hash, [...(group.get(hash) ?? []), image])
  })
  groups.forEach((group, label) => {
    const order = random(seed, 'closed split', label).shuffle([...group.values()])
    // One stays, or there would be nothing of the label to find.
    const count = Math.min(Math.round(holdout * order.length), order.length - 1)
    for (const images of order.slice(0, Math.max(count, 0)))
      for (const image of images) isHeldOut[image] = 1
  })
  return isHeldOut
}

function protocolOf(
  { kind, holdout, labels, seed }: SplitRequest,
  {
    heldOut,
    dropped,
    placed,
  }: { readonly heldOut: readonly number[]; readonly dropped: number; readonly placed: number },
): string {
  if (heldOut.length === 0) return 'Nothing is held out, so nothing is scored.'
  const count = new Set(heldOut.map((image) => labels[image])).size
  const drawn =
    kind === 'open'
      ? `Open set: ${percent(holdout)} of the labels (${count}, with ${heldOut.length} images) are ` +
        `held out and never trained on; each of their images is looked for among the others.`
      : `Closed set: ${percent(holdout)} of each label's images (${heldOut.length}, of ${count} ` +
        `labels) are held out; each is looked for among all other images.`
  const duplicates =
    dropped > 0
      ? ` ${dropped} training images that are duplicates of a held-out one are left out.`
      : ''
  const byHand =
    placed > 0
      ? ` ${placed} images stand where a person placed them` +
        `${kind === 'open' ? ', so a label may be on both sides' : ''}.`
      : ''
  return `${drawn} Seed ${seed}.${byHand}${duplicates}`
}

function percent(share: number): string {
  return `${+(share * 100).toFixed(1)} %`
}

function ascending(a: number, b: number): number {
  return a - b
}
