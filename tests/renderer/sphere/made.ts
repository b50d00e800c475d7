/** A stream of numbers in [0, 1) that is the same in every run. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Unit vectors spread evenly over the sphere, `[n, 3]`. */
export function spread(n: number, next: () => number): Float32Array {
  const positions = new Float32Array(3 * n)
  for (let i = 0; i < n; i++) {
    const y = 2 * next() - 1
    const angle = 2 * Math.PI * next()
    const r = Math.sqrt(1 - y * y)
    positions.set([r * Math.cos(angle), y, r * Math.sin(angle)], 3 * i)
  }
  return positions
}
