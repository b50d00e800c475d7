export interface DrawSteps {
  /** Lets time pass; says whether anything still moves. */
  advance(ms: number): boolean
  draw(): void
  /** After a picture that took long, ms. */
  slow(ms: number): void
}

const slowMs = 50

/** One picture for each frame of the screen that needs one, and none where nothing moves. */
export class DrawLoop {
  readonly #steps: DrawSteps
  #request = 0
  #lastMs: number | null = null

  constructor(steps: DrawSteps) {
    this.#steps = steps
  }

  /** Asks for one picture at the next frame of the screen. */
  ask(): void {
    if (this.#request !== 0) return
    this.#request = requestAnimationFrame((ms) => {
      this.#request = 0
      this.#tick(ms)
    })
  }

  /** For good. */
  stop(): void {
    cancelAnimationFrame(this.#request)
    this.#request = -1
  }

  #tick(ms: number): void {
    const step = this.#lastMs === null ? 16 : Math.max(0, ms - this.#lastMs)
    const isMoving = this.#steps.advance(step)
    this.#lastMs = isMoving ? ms : null
    if (isMoving) this.ask()
    this.#steps.draw()
    if (step > slowMs) this.#steps.slow(step)
  }
}
