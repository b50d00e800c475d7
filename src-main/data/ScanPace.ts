/** Rate and time left of a scan, from its last few seconds: known files and large ones come in runs. */
export class ScanPace {
  private readonly marks: { readonly atMs: number; readonly done: number }[] = []

  /** @param atMs of any clock that only goes forward */
  observe(atMs: number, done: number): void {
    this.marks.push({ atMs, done })
    // One mark before the window stays, so that the window is always covered.
    while ((this.marks[1]?.atMs ?? atMs) < atMs - windowMs) this.marks.shift()
  }

  /** 0 before anything has been done. */
  imagesPerSecond(): number {
    const [first, last] = [this.marks[0], this.marks.at(-1)]
    if (!first || !last || last.atMs <= first.atMs) return 0
    return ((last.done - first.done) * 1000) / (last.atMs - first.atMs)
  }

  /** Null while too little has been seen for an honest guess. */
  secondsLeft(total: number): number | null {
    const [first, last] = [this.marks[0], this.marks.at(-1)]
    const rate = this.imagesPerSecond()
    if (!first || !last || rate === 0 || last.atMs - first.atMs < leastMs) return null
    return (total - last.done) / rate
  }
}

const windowMs = 5000
const leastMs = 1000
