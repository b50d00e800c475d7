import { describe, expect, it } from 'vitest'
import { splitImages } from '../../../src-main/data/splits.ts'
import type { SplitRequest } from '../../../src-main/data/splits.ts'

const labelCount = 10
const perLabel = 8
const labels = Int32Array.from({ length: labelCount * perLabel + 5 }, (_, i) =>
  i < labelCount * perLabel ? Math.floor(i / perLabel) : -1,
)
const unlabelled = [80, 81, 82, 83, 84]

function split(request: Partial<SplitRequest>) {
  return splitImages({
    labels,
    labelCount,
    hashes: Array.from(labels, (_, i) => `hash ${i}`),
    kind: 'open',
    holdout: 0.5,
    seed: 1,
    ...request,
  })
}

function labelsOf(images: Int32Array): ReadonlySet<number> {
  return new Set(images.map((image) => labels[image] ?? -1))
}

function isShared<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return [...a].some((value) => b.has(value))
}

describe('splitImages', () => {
  it('open: holds out whole labels', () => {
    const { training, heldOut, gallery, protocol } = split({ holdout: 0.3 })
    expect(labelsOf(heldOut).size).toBe(3)
    expect(heldOut.length).toBe(3 * perLabel)
    expect(isShared(labelsOf(training), labelsOf(heldOut))).toBe(false)
    expect(gallery).toEqual(heldOut)
    expect(protocol).toContain('Open set: 30 % of the labels (3, with 24 images)')
  })

  it('closed: holds out the same share of each label', () => {
    const { training, heldOut, gallery } = split({ kind: 'closed', holdout: 0.25 })
    for (let label = 0; label < labelCount; label++)
      expect(heldOut.filter((image) => labels[image] === label).length).toBe(2)
    expect(new Set([...training, ...heldOut]).size).toBe(labels.length)
    expect(gallery.length).toBe(labels.length)
  })

  it('lets a person place images, whatever is drawn, and says so', () => {
    const hands = new Uint8Array(labels.length)
    const drawn = split({}).heldOut
    const [first = 0, second = 0] = drawn
    const third = split({}).training[0] ?? 0
    hands[first] = 1
    hands[third] = 2
    // Without a label it cannot be scored.
    hands[80] = 2
    const { training, heldOut, protocol } = split({ hands })
    expect(training.includes(first)).toBe(true)
    expect(heldOut.includes(second)).toBe(true)
    expect(heldOut.includes(third)).toBe(true)
    expect(training.includes(80)).toBe(true)
    expect(protocol).toContain('2 images stand where a person placed them')
  })

  it('closed: leaves every label an image to be found by, however much is held out', () => {
    const { training } = split({ kind: 'closed', holdout: 0.99 })
    expect(labelsOf(training).size).toBe(labelCount + 1)
  })

  it('always trains on images without a label, and never scores them', () => {
    for (const kind of ['open', 'closed'] as const) {
      const { training, heldOut } = split({ kind })
      expect([...training]).toEqual(expect.arrayContaining(unlabelled))
      expect(labelsOf(heldOut).has(-1)).toBe(false)
    }
  })

  it('never has the same bytes on both sides', () => {
    // Many images have a twin: in their own label, in another, or in none.
    const hashes = Array.from(labels, (_, i) => `hash ${(i * 17) % 60}`)
    for (const kind of ['open', 'closed'] as const)
      for (let seed = 0; seed < 20; seed++) {
        const { training, heldOut, protocol } = split({ kind, hashes, seed })
        const hashesOf = (images: Int32Array) => new Set([...images].map((image) => hashes[image]))
        expect(isShared(hashesOf(training), hashesOf(heldOut))).toBe(false)
        const dropped = labels.length - training.length - heldOut.length
        if (dropped > 0)
          expect(protocol).toContain(`${dropped} training images that are duplicates`)
      }
  })

  it('draws by its seed only', () => {
    for (const kind of ['open', 'closed'] as const) {
      expect(split({ kind, seed: 5 })).toEqual(split({ kind, seed: 5 }))
      expect(split({ kind, seed: 6 }).heldOut).not.toEqual(split({ kind, seed: 5 }).heldOut)
    }
  })

  it('says so when nothing is held out', () => {
    const { heldOut, training, protocol } = split({ holdout: 0 })
    expect([heldOut.length, training.length]).toEqual([0, labels.length])
    expect(protocol).toBe('Nothing is held out, so nothing is scored.')
  })

  it('refuses shares out of range, and to leave nothing to train on', () => {
    for (const holdout of [-0.1, 1, NaN])
      expect(() => split({ holdout })).toThrow(expect.objectContaining({ code: 'bad-request' }))
    expect(() =>
      split({ labels: Int32Array.of(0, 1), hashes: ['a', 'b'], labelCount: 2, holdout: 0.9 }),
    ).toThrow(/leaves no image to train on/)
  })

  it('holds no label out where there is only one', () => {
    const one = { labels: Int32Array.of(0, 0, -1), hashes: ['a', 'b', 'c'], labelCount: 1 }
    const { training, heldOut } = split({ ...one, holdout: 0.9 })
    expect([training.length, heldOut.length]).toEqual([3, 0])
  })
})
