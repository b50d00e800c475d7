/** A stream of pseudo-random numbers: the same (seed, purpose, indices) gives the same stream. */
export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2⁻³². */
  next(): number
  /** Standard normal. */
  normal(): number
  /** Uniform in 0 … below − 1; `below` is an integer in [1, 2³²]. */
  integer(below: number): number
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[]
  shuffle<A extends Shufflable>(items: A): A
}

/** What can be shuffled in place besides plain arrays. */
export type Shufflable = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array

/**
 * The stream that belongs to a seed, a purpose and any number of indices (epoch, step, image …).
 * Streams that differ in any of them are unrelated; nothing but the arguments decides the numbers,
 * so they are the same on every machine.
 *
 * Generator: xoshiro128**, Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators",
 * ACM TOMS 2021, arXiv:1805.01407; its state is a hash of the arguments.
 *
 * @param seed a safe integer
 * @param indices safe integers
 */
export function random(seed: number, purpose: string, ...indices: number[]): RandomStream {
  return new Xoshiro128(stateOf(seed, purpose, indices))
}

class Xoshiro128 implements RandomStream {
  private a: number
  private b: number
  private c: number
  private d: number
  /** The second number of a pair of normals, until it is asked for. */
  private spare: number | undefined

  constructor([a, b, c, d]: readonly [number, number, number, number]) {
    this.a = a
    this.b = b
    this.c = c
    this.d = d
  }

  next(): number {
    return this.bits() * 2 ** -32
  }

  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare
      this.spare = undefined
      return value
    }
    // Marsaglia's polar method: of the transcendental functions only the logarithm.
    for (;;) {
      const x = 2 * this.next() - 1
      const y = 2 * this.next() - 1
      const square = x * x + y * y
      if (square >= 1 || square === 0) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      this.spare = y * factor
      return x * factor
    }
  }

  integer(below: number): number {
    if (!(below >= 1 && below <= 2 ** 32 && Number.isInteger(below)))
      throw new TypeError(`integer(below): ${below} is not an integer in [1, 2³²]`)
    const limit = 2 ** 32 - (2 ** 32 % below)
    for (;;) {
      const bits = this.bits()
      if (bits < limit) return bits % below
    }
  }

  shuffle<T>(items: T[]): T[]
  shuffle<A extends Shufflable>(items: A): A
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const item = items[i] as T
      items[i] = items[j] as T
      items[j] = item
    }
    return items
  }

  private bits(): number {
    const { b } = this
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    this.c ^= this.a
    this.d ^= b
    this.b = b ^ this.c
    this.a ^= this.d
    this.c ^= shifted
    this.d = rotate(this.d, 11)
    return scrambled
  }
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

/** Four words of state, each a MurmurHash3 of the same words under another start. */
function stateOf(
  seed: number,
  purpose: string,
  indices: readonly number[],
): readonly [number, number, number, number] {
  const words = [purpose.length]
  for (let i = 0; i < purpose.length; i++) words.push(purpose.charCodeAt(i))
  for (const value of [seed, ...indices]) words.push(...wordsOf(value))
  const state = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667].map((start) => hash(words, start))
  const [a = 0, b = 0, c = 0, d = 0] = state
  // All zeros is the one state that xoshiro never leaves.
  return [a, b, c, (a | b | c | d) === 0 ? 1 : d]
}

function wordsOf(value: number): readonly [number, number] {
  if (!Number.isSafeInteger(value)) throw new TypeError(`random: ${value} is not a safe integer`)
  return [value | 0, Math.floor(value / 2 ** 32) | 0]
}

function hash(words: readonly number[], start: number): number {
  let h = start
  for (const word of words) {
    h ^= Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
    h = (Math.imul(rotate(h, 13), 5) + 0xe6546b64) | 0
  }
  h ^= words.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
