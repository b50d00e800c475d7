/**
 * Sends values one at a time and forgets those that a newer one has overtaken: at most one is under
 * way and at most one waits, however slow the receiver is.
 */
export class LatestWins<Value> {
  private readonly send: (value: Value) => Promise<unknown>
  private isUnderWay = false
  private waiting: { readonly value: Value } | null = null
  private isClosed = false

  /** @param send resolves when the receiver has taken the value; a rejection counts as taken */
  constructor(send: (value: Value) => Promise<unknown>) {
    this.send = send
  }

  offer(value: Value): void {
    if (this.isClosed) return
    this.waiting = { value }
    if (!this.isUnderWay) void this.drain()
  }

  dispose(): void {
    this.isClosed = true
    this.waiting = null
  }

  private async drain(): Promise<void> {
    this.isUnderWay = true
    while (this.waiting !== null) {
      const { value } = this.waiting
      this.waiting = null
      try {
        await this.send(value)
      } catch {
        // Whoever cannot take this one may take the next; a closed connection ends by dispose().
      }
    }
    this.isUnderWay = false
  }
}
